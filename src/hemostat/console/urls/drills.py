"""Exercises."""

from django.urls import path

from hemostat.console.views import drills

urlpatterns = [
    path("", drills.index, name="drills"),
    path("<str:ref>/", drills.show, name="drill"),
    path("<str:ref>/pulse/", drills.show_pulse, name="drill_pulse"),
    path("<str:ref>/end/", drills.end, name="drill_end"),
    path("<str:ref>/report", drills.report, name="drill_report"),
    path("<str:ref>/report.pdf", drills.report_on_paper, name="drill_report_pdf"),
]
