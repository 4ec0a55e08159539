"""Plays planned calls against the twin over real HTTP, remembers what was answered, and goes on after a kill where it was.

What is remembered lies in the twin's folder: each planned call once, with its status, and the care tokens that the leak really
gave, so that the replay shows stolen tokens and no invented ones.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from hemostat.kernel import Home, iso

from .feed import Party, PlannedCall
from .homes import ports_of, twin_folder
from .releases import DIRECT_ROUTE
from .signing import login_cookie
from .state import TwinState
from .wire import Answer, Line, message

NOT_SENT = 0
"""The status of a call that could not be made: there was no stolen token to show."""

# What goes to one server at once must fit its socket's buffer
_CHUNK = 64
_OK = 200
_SCHEMA = """
CREATE TABLE IF NOT EXISTS done (ref TEXT PRIMARY KEY, status INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stolen (customer INTEGER PRIMARY KEY, token TEXT NOT NULL);
"""


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """What one `play` did: how many calls it made now, how many were done before, and the answers now by status."""

    sent: int
    known: int
    statuses: dict[int, int]


class _Session(msgspec.Struct, frozen=True):
    care_token: str


class Player:
    """Sends calls of one home's story. `patience` is how many seconds of silence are borne, as while a server starts again."""

    def __init__(self, home: Home, *, patience: float = 30.0) -> None:
        settings = home.settings()
        ports, folder = ports_of(settings), twin_folder(home)
        state = TwinState(folder)
        self._seed = state.facts.seed
        state.close()
        self._bearer = home.keyring(settings).secret("target.twin").hex()
        self._lines: dict[Party, Line] = {
            "storefront": Line(ports.storefront, patience=patience),
            "direct": Line(ports.care, patience=patience),
            "admin": Line(ports.admin, patience=patience),
        }
        self._db = sqlite3.connect(folder / "player.sqlite3", isolation_level=None, timeout=10)
        self._db.execute("PRAGMA journal_mode = WAL")
        # Outlives a kill of this process, which is all that a drill needs
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA)

    def play(self, calls: Iterable[PlannedCall]) -> Played:
        """All `calls` are answered and remembered. Calls that were remembered before are not made again.

        Raises `Unreachable` when a server stays away; what was answered by then is remembered.
        """
        statuses: Counter[int] = Counter()
        known = 0
        for chunk in _chunks(calls):
            fresh = self._fresh(chunk)
            known += len(chunk) - len(fresh)
            answers = self._send(fresh)
            self._remember(answers)
            statuses.update(answer.status if answer else NOT_SENT for _, answer in answers)
        return Played(sent=statuses.total() - statuses[NOT_SENT], known=known, statuses=dict(statuses))

    def done(self) -> dict[int, int]:
        """All calls made so far, by status."""
        return dict(self._db.execute("SELECT status, count(*) FROM done GROUP BY 1").fetchall())

    def stolen_token(self, customer: int) -> str:
        """The care token that the leak gave for this customer, or "" when it gave none."""
        row = self._db.execute("SELECT token FROM stolen WHERE customer = ?", (customer,)).fetchone()
        return str(row[0]) if row else ""

    def close(self) -> None:
        """All connections and files are closed."""
        for line in self._lines.values():
            line.close()
        self._db.close()

    def _fresh(self, chunk: list[PlannedCall]) -> list[PlannedCall]:
        marks = ",".join("?" * len(chunk))
        sql = f"SELECT ref FROM done WHERE ref IN ({marks})"  # noqa: S608  # question marks only
        rows = self._db.execute(sql, [call.ref for call in chunk])
        done = {row[0] for row in rows}
        return [call for call in chunk if call.ref not in done]

    def _send(self, calls: list[PlannedCall]) -> list[tuple[PlannedCall, Answer | None]]:
        answers: list[tuple[PlannedCall, Answer | None]] = []
        for party, line in self._lines.items():
            makeable = []
            for call in (call for call in calls if call.to == party):
                request = self._request(call)
                if request is None:
                    answers.append((call, None))
                else:
                    makeable.append((call, request))
            answers += zip((call for call, _ in makeable), line.exchange([request for _, request in makeable]), strict=True)
        return answers

    def _request(self, call: PlannedCall) -> bytes | None:
        headers = {"x-twin-client": f"{call.ip};{call.asn}", "x-twin-time": iso(call.time), "user-agent": call.agent}
        if call.login:
            headers["cookie"] = login_cookie(self._seed, call.login)
        if call.to == "admin":
            headers["authorization"] = f"Bearer {self._bearer}"
        if call.token_of:
            token = self.stolen_token(call.token_of)
            if not token:
                return None
            headers["authorization"] = f"Bearer {token}"
        return message(call.method, call.target, headers, call.body)

    def _remember(self, answers: list[tuple[PlannedCall, Answer | None]]) -> None:
        stolen = [
            (int(call.target.rpartition("=")[2]), msgspec.json.decode(answer.body, type=_Session).care_token)
            for call, answer in answers
            if answer is not None and answer.status == _OK and call.target.startswith(DIRECT_ROUTE)
        ]
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO stolen VALUES (?, ?)", stolen)
        self._db.executemany(
            "INSERT OR IGNORE INTO done VALUES (?, ?)",
            [(call.ref, answer.status if answer else NOT_SENT) for call, answer in answers],
        )
        self._db.execute("COMMIT")


def _chunks(calls: Iterable[PlannedCall]) -> Iterator[list[PlannedCall]]:
    rest = iter(calls)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
