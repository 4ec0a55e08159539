"""What the server hands to the door, made by hand: for tests that need no server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

from granian.rsgi import ProtocolClosed


class Headers:
    """The headers of a request as Granian shows them: names in lowercase, and only what is ASCII has a value."""

    def __init__(self, given: list[tuple[str, str]]) -> None:
        self._given = given

    def items(self) -> list[tuple[str, str]]:
        """Names and values."""
        return [(name, value) for name, value in self._given if value.isascii()]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for name, _ in self._given))

    def get_all(self, name: str) -> list[str]:
        """The values of one header."""
        return [value for found, value in self.items() if found == name]

    def __len__(self) -> int:
        return len({name for name, _ in self._given})


class Head:
    """The head of a request."""

    def __init__(self, method: str, path: str, *, query: str, headers: list[tuple[str, str]], client: str) -> None:
        self.method = method
        self.path = path
        self.query_string = query
        self.headers = Headers(headers)
        self.client = client


def head(
    method: str = "POST",
    path: str = "/",
    *,
    query: str = "",
    headers: list[tuple[str, str]] | None = None,
    client: str = "192.0.2.1:4000",
) -> Any:
    """A request's head; `Any`, since the server's own class cannot be made here."""
    return Head(method, path, query=query, headers=headers or [], client=client)


class FakeWire:
    """A body in parts, and what was answered. `ends`: does it end, is it cut, or does its sender stall?"""

    def __init__(self, *parts: bytes, ends: str = "whole") -> None:
        self._parts = parts
        self._ends = ends
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.answer = b""

    async def __call__(self) -> bytes:
        """The whole body."""
        await self._wait()
        if self._ends == "cut":
            raise ProtocolClosed
        return b"".join(self._parts)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The body as it comes; as Granian does, a part of no bytes at the end, and two of them where it was cut."""
        for part in self._parts:
            yield part
        await self._wait()
        if self._ends == "cut":
            yield b""
        yield b""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """The answer is known."""
        self.status, self.headers, self.answer = status, headers, body

    async def _wait(self) -> None:
        await asyncio.sleep(60 if self._ends == "stalls" else 0)
