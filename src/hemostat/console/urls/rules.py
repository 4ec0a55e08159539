"""Rules."""

from django.urls import path

from hemostat.console.views import rules

urlpatterns = [
    path("", rules.index, name="rules"),
    path("<str:rule>/", rules.show, name="rule"),
    path("<str:rule>/state/", rules.decide, name="rule_decide"),
    path("<str:rule>/mute/", rules.mute, name="rule_mute"),
    path("<str:rule>/mutes/<int:pk>/end/", rules.end_mute, name="mute_end"),
]
