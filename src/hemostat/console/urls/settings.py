"""What this installation is and who may do what."""

from django.urls import path

from hemostat.console.views import settings, sinks

urlpatterns = [
    path("", settings.index, name="settings"),
    path("forwarding/", sinks.index, name="forwarding"),
    path("forwarding/pulse/", sinks.index_pulse, name="forwarding_pulse"),
    path("forwarding/retry/", sinks.retry, name="forwarding_retry"),
    path("forwarding/replay/", sinks.replay, name="forwarding_replay"),
    path("ledger/verify/", settings.ledger_verify, name="ledger_verify"),
]
