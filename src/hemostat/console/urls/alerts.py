"""Alerts."""

from django.urls import path

from hemostat.console.views import alerts

urlpatterns = [
    path("", alerts.index, name="alerts"),
    path("pulse/", alerts.index_pulse, name="alerts_pulse"),
    path("<str:ref>/", alerts.show, name="alert"),
    path("<str:ref>/pulse/", alerts.show_pulse, name="alert_pulse"),
    path("<str:ref>/acknowledge/", alerts.acknowledge, name="alert_acknowledge"),
    path("<str:ref>/dismiss/", alerts.dismiss, name="alert_dismiss"),
    path("<str:ref>/incident/", alerts.open_incident, name="alert_open_incident"),
]
