"""Connecting a system, and the page of each source."""

from django.urls import path

from hemostat.console.views import connecting

urlpatterns = [
    path("add/", connecting.index, name="source_add"),
    path("add/<str:kind>/", connecting.add, name="source_add_kind"),
    path("of/<str:name>/", connecting.source, name="source"),
    path("of/<str:name>/pulse/", connecting.pulse, name="source_pulse"),
    path("of/<str:name>/test/", connecting.test, name="source_test"),
    path("of/<str:name>/secret/", connecting.secret, name="source_secret"),
    path("of/<str:name>/remove/", connecting.remove, name="source_remove"),
]
