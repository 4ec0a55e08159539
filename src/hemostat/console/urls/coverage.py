"""The coverage map."""

from django.urls import path

from hemostat.console.views import coverage

urlpatterns = [path("", coverage.index, name="coverage")]
