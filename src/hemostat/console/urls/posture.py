"""Checks of posture."""

from django.urls import path

from hemostat.console.views import posture

urlpatterns = [path("", posture.index, name="posture")]
