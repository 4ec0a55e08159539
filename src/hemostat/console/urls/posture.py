"""Checks of posture."""

from django.urls import path

from hemostat.console.views import posture

urlpatterns = [
    path("", posture.index, name="posture"),
    path("accept/", posture.accept, name="posture_accept"),
    path("<str:check>/accepted/<int:pk>/end/", posture.end, name="posture_end"),
]
