"""The first administrator."""

from django.urls import path

from hemostat.console.views import setup

urlpatterns = [path("", setup.first_admin, name="setup")]
