"""Questions to the lake."""

from django.urls import path

from hemostat.console.views import hunt

urlpatterns = [
    path("", hunt.index, name="hunt"),
    path("<str:number>/", hunt.asked, name="hunt-asked"),
    path("<str:number>/end/", hunt.end, name="hunt-end"),
    path("<str:number>/csv/", hunt.taken, name="hunt-csv"),
]
