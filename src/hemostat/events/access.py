"""One access as a source tells it, before anything is hidden.

An `Access` holds raw identifiers and lives only in memory, between the reader of a source and the redaction that turns it into a
row of the lake. It is never logged, stored or sent.
"""

from datetime import datetime

import msgspec

from .vocabulary import Act, ActorType, Auth, Environment, Result, Surface


class Access(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who touched whose data, when it happened, and with what result.

    time: when it happened, aware, UTC; offset_minutes: the zone in which the source wrote it.
    subject: raw identifier of the person whose data it is, or "" when the event names none.
    jurisdiction: where that person lives, ISO 3166-2 like `US-CA`, or "" when the event does not say.
    subjects: how many people the event concerns, 0 when it concerns none or nobody can know.
    estimated: `subjects` or `bytes` was reckoned from the request, not told by the source.
    token, ip, actor, user_agent, query, message, resource_id: raw; redaction replaces, masks or drops them.
    operation: the source's own word for what was done, like `GetObject` or `customers`; app: the program that did it.
    resource: what was touched, as a kind: a FHIR resource type, a table, a bucket, a root field; resource_id: which one.
    fields: names of the data fields that were read or changed, like `customer.email`; never values.
    severity: 1 informational to 6 fatal, as OCSF counts.
    sent: when the source sent it, if it says so; with the moment of receipt it shows how far the source's clock is off.
    unique: what names the record within its source, wherever and however often it arrives; "" when nothing does.
    elements: kinds of patient data that the answer carried, words of `hemostat law elements`.
    """

    time: datetime
    act: Act
    offset_minutes: int = 0
    surface: Surface = Surface.STOREFRONT
    store: str = ""
    environment: Environment = Environment.PRODUCTION
    source: str = ""
    actor: str = ""
    actor_type: ActorType = ActorType.UNKNOWN
    auth: Auth = Auth.UNKNOWN
    ip: str = ""
    asn: int = 0
    user_agent: str = ""
    host: str = ""
    method: str = ""
    path: str = ""
    query: str = ""
    status: int = 0
    bytes: int = 0
    result: Result = Result.UNKNOWN
    subject: str = ""
    jurisdiction: str = ""
    subjects: int = 0
    estimated: bool = False
    operation: str = ""
    app: str = ""
    resource: str = ""
    resource_id: str = ""
    fields: tuple[str, ...] = ()
    severity: int = 1
    sent: datetime | None = None
    unique: str = ""
    token: str = ""
    request_id: str = ""
    elements: tuple[str, ...] = ()
    message: str = ""
