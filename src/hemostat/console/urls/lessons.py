"""Lessons with questions."""

from django.urls import path

from hemostat.console.views import lessons

urlpatterns = [
    path("", lessons.index, name="lessons"),
    path("<slug:name>/", lessons.show, name="lesson"),
]
