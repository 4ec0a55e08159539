"""Sign-ins that have run out do not stay in the database."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from hemostat.people.services import sessions_forget

pytestmark = pytest.mark.django_db


def test_only_sessions_that_have_run_out_are_forgotten() -> None:
    """Of several thousand sign-ins those of today stay."""
    now = timezone.now()
    old = [Session(session_key=f"old{number}", session_data="", expire_date=now - timedelta(minutes=1)) for number in range(3000)]
    Session.objects.bulk_create(old)
    standing = SessionStore()
    standing.create()

    sessions_forget()

    assert [standing.session_key] == [session.session_key for session in Session.objects.all()]
