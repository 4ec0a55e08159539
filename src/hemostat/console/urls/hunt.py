"""Questions to the lake."""

from django.urls import path

from hemostat.console.views import hunt

urlpatterns = [path("", hunt.index, name="hunt")]
