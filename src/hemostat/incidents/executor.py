"""Running the HTTP commands of a playbook step: fill in the variables, call, keep status and hash, never the body in a record."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import msgspec
import stamina

from hemostat.kernel import BadInput

from .playbook import VARIABLE, Command, StepSpec
from .targets import TargetDown, Targets

LARGEST_ANSWER = 256_000_000
"""Bytes of one answer; a larger one is refused rather than cut."""

_RETRIES = 3
_SUCCESS = range(200, 300)


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it will be sent, without the key of the target."""

    target: str
    method: str
    path: str
    headers: dict[str, list[str]]
    content: str
    command: Command

    @property
    def line(self) -> str:
        """The request in one line, without its query: a query may carry a token."""
        return f"{self.method} {self.path.partition('?')[0]}"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a system answered. `content` goes into the vault or is forgotten; records keep status, size in bytes, and hash."""

    call: Call
    status: int
    media_type: str
    content: bytes
    sha256: str

    @property
    def passed(self) -> bool:
        """Is the status one that the playbook expects?"""
        expected = self.call.command.part.expects
        return self.status in expected if expected else self.status in _SUCCESS

    def record(self) -> dict[str, Any]:
        """What may be written down."""
        return {
            "call": self.call.line,
            "target": self.call.target,
            "status": self.status,
            "expected": list(self.call.command.part.expects),
            "passed": self.passed,
            "size": len(self.content),
            "sha256": self.sha256,
            "path": self.call.command.part.path,
        }

    def captures(self) -> dict[str, str]:
        """The variables that the command takes from its JSON answer. Raises `BadInput` when the answer lacks one."""
        wanted = self.call.command.part.captures
        if not wanted:
            return {}
        try:
            found = msgspec.json.decode(self.content, type=dict[str, Any])
            return {variable: str(found[member]) for variable, member in wanted.items()}
        except (msgspec.DecodeError, KeyError) as error:
            raise BadInput(
                f"The answer to {self.call.line} lacks {', '.join(wanted.values())}.",
                advice="Look at the system, then run the step again.",
            ) from error


def fill(text: str, variables: Mapping[str, str]) -> str:
    """The text with each `__name__:value` replaced. Raises `BadInput` for a variable that nobody has given a value."""
    for name in VARIABLE.findall(text):
        if name not in variables:
            raise BadInput(f"The playbook's variable {name} has no value yet.", advice="Run the step that provides it first.")
    return VARIABLE.sub(lambda found: variables[found.group(1)], text)


def planned(step: StepSpec, variables: Mapping[str, str]) -> list[Call]:
    """The requests of a step as a dry run shows them; a variable that only the run will give keeps its name."""
    later = {variable: f"<{variable}>" for command in step.commands for variable in command.part.captures}
    return [_call(step, command, later | dict(variables)) for command in step.commands]


def run(step: StepSpec, variables: Mapping[str, str], targets: Targets) -> Iterator[Answer]:
    """The answers of the systems, command after command; what one captures, the later ones may use.

    Raises `BadInput` for a variable without a value, `TargetDown` for a system that does not answer.
    """
    known = dict(variables)
    for command in step.commands:
        answer = send(_call(step, command, known), targets)
        yield answer
        if answer.passed:
            known |= answer.captures()


def _call(step: StepSpec, command: Command, variables: Mapping[str, str]) -> Call:
    method, path, _version = fill(command.command, variables).split(" ")
    return Call(
        target=command.part.target or step.targets[0],
        method=method,
        path=path,
        headers={name: [fill(value, variables) for value in values] for name, values in command.headers.items()},
        content=fill(command.content, variables),
        command=command,
    )


def send(call: Call, targets: Targets) -> Answer:
    """The answer of the system, whatever its status. A GET is tried again when the connection fails; other methods never are.

    Raises `TargetDown` when there is no answer, or one larger than `LARGEST_ANSWER`.
    """
    with targets.client(call.target) as client:
        try:
            if call.method != "GET":
                return _send(client, call)
            for attempt in stamina.retry_context(on=httpx.TransportError, attempts=_RETRIES, wait_initial=0.1, timeout=20):
                with attempt:
                    return _send(client, call)
        except httpx.HTTPError as error:
            raise TargetDown(
                f"{call.target} did not answer {call.line}: {type(error).__name__}.",
                advice="Check that the system runs, look whether the step took effect, then run it again.",
            ) from error
    raise AssertionError("stamina either returns or raises")


def _send(client: httpx.Client, call: Call) -> Answer:
    headers = [(name, value) for name, values in call.headers.items() for value in values]
    body, digest = bytearray(), hashlib.sha256()
    with client.stream(call.method, call.path, headers=headers, content=call.content.encode() or None) as response:
        for part in response.iter_bytes():
            body += part
            digest.update(part)
            if len(body) > LARGEST_ANSWER:
                raise TargetDown(f"{call.target} answered {call.line} with more than {LARGEST_ANSWER} bytes.")
        media_type = response.headers.get("Content-Type", "application/octet-stream").partition(";")[0].strip()
    return Answer(call=call, status=response.status_code, media_type=media_type, content=bytes(body), sha256=digest.hexdigest())
