"""How each source of events is doing, and what becomes of what could not be read."""

from django.urls import path

from hemostat.console.views import sources

urlpatterns = [
    path("", sources.index, name="sources"),
    path("pulse/", sources.index_pulse, name="sources_pulse"),
    path("letters/retry/", sources.retry, name="letters_retry"),
    path("letters/keep/", sources.keep, name="letters_keep"),
    path("letters/discard/", sources.discard, name="letters_discard"),
]
