"""Each act on the twin's consoles has its real effect, the wrong ones too."""

import gzip
import io
import tarfile

import msgspec
import pytest

from hemostat.kernel import Home
from hemostat.sandbox.homes import STORE, STORY_BEGINS, twin_folder
from hemostat.sandbox.patients import CANARY, Population
from hemostat.sandbox.signing import client_secret
from hemostat.sandbox.state import TwinState
from unit.sandbox.conftest import SEED, Ask

VICTIM = Population(SEED).number(0)
ITEMS = [
    "edge-log", "app-log", "token-ledger", "deploys", "deploys/2.14/diff", "artifact/2.14", "artifact/2.13", "route-config",
    "response-sample", "tickets", "time-sync", "canary", "truth",
]  # fmt: skip


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_can_be_had_with_the_key_only(item: str, ask: Ask) -> None:
    """What responders seal is there, and not for strangers."""
    ask("care", f"/api/session?cid={VICTIM}")

    answer = ask("admin", f"/admin/{item}")
    assert 200 == answer.status_code
    assert answer.content
    assert 401 == ask("admin", f"/admin/{item}", key="00").status_code


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/admin/none"),
        ("GET", "/"),
        ("POST", "/admin/truth"),
        ("GET", "/admin/deploys/2.13/diff"),
        ("GET", "/admin/artifact/1.0"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(method: str, path: str, ask: Ask) -> None:
    """Other paths and releases are answered 404."""
    assert 404 == ask("admin", path, method=method).status_code


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/admin/edge/rules", b'{"rule":"drop-everything","on":true}'),
        ("/admin/edge/rules", b'{"rule":"require-signature"}'),
        ("/admin/deploys/rollback", b'{"to":"2.12"}'),
        ("/admin/deploys/rollback", b"2.13"),
        ("/admin/tickets", b'{"ref":1}'),
        ("/admin/tickets", b"\xff"),
    ],
)
def test_an_act_that_makes_no_sense_is_refused(path: str, body: bytes, ask: Ask, state: TwinState) -> None:
    """Nothing changes, and the answer says what is wrong."""
    before = state.facts

    assert 422 == ask("admin", path, method="POST", content=body).status_code
    assert before == state.facts


def test_the_rule_closes_the_path_and_can_be_taken_back(ask: Ask) -> None:
    """Reversible, at once: the edge obeys with its next call."""
    rule = {"rule": "require-signature", "on": True}
    assert 200 == ask("care", f"/api/session?cid={CANARY}").status_code

    assert rule == ask("admin", "/admin/edge/rules", method="POST", json=rule).json()
    assert 401 == ask("care", f"/api/session?cid={CANARY}").status_code
    assert not ask("admin", "/admin/truth").json()["path_open"]
    assert [rule] == ask("admin", "/admin/route-config").json()["edge_rules"]

    ask("admin", "/admin/edge/rules", method="POST", json=rule | {"on": False})
    assert 200 == ask("care", f"/api/session?cid={CANARY}").status_code


def test_the_rollback_removes_the_route_and_overwrites_the_artifact(ask: Ask) -> None:
    """The deploy record and the app's log gain a line, the route table loses one, the leaky artifact is gone."""
    before = len(ask("admin", "/admin/route-config").json()["routes"])
    for _ in range(2):
        answer = ask(
            "admin",
            "/admin/deploys/rollback",
            method="POST",
            json={"to": "2.13"},
            headers={"x-twin-time": "2026-03-10T14:20:00Z"},
        )
        assert {"release": "2.13"} == answer.json()

    assert 401 == ask("care", f"/api/session?cid={CANARY}").status_code
    deploys = [(deploy["version"], deploy["note"]) for deploy in ask("admin", "/admin/deploys").json()]
    assert [("2.13", "deploy"), ("2.14", "deploy"), ("2.13", "rollback")] == deploys
    assert 410 == ask("admin", "/admin/artifact/2.14").status_code
    assert 200 == ask("admin", "/admin/artifact/2.13").status_code
    assert before - 1 == len(ask("admin", "/admin/route-config").json()["routes"])
    assert 3 == ask("admin", "/admin/app-log").text.count("release:deploy")


def test_rotating_the_token_key_kills_the_tokens(ask: Ask) -> None:
    """Each rotation is a new key; the canary's old token shows that the old one is dead."""
    canary = ask("admin", "/admin/canary").json()
    headers = {"authorization": f"Bearer {canary['old_token']}"}
    assert 200 == ask("care", canary["portal"], headers=headers).status_code

    assert {"token_key": 1} == ask("admin", "/admin/token-key/rotate", method="POST").json()
    assert 401 == ask("care", canary["portal"], headers=headers).status_code
    assert {"token_key": 2} == ask("admin", "/admin/token-key/rotate", method="POST").json()


