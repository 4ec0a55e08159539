"""Asking queues of clouds: may this key read them? Each missing permission is named as the vendor writes it.

Whether a message may be deleted is asked with a handle that names none: a permission that is missing is refused before the handle
is looked at. That was not tried with a live account.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec

from hemostat.stores.checks import Check

from .connecting import BadAnswer, Plan

_SECONDS = 10.0
_DENIED = re.compile(r"AccessDenied|NotAuthorized|UnauthorizedOperation|AuthorizationError")
_NOBODY = re.compile(
    r"InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient|InvalidAccessKeyId|InvalidSignature|ExpiredToken"
)
_GONE = re.compile(r"NonExistentQueue|QueueDoesNotExist")
_HOST = re.compile(r"https?://(?:sqs\.([a-z0-9-]+)\.|([a-z0-9-]+)\.queue\.)amazonaws\.com")
_SHORT = 345_600  # seconds: the four days that a queue keeps messages unless it is told otherwise
_CONSUME = "pubsub.subscriptions.consume"
_NO_HANDLE = "hemostat-asks-for-its-permission-only"


def sqs(plan: Plan) -> Iterator[Check]:
    """Of a queue: is the key known, and what may it do?"""
    options = plan.source.feed.options if plan.source.feed else {}
    queue = str(options["queue"])
    client = _client(plan, queue, options)
    told: dict[str, Any] = {}
    calls: tuple[tuple[str, Callable[[], Any]], ...] = (
        # What is received so is visible to others at once; only its count of deliveries goes up by one.
        ("sqs:ReceiveMessage", lambda: client.receive_message(QueueUrl=queue, MaxNumberOfMessages=1, VisibilityTimeout=0)),
        ("sqs:DeleteMessage", lambda: client.delete_message(QueueUrl=queue, ReceiptHandle=_NO_HANDLE)),
        (
            "sqs:ChangeMessageVisibility",
            lambda: client.change_message_visibility(QueueUrl=queue, ReceiptHandle=_NO_HANDLE, VisibilityTimeout=0),
        ),
        (
            "sqs:GetQueueAttributes",
            lambda: told.update(client.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"]).get("Attributes", {})),
        ),
    )
    for action, call in calls:
        code = _code(call)
        if _NOBODY.search(code):
            yield Check(title="Amazon knows the key", good=False, reason=f"It says {code}.", must=True)
            return
        if code == "NoAnswer" or _GONE.search(code):
            reason = "Nothing answers there." if code == "NoAnswer" else "There is no such queue in this region."
            yield Check(title="The queue is there", good=False, reason=f"{reason} Check its address.", must=True)
            return
        good, optional = not _DENIED.search(code), action == "sqs:GetQueueAttributes"
        reason = "" if good else "Add it to the policy of the user or role, for this queue."
        yield Check(title=f"Permission {action}", good=good or optional, reason=reason, must=not optional)
    yield from _habits(told)


def _habits(told: dict[str, Any]) -> Iterator[Check]:
    """How the queue treats what nobody fetched."""
    if not told:
        return
    kept = int(told.get("MessageRetentionPeriod", 0))
    reason = "" if kept > _SHORT else "Set 14 days: what nobody fetched until then is lost."
    yield Check(title=f"Messages wait {kept // 86_400} days", good=kept > _SHORT, reason=reason)
    has_letters = bool(told.get("RedrivePolicy"))
    reason = "" if has_letters else "Give it one: a message that cannot be read would come again and again."
    yield Check(title="A dead-letter queue", good=has_letters, reason=reason)


def _client(plan: Plan, queue: str, options: dict[str, Any]) -> Any:
    import botocore.session  # noqa: PLC0415  # loaded only where a queue is asked
    from botocore.config import Config  # noqa: PLC0415  # as above

    found = _HOST.match(queue)
    region = str(options.get("region", "")) or (found[1] or found[2] if found else "us-east-1")
    key = plan.keys.get(f"feed.{plan.name}")
    fields = msgspec.json.decode(key, type=dict[str, str]) if key else {}
    return botocore.session.Session().create_client(
        "sqs",
        region_name=region,
        endpoint_url=str(options.get("endpoint", "")) or None,
        config=Config(connect_timeout=_SECONDS, read_timeout=_SECONDS, retries={"total_max_attempts": 1, "mode": "standard"}),
        aws_access_key_id=fields.get("access_key_id"),
        aws_secret_access_key=fields.get("secret_access_key"),
    )


def _code(call: Callable[[], Any]) -> str:
    """What a call was refused with, "" when it was not; "NoAnswer" when nobody answered."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError  # noqa: PLC0415  # as above

    try:
        call()
    except ClientError as error:
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    except NoCredentialsError:
        return "InvalidClientTokenId: no key, and no role of this machine"
    except BotoCoreError:
        return "NoAnswer"
    return ""


def pubsub(plan: Plan) -> Iterator[Check]:
    """Of a subscription: may it be consumed? Google tells anybody about his own permissions, and hands nothing out for it."""
    options = plan.source.feed.options if plan.source.feed else {}
    endpoint = str(options.get("endpoint", ""))
    if not endpoint and f"feed.{plan.name}" not in plan.keys:
        reason = "The worker reads as the account of this machine; a gap on the page Sources shows when that may not."
        yield Check(title="The account of this machine was not asked", good=False, reason=reason)
        return
    endpoint = endpoint or "https://pubsub.googleapis.com"
    headers = _proof(plan, audience=f"{endpoint.rstrip('/')}/")
    url = f"{endpoint.rstrip('/')}/v1/{options['subscription']}:testIamPermissions"
    try:
        with httpx.Client(timeout=_SECONDS, follow_redirects=False) as http:
            answer = http.post(url, json={"permissions": [_CONSUME]}, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = f"The service is not reached: {type(error).__name__}."
        yield Check(title="Google answers", good=False, reason=reason, must=True)
        return
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        reason = "It was deleted, or is of another project; or the clock of this machine is wrong."
        yield Check(title="Google knows the account", good=False, reason=reason, must=True)
        return
    if answer.status_code == httpx.codes.NOT_FOUND:
        yield Check(title="The subscription is there", good=False, reason="Check its name and project.", must=True)
        return
    granted = _granted(answer.content)
    reason = "" if granted else "Give the account the role roles/pubsub.subscriber on this subscription."
    yield Check(title=f"Permission {_CONSUME}", good=granted, reason=reason, must=True)


def _granted(content: bytes) -> bool:
    try:
        return _CONSUME in msgspec.json.decode(content[:65_536], type=dict[str, list[str]]).get("permissions", [])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def _proof(plan: Plan, *, audience: str) -> dict[str, str]:
    """A token that the service account signs itself; nothing without its key. Raises `BadAnswer` when the key is none."""
    from google.auth import jwt  # noqa: PLC0415  # loaded only where a subscription is asked

    key = plan.keys.get(f"feed.{plan.name}")
    if not key:
        return {}
    try:
        account = jwt.Credentials.from_service_account_info(msgspec.json.decode(key, type=dict[str, Any]), audience=audience)
        account.refresh(None)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, KeyError):
        # Its own words may show the key
        advice = "Give the JSON file of the service account, as Google made it."
        raise BadAnswer("credentials", "This is no key of a service account.", advice=advice) from None
    token = account.token
    return {"authorization": f"Bearer {token.decode() if isinstance(token, bytes) else token}"}
