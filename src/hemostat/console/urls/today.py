"""The overview."""

from django.urls import path

from hemostat.console.views import today

urlpatterns = [
    path("", today.index, name="today"),
    path("pulse/", today.index_pulse, name="today_pulse"),
]
