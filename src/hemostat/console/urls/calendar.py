"""The calendar of limits."""

from django.urls import path

from hemostat.console.views import calendar

urlpatterns = [
    path("", calendar.index, name="calendar"),
    path("make/", calendar.make, name="calendar_make"),
    path("revoke/", calendar.revoke, name="calendar_revoke"),
    path("open/<str:reference>/", calendar.open_reference, name="calendar_open"),
    path("<str:secret>.ics", calendar.feed, name="calendar_feed"),
]
