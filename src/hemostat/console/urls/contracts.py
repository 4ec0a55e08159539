"""Terms of contracts."""

from django.urls import path

from hemostat.console.views import contracts

urlpatterns = [
    path("", contracts.index, name="contracts"),
    path("write/", contracts.write, name="contract_write"),
    path("<int:pk>/retire/", contracts.retire, name="contract_retire"),
]