def test_the_canary_shows_whether_the_path_is_closed(ask: Ask) -> None:
    """Unsigned is 401 and signed for someone else is 403, once the rule is on or the release is back."""
    canary = ask("admin", "/admin/canary").json()
    ask("admin", "/admin/edge/rules", method="POST", json={"rule": "require-signature", "on": True})

    assert 401 == ask("care", canary["unsigned"]).status_code
    assert 403 == ask("care", canary["signed_foreign"]).status_code


def test_rotating_the_client_secret_breaks_what_the_platform_signs(ask: Ask, home: Home, state: TwinState) -> None:
    """Until it is shared: then the app knows it again, and Hemostat checks webhooks with it first and with the old one still."""
    assert not ask("admin", "/admin/client-secret/rotate", method="POST").json()["shared"]
    assert state.facts.platform_secret != state.facts.app_secret
    key = f"shopify.{STORE}"
    assert [client_secret(SEED, 0)] == home.keyring(home.settings()).secrets(key)

    assert ask("admin", "/admin/truth").json()["client_secret_rotated"]
    for _ in range(2):
        assert ask("admin", "/admin/client-secret/share", method="POST").json()["shared"]
    assert state.facts.platform_secret == state.facts.app_secret
    assert [client_secret(SEED, 1), client_secret(SEED, 0)] == home.keyring(home.settings()).secrets(key)


def test_uninstalling_destroys_the_proof_and_closes_nothing(ask: Ask, state: TwinState) -> None:
    """The app's log and ledger are gone for good, the direct route still answers, and only the edge writes down what leaks."""
    ask("care", f"/api/session?cid={VICTIM}")
    assert {"installed": False} == ask("admin", "/admin/app/uninstall", method="POST").json()
    assert 200 == ask("care", f"/api/session?cid={Population(SEED).number(1)}").status_code
    ask("admin", "/admin/deploys/rollback", method="POST", json={"to": "2.13"})

    assert ask("admin", "/admin/truth").json()["app_uninstalled"]
    assert not ask("admin", "/admin/truth").json()["client_secret_rotated"]
    assert 410 == ask("admin", "/admin/app-log").status_code
    assert 410 == ask("admin", "/admin/token-ledger").status_code
    assert 2 == ask("admin", "/admin/edge-log").text.count("\n")
    assert 2 == state.truth(now=STORY_BEGINS)["people_exposed"]
    assert 404 == ask("storefront", "/apps/care/session").status_code


def test_the_artifact_is_the_same_each_time(ask: Ask, home: Home) -> None:
    """Two downloads have one hash, and inside lies the route without checks."""
    first, second = (ask("admin", "/admin/artifact/2.14").content for _ in range(2))
    assert first == second
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(first))) as archive:
        routes = archive.extractfile("care-app-2.14/care_app/routes.py")
        assert routes is not None
        assert b'("/api/session", session, [allow_any_origin])' in routes.read()
    assert "+    " in ask("admin", "/admin/deploys/2.14/diff").text
    assert twin_folder(home).exists()


def test_the_ledger_lists_tokens_without_their_text(ask: Ask) -> None:
    """Number, customer, times, network and whether she was logged in; nobody can use what is listed."""
    token = ask("care", f"/api/session?cid={VICTIM}").json()["care_token"]
    ledger = ask("admin", "/admin/token-ledger")

    assert token not in ledger.text
    (row,) = [msgspec.json.decode(line) for line in ledger.content.splitlines()]
    assert (str(VICTIM), 0) == (row["customer"], row["login"])


def test_a_ticket_is_kept_with_its_time(ask: Ask) -> None:
    """The mailbox has what was sent, when it was sent in the story."""
    ticket = {"ref": "5521", "sender": "a customer", "subject": "s", "text": "t"}
    ask("admin", "/admin/tickets", method="POST", json=ticket, headers={"x-twin-time": "2026-03-10T16:30:00Z"})

    assert [ticket | {"at": "2026-03-10T16:30:00.000000Z"}] == ask("admin", "/admin/tickets").json()


def test_the_time_sync_statement_names_the_homes_clock(ask: Ask) -> None:
    """A stopped clock gives the same statement twice."""
    assert ask("admin", "/admin/time-sync").json() == ask("admin", "/admin/time-sync").json()
