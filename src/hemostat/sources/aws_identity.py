"""Who called Amazon's services, from the resource name that stands for him.

Names: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

import re

import msgspec

from hemostat.events.vocabulary import ActorType

_ARN = re.compile(r"arn:aws[a-z-]*:(?P<service>iam|sts)::(?P<account>[0-9]*):(?P<kind>[a-z-]+)(?:/(?P<name>.*))?", re.DOTALL)
_KINDS = {
    "user": ActorType.STAFF,
    "root": ActorType.STAFF,
    "federated-user": ActorType.STAFF,
    "assumed-role": ActorType.UNKNOWN,  # a program or a person: the name of the session may be either's
}
_SERVICE = re.compile(r"(svc:)?[a-z0-9.-]+\.amazonaws\.com")


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who it was, as raw text; what kind of caller; and the role, or the service, through which he called."""

    actor: str = ""
    kind: ActorType = ActorType.UNKNOWN
    app: str = ""


def caller_of(name: str) -> Caller:
    """The caller behind a resource name, the name of a service, or an account's identifier."""
    if _SERVICE.fullmatch(name):
        service = name.removeprefix("svc:")
        return Caller(actor=service, kind=ActorType.SYSTEM, app=service)
    found = _ARN.fullmatch(name)
    if found is None:
        return Caller(actor=name)
    role = (found["name"] or "").partition("/")[0] if found["kind"] == "assumed-role" else ""
    return Caller(actor=name, kind=_KINDS.get(found["kind"], ActorType.UNKNOWN), app=role)
