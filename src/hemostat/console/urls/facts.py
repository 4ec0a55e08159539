"""The facts of one incident, below its room."""

from django.urls import path

from hemostat.console.views import facts

urlpatterns = [
    path("", facts.show, name="facts"),
    path("count/", facts.count, name="fact_count"),
    path("events/", facts.event, name="fact_event"),
    path("events/<int:pk>/withdraw/", facts.withdraw, name="fact_event_withdraw"),
    path("events/<int:pk>/end/", facts.end, name="fact_hold_end"),
    path("reports/<int:pk>/withdraw/", facts.withdraw_report, name="report_withdraw"),
    path("<str:question>/", facts.answer, name="fact_answer"),
]
