"""The notices of an incident."""

from django.urls import path

from hemostat.console.views import notices

urlpatterns = [
    path("", notices.index, name="notices"),
    path("draft/", notices.draft, name="notice_draft"),
    path("draft/owed/", notices.draft_owed, name="notices_draft_owed"),
    path("elsewhere/", notices.elsewhere, name="notice_elsewhere"),
    path("<int:pk>/", notices.show, name="notice"),
    path("<int:pk>/edit/", notices.edit, name="notice_edit"),
    path("<int:pk>/approve/", notices.approve, name="notice_approve"),
    path("<int:pk>/send/", notices.send, name="notice_send"),
    path("<int:pk>/withdraw/", notices.withdraw, name="notice_withdraw"),
    path("<int:pk>/<str:form>/", notices.take, name="notice_take"),
]
