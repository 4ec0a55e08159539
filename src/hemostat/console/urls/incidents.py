"""Incidents and what is done in their rooms."""

from django.urls import path

from hemostat.console.views import casework, incidents, steps

urlpatterns = [
    path("", incidents.index, name="incidents"),
    path("<str:ref>/", incidents.show, name="incident"),
    path("<str:ref>/pulse/", incidents.show_pulse, name="incident_pulse"),
    path("<str:ref>/steps/<slug:slug>/complete/", steps.complete, name="step_complete"),
    path("<str:ref>/steps/<slug:slug>/run/", steps.run, name="step_run"),
    path("<str:ref>/steps/<slug:slug>/rehearse/", steps.rehearse, name="step_rehearse"),
    path("<str:ref>/steps/<slug:slug>/second/", steps.second, name="step_second"),
    path("<str:ref>/duties/<int:pk>/", casework.duty, name="duty_mark"),
    path("<str:ref>/notes/", casework.note, name="note_add"),
    path("<str:ref>/report/", casework.report, name="discovery_report"),
    path("<str:ref>/hand-over/", casework.hand, name="hand_over"),
    path("<str:ref>/close/", casework.close, name="incident_close"),
    path("<str:ref>/evidence/", casework.seal, name="evidence_seal"),
    path("<str:ref>/evidence/verify/", casework.verify, name="evidence_verify"),
    path("<str:ref>/evidence/<str:item>/", casework.take, name="evidence_open"),
]
