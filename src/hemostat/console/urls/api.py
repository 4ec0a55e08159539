"""What programs read: JSON, for whoever is signed in and may see the page of the same name."""

from django.urls import path

from hemostat.console.views import coverage, posture

urlpatterns = [
    path("coverage/", coverage.index_json, name="coverage_json"),
    path("posture/", posture.index_json, name="posture_json"),
]
