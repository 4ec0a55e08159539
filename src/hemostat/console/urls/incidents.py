"""Incidents and what is done in their rooms."""

from django.urls import include, path

from hemostat.console.views import casework, clocks, incidents, steps, what_if

urlpatterns = [
    path("", incidents.index, name="incidents"),
    path("<str:ref>/", incidents.show, name="incident"),
    path("<str:ref>/pulse/", incidents.show_pulse, name="incident_pulse"),
    path("<str:ref>/steps/<slug:slug>/complete/", steps.complete, name="step_complete"),
    path("<str:ref>/steps/<slug:slug>/run/", steps.run, name="step_run"),
    path("<str:ref>/steps/<slug:slug>/rehearse/", steps.rehearse, name="step_rehearse"),
    path("<str:ref>/steps/<slug:slug>/second/", steps.second, name="step_second"),
    path("<str:ref>/notices/", include("hemostat.console.urls.notices")),
    path("<str:ref>/assessment/", include("hemostat.console.urls.assessment")),
    path("<str:ref>/timeline/", incidents.show_timeline, name="incident_timeline"),
    path("<str:ref>/clocks/", clocks.index, name="clocks"),
    path("<str:ref>/clocks/<int:pk>/", clocks.show, name="clock"),
    path("<str:ref>/alarms/acknowledge/", clocks.acknowledge_all, name="clocks_acknowledge"),
    path("<str:ref>/alarms/<int:pk>/acknowledge/", clocks.acknowledge, name="clock_acknowledge"),
    path("<str:ref>/what-if/", what_if.show, name="what_if"),
    path("<str:ref>/facts/", include("hemostat.console.urls.facts")),
    path("<str:ref>/remedies/", include("hemostat.console.urls.remedies")),
    path("<str:ref>/notes/", casework.note, name="note_add"),
    path("<str:ref>/report/", casework.report, name="discovery_report"),
    path("<str:ref>/hand-over/", casework.hand, name="hand_over"),
    path("<str:ref>/close/", casework.close, name="incident_close"),
    path("<str:ref>/evidence/", casework.seal, name="evidence_seal"),
    path("<str:ref>/evidence/verify/", casework.verify, name="evidence_verify"),
    path("<str:ref>/evidence/<str:item>/", casework.take, name="evidence_open"),
]
