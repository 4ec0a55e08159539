"""How each source of events is doing."""

from django.urls import path

from hemostat.console.views import sources

urlpatterns = [path("", sources.index, name="sources")]
