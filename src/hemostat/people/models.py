"""Persons, the roles they were granted, and the rows of the ledger."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from hemostat.kernel import Entry

from .rights import Right, Role, may


class Person(AbstractUser):
    """Someone who signs in. A name to show is enough: no e-mail address is needed."""

    display_name = models.CharField(max_length=120, blank=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """How the table is kept."""

        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.username

    @property
    def full_name(self) -> str:
        """The name that pages and records show."""
        return self.display_name or self.username

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that the person holds now."""
        return frozenset(Role(grant.role) for grant in self.grants.all() if grant.revoked_at is None)

    def may(self, right: Right) -> bool:
        """Does one of the person's roles hold this right? Nobody who was switched off may do anything."""
        return self.is_active and may(self.roles, right)


class RoleGrant(models.Model):
    """One role given to one person, and taken back at most once. Grants are kept: who could do what, when, is evidence."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=150)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=150, blank=True)

    class Meta:
        """How the table is kept."""

        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["person", "role"], condition=Q(revoked_at=None), name="one_open_grant"),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="known_role"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.role}"


class LedgerEntry(models.Model):
    """One entry of the ledger.

    The table belongs to its migration, which makes it append-only by triggers; it is unmanaged so that `flush` leaves it.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    payload = models.JSONField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        """How the table is kept."""

        managed = False
        ordering: ClassVar[list[str]] = ["seq"]
        verbose_name_plural = "ledger entries"

    def __str__(self) -> str:
        return f"{self.seq} {self.act} {self.subject}"

    def entry(self) -> Entry:
        """The row as the arithmetic of the chain wants it."""
        return Entry(
            seq=self.seq,
            at=self.at,
            recorded_at=self.recorded_at,
            actor=self.actor,
            act=self.act,
            subject=self.subject,
            payload=self.payload,
            prev_hash=self.prev_hash,
            hash=self.hash,
        )


class LedgerCheckpoint(models.Model):
    """A signature over the head of the chain as it once stood. Append-only like the ledger."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    public_key = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        """How the table is kept."""

        managed = False
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"checkpoint {self.seq}"
