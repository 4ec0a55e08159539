"""The two services of Amazon that a feed talks to, SQS and S3, and what they and the wire say, in our words.

API: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/. Loaded only where a queue is read.
Without a key botocore finds the role of the machine: of a container (ECS, EKS), of a pod by its web identity, of an instance.
Where it asks for that stands in Amazon's own variables, in no setting of ours, and over plain HTTP it asks this machine and
Amazon's link-local addresses alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import botocore.session
import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from hemostat.kernel import BadSettings

from .base import Post
from .envelopes import StoredObject
from .standing import CannotRead, FeedRefused

Message = Mapping[str, Any]
"""A message as SQS hands it out: `MessageId`, `Body`, `ReceiptHandle`."""

_BATCH = 10  # the most that SQS hands out at once
_CHUNK = 262_144  # bytes of an object fetched at a time
_CONNECT, _READ = 5, 30  # seconds
_REGION = re.compile(r"https?://(?:sqs\.([a-z0-9-]+)\.|([a-z0-9-]+)\.queue\.)amazonaws\.com")
_GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404"})
_BUSY = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|Internal|ServiceUnavailable|RequestThrottled|5\d\d")


class Gone(CannotRead):
    """The object of a notification no longer exists."""


class _Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


class Services:
    """SQS and S3 as one feed asks them. Raises `BadSettings` when the key of the feed is not what it should be."""

    def __init__(self, post: Post, *, queue: str, region: str, endpoint: str, s3_endpoint: str) -> None:
        self._name = post.name
        self._queue = queue
        given = {"region_name": region or _region_of(post.name, queue), **_credentials(post), "config": _config()}
        session = botocore.session.Session()
        with self._told():  # without a key of ours the machine is asked for its role
            self._sqs = session.create_client("sqs", endpoint_url=endpoint or None, **given)
            self._s3 = session.create_client("s3", endpoint_url=s3_endpoint or None, **given)

    def received(self, *, wait: int, visible: int) -> list[Message]:
        """Up to ten messages, which others do not see for `visible` seconds; waits for them up to `wait` seconds."""
        with self._told():
            answer = self._sqs.receive_message(
                QueueUrl=self._queue, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=wait, VisibilityTimeout=visible
            )
        found: list[Message] = answer.get("Messages", [])
        return found

    def delete(self, messages: Sequence[Message]) -> None:
        """The queue no longer has the messages. Raises `CannotRead` when it kept one."""
        with self._told():
            answer = self._sqs.delete_message_batch(QueueUrl=self._queue, Entries=_entries(messages))
        if failed := answer.get("Failed", []):
            reason = f"The queue of {self._name!r} kept {len(failed)} messages that are on disk: {failed[0]['Code']}."
            raise CannotRead(reason, advice="They come again, and are not counted twice.")

    def hide(self, messages: Sequence[Message], *, seconds: int) -> None:
        """Others do not see the messages for `seconds` from now."""
        entries = [entry | {"VisibilityTimeout": seconds} for entry in _entries(messages)]
        with self._told():
            self._sqs.change_message_visibility_batch(QueueUrl=self._queue, Entries=entries)

    def bytes_of(self, thing: StoredObject) -> Iterator[bytes]:
        """The bytes of an object as they come. Raises `Gone` when there is no such object."""
        version = {"VersionId": thing.version} if thing.version else {}
        with self._told():
            body = self._s3.get_object(Bucket=thing.bucket, Key=thing.key, **version)["Body"]
            try:
                yield from body.iter_chunks(_CHUNK)
            finally:
                body.close()

    def close(self) -> None:
        """Connections are closed."""
        self._sqs.close()
        self._s3.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the service or the wire says. Raises `CannotRead`, `FeedRefused`, `Gone`."""
        try:
            yield
        except ClientError as error:
            raise _refusal(self._name, str(error.response.get("Error", {}).get("Code", "unknown"))) from error
        except NoCredentialsError as error:
            raise _refusal(self._name, "no key, and the machine has no role") from error
        except BotoCoreError as error:
            reason = f"The service behind {self._name!r} is not reached: {type(error).__name__}."
            raise CannotRead(reason, advice="Check `queue`, `region`, `endpoint` and the network.") from error
        except (OSError, ValueError) as error:  # a file that is not there, an address that no role is asked at
            raise _refusal(self._name, f"the role of this machine cannot be had ({type(error).__name__})") from error


def _refusal(name: str, code: str) -> CannotRead:
    if code in _GONE:
        return Gone("It no longer exists.")
    if _BUSY.match(code):
        return CannotRead(f"The service behind {name!r} is busy: {code}.", advice="It is asked again by itself.")
    advice = f"Check `queue` and the rights of the key `feed.{name}`; `docs/how-to/connect-cloud-logs.md` lists them."
    return FeedRefused(f"The service behind {name!r} refuses us: {code}.", advice=advice)


def _entries(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [{"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(messages)]


def _region_of(name: str, queue: str) -> str:
    found = _REGION.match(queue)
    if found is None:
        raise BadSettings(f"The feed of {name!r} names no region.", advice="Set `region` in the feed's options.")
    return found[1] or found[2]


def _credentials(post: Post) -> dict[str, str | None]:
    """The key of the feed; nothing when there is none: then the role of the machine counts."""
    name = f"feed.{post.name}"
    if not post.keyring.has(name):
        return {}
    try:
        key = msgspec.json.decode(post.keyring.secret(name), type=_Key)
    except (msgspec.DecodeError, UnicodeDecodeError):
        advice = 'Put {"access_key_id": "...", "secret_access_key": "..."} there with `hemostat key set`.'
        raise BadSettings(f"The key {name!r} is no access key of Amazon's.", advice=advice) from None
    return {
        "aws_access_key_id": key.access_key_id,
        "aws_secret_access_key": key.secret_access_key,
        "aws_session_token": key.session_token,
    }


def _config() -> Any:
    # One try: the worker comes back by itself, later each time
    retries = {"total_max_attempts": 1, "mode": "standard"}
    return Config(connect_timeout=_CONNECT, read_timeout=_READ, retries=retries, s3={"addressing_style": "path"})
