"""The addresses of the console: one module per subject, gathered here."""

from django.urls import include, path

from hemostat.console.views import errors

urlpatterns = [
    path("", include("hemostat.console.urls.today")),
    path("account/", include("hemostat.console.urls.account")),
    path("calendar/", include("hemostat.console.urls.calendar")),
    path("alerts/", include("hemostat.console.urls.alerts")),
    path("rules/back-tests/", include("hemostat.console.urls.back_tests")),
    path("rules/", include("hemostat.console.urls.rules")),
    path("incidents/", include("hemostat.console.urls.incidents")),
    path("law/", include("hemostat.console.urls.law")),
    path("contracts/", include("hemostat.console.urls.contracts")),
    path("privacy/", include("hemostat.console.urls.privacy")),
    path("drills/", include("hemostat.console.urls.drills")),
    path("lessons/", include("hemostat.console.urls.lessons")),
    path("hunt/", include("hemostat.console.urls.hunt")),
    path("holds/", include("hemostat.console.urls.holds")),
    path("coverage/", include("hemostat.console.urls.coverage")),
    path("posture/", include("hemostat.console.urls.posture")),
    path("api/", include("hemostat.console.urls.api")),
    path("sources/", include("hemostat.console.urls.sources")),
    path("sources/", include("hemostat.console.urls.connecting")),
    path("settings/", include("hemostat.console.urls.settings")),
    path("setup/", include("hemostat.console.urls.setup")),
]
handler500 = errors.failed
