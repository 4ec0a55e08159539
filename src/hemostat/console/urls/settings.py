"""What this installation is and who may do what."""

from django.urls import path

from hemostat.console.views import settings, sinks

urlpatterns = [
    path("", settings.index, name="settings"),
    path("forwarding/", sinks.index, name="forwarding"),
    path("ledger/verify/", settings.ledger_verify, name="ledger_verify"),
]
