"""Checks of posture that ask addresses: real HTTP, against a site as it should be, one with a flaw, and one that is odd."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.kernel import Home, Posture, Probe, Settings
from hemostat.readiness.posture import prober as asking_over_http
from hemostat.readiness.posture.book import checks, lists
from hemostat.readiness.posture.prober import Heard, Prober, place_of
from hemostat.readiness.posture.probes import MAGENTO, PROBES, Asking, probed
from hemostat.readiness.posture.verdicts import Answer, Verdict
from hemostat.sandbox.wires.care_site import PLANTED, SIGNATURE, CareSite, Site
from hemostat.sandbox.wires.loopback import Said, served

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
ANNA, BERT = "Bearer of the first synthetic person", "Bearer of the second synthetic person"
Flaw = Callable[[Site], None]


def site_of(**more: Any) -> Site:
    """A site that is as it should be, but for these."""
    return Site(people={ANNA: "1", BERT: "2"}, **more)


class Town:
    """A site on this machine, and one look at it."""

    def __init__(self, folder: Path, address: str, site: CareSite) -> None:
        self.address = address
        self.site = site
        self.home = Home(folder / "home")
        self.home.create(Settings(kind="sandbox"))
        self.keyring = self.home.keyring(self.home.settings())
        self.keyring.put("posture.a", [ANNA.encode()])
        self.keyring.put("posture.b", [BERT.encode()])
        self.slept: list[float] = []

    def asking(self, *probes: Probe, address: str = "", seconds: float = 5.0) -> Asking:
        """A look at these addresses."""
        prober = Prober(inside=True, mark=lambda target: f"mark-of-{target}", sleep=self.slept.append, seconds=seconds)
        base = address or self.address
        named = [
            Probe(
                kind=one.kind, surface=one.surface, url=f"{base}{one.url}", other=f"{base}{one.other}" if one.other else "",
                signed_in=one.signed_in,
            )
            for one in probes
        ]  # fmt: skip
        return Asking(Settings(kind="sandbox", posture=Posture(probes=named)), self.keyring, prober, NOW)

    def answer(self, check: str, *, address: str = "", seconds: float = 5.0) -> Answer:
        """What the check says of the probe that the table names for it."""
        probe = NAMED[check]
        return probed(self.asking(probe, address=address, seconds=seconds), check, probe.surface)

    def magento(self, check: str, *, address: str = "") -> Answer:
        """What a check of every Magento store says of the site."""
        return MAGENTO[check](self.asking(), address or self.address)


NAMED = {
    "no-store": Probe(kind="page", surface="patient-portal", url="/portal", signed_in=True),
    "trackers": Probe(kind="page", surface="appointment-flow", url="/booking"),
    "closed-routes": Probe(kind="closed", surface="appointment-flow", url="/api/closed?of=1"),
    "signed-proxy": Probe(kind="proxy", surface="storefront", url="/api/session?cid=7"),
    "ownership": Probe(kind="owned", surface="patient-portal", url="/records/1", other="/records/2"),
    "objects-closed": Probe(kind="object", surface="telehealth-session", url="/storage/visit.mp4"),
    "link-lifetime": Probe(kind="link", surface="telehealth-session", url="/api/link"),
    "staging-closed": Probe(kind="staging", surface="storefront", url="/staging"),
}
FLAWS: dict[str, list[tuple[dict[str, Any], str]]] = {
    "no-store": [({"kept": True}, "/portal: It says `Cache-Control: max-age, private`.")],
    "trackers": [
        ({"tags": "<script src='https://connect.facebook.net/a.js'></script>"}, "/booking: It loads from facebook.net: Meta.")
    ],
    "closed-routes": [({"open": True}, "/api/closed: It answers a stranger with what it guards.")],
    "signed-proxy": [({"unsigned": True}, "/api/session: It answers a call without a signature.")],
    "ownership": [({"mixed": True}, "/records/2: Person a was given the record of the other.")],
    "objects-closed": [({"public": True}, "/storage/visit.mp4: It is given to whoever asks.")],
    "link-lifetime": [
        (
            {"link": "https://files.example/v?X-Amz-Expires=604800"},
            "/api/link: The link lives for 7.0 days; 15 minutes are allowed.",
        ),
    ],
    "staging-closed": [({"staging": 200}, "/staging: It answers the public.")],
}
MAGENTO_FLAWS: dict[str, list[tuple[dict[str, Any], str]]] = {
    "rest-closed": [
        ({"rest": 200}, "/rest/V1/customers/search: It answers a stranger."),
        ({"carts": True}, "/rest/V1/guest-carts/1: It answers a stranger at a plain number."),
    ],
    "files-closed": [({"files": frozenset({"/var/log/system.log"})}, "/var/log/system.log: It is given to whoever asks.")],
    "admin-path": [({"admin": 200}, "/admin: The admin answers where everybody looks first.")],
}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A site as it should be."""
    site = CareSite(site_of())
    with served(site) as address:
        yield Town(tmp_path, address, site)


def test_every_check_of_addresses_has_its_flaw() -> None:
    """And an address for which it is asked, on one of its surfaces."""
    assert PROBES.keys() == NAMED.keys() == FLAWS.keys()
    assert MAGENTO.keys() == MAGENTO_FLAWS.keys()
    assert all(
        NAMED[check].kind == kind and NAMED[check].surface in checks()[check].surfaces for check, (kind, _) in PROBES.items()
    )


@pytest.mark.parametrize("check", PROBES)
def test_a_sound_site_holds_with_evidence(town: Town, check: str) -> None:
    """Of now, with the place that was asked and no more of its address than that."""
    answer = town.answer(check)

    assert (Verdict.HOLDS, (), NOW) == (answer.verdict, answer.faults, answer.taken_at)
    assert place_of(f"{town.address}{NAMED[check].url}") in answer.evidence
    assert "?" not in answer.evidence


@pytest.mark.parametrize(("check", "flaw", "said"), [(check, *one) for check, some in FLAWS.items() for one in some])
def test_a_flaw_of_a_site_is_named(town: Town, check: str, flaw: dict[str, Any], said: str) -> None:
    """With the place; no other check fails for it."""
    town.site.site = site_of(**flaw)
    answers = {name: town.answer(name) for name in PROBES}

    faults = [f"{fault.where}: {fault.what}" for fault in answers[check].faults]
    assert faults[0].endswith(said)
    assert [check] == [name for name, answer in answers.items() if answer.verdict is Verdict.FAILS]


@pytest.mark.parametrize("check", PROBES)
def test_a_surface_without_an_address_is_unknown(town: Town, check: str) -> None:
    """What nobody named was not asked, and is no pass."""
    for surface in checks()[check].surfaces:
        answer = probed(town.asking(), check, surface)
        assert Verdict.UNKNOWN is answer.verdict
        assert f"is named for {surface}" in answer.reason


@pytest.mark.parametrize(("check", "flaw", "said"), [(check, *one) for check, some in MAGENTO_FLAWS.items() for one in some])
def test_the_addresses_of_a_magento_store(town: Town, check: str, flaw: dict[str, Any], said: str) -> None:
    """Refused they hold, given they fail with the place, and a store that is away is unknown."""
    assert (Verdict.HOLDS, NOW) == (town.magento(check).verdict, town.magento(check).taken_at)

    town.site.site = site_of(**flaw)
    failed = town.magento(check)
    assert Verdict.FAILS is failed.verdict
    assert f"{failed.faults[0].where}: {failed.faults[0].what}".endswith(said)

    assert Verdict.UNKNOWN is town.magento(check, address="http://127.0.0.1:9").verdict


def test_trackers_are_looked_for_in_pages_that_every_magento_store_has(town: Town) -> None:
    """Where nobody named a page of the surface; one that is named counts alone."""
    asking = town.asking(Probe(kind="page", surface="checkout", url="/checkout"))
    asking = asking._replace(settings=msgspec.structs.replace(asking.settings, magento_stores={"oak": f"{town.address}/"}))
    assert Verdict.HOLDS is probed(asking, "trackers", "storefront").verdict
    assert Verdict.UNKNOWN is probed(asking, "no-store", "patient-portal").verdict

    town.site.site = site_of(tags="<img src='https://bat.bing.com/x'>")
    asking = asking._replace(prober=Prober(inside=True, mark=str, sleep=town.slept.append))
    assert ["It loads from bat.bing.com: Microsoft Advertising."] == [
        fault.what for fault in probed(asking, "trackers", "storefront").faults
    ]
    probed(asking, "trackers", "checkout")
    assert ["/", "/checkout"] == sorted({asked.target for asked in town.site.asked})


def test_a_page_for_whatever_is_asked_is_no_file(town: Town) -> None:
    """A site that answers 200 with a page to every path tells nothing of its files."""
    town.site.site = site_of(instead=Said(body=b"<p>not here</p>", content_type="text/html"))
    assert Verdict.UNKNOWN is town.magento("files-closed").verdict


ODD: dict[str, tuple[Said, str]] = {
    "a redirect elsewhere": (Said(status=302, headers={"location": "https://elsewhere.example/"}), "It redirects (302)"),
    "an error": (Said(status=503), "It answers 503."),
    "too many questions": (Said(status=429), "It answers 429."),
    "packed": (Said(body=b"\x1f\x8b", headers={"content-encoding": "gzip"}), ""),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("check", PROBES)
def test_an_odd_answer_is_unknown_with_its_reason(town: Town, check: str, odd: str) -> None:
    """Neither a redirect nor an error is a refusal, and neither is a page: nothing passes and nothing fails by one."""
    said, reason = ODD[odd]
    if odd == "packed" and check not in {"no-store", "trackers", "link-lifetime"}:
        return  # the others read no body
    town.site.site = site_of(instead=said)
    answer = town.answer(check)

    assert Verdict.UNKNOWN is answer.verdict
    assert (reason or "packed") in answer.reason or check == "link-lifetime"
    assert answer.reason


def test_a_redirect_is_followed_nowhere(town: Town) -> None:
    """The other host hears nothing, and so nothing of a synthetic person's key."""
    heard: list[object] = []
    with served(lambda asked: heard.append(asked) or Said()) as other:
        town.site.site = site_of(instead=Said(status=307, headers={"location": f"{other}/x"}))
        for check in PROBES:
            town.answer(check)
    assert [] == heard


def test_a_huge_answer_is_not_read_to_its_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has a bound, whatever a site sends."""
    monkeypatch.setattr(asking_over_http, "MOST_BYTES", 1000)
    town.site.site = site_of(instead=Said(body=b"x" * 5000, content_type="text/html"))
    assert "longer than 1,000 bytes" in town.answer("trackers").reason


@contextmanager
def talking(says: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does as `says` with each connection."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection, suppress(OSError):
                    says(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        ended.set()
        thread.join()


def dripping(connection: socket.socket) -> None:
    """A byte now and then, so that no limit on a part of the answer is ever reached."""
    for byte in b"HTTP/1.1 200 OK\r\nx-long: " + b"y" * 200:
        connection.sendall(bytes([byte]))
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("says", "scheme", "reason"),
    [
        (lambda connection: connection.sendall(b"\x00\x01 garbage\r\n\r\n"), "http", "Nothing answers there."),
        (lambda connection: connection.close(), "http", "Nothing answers there."),
        (dripping, "http", "It does not answer within 0.3 s."),
        (lambda connection: connection.sendall(b"HTTP/1.1 400 no TLS here\r\n\r\n"), "https", "does not speak TLS as it should"),
    ],
)
@pytest.mark.parametrize("check", PROBES)
def test_what_is_no_answer_is_unknown(
    town: Town, check: str, says: Callable[[socket.socket], None], scheme: str, reason: str
) -> None:
    """Garbage, a hang-up, an answer that never ends, and a server without TLS."""
    with talking(says) as address:
        answer = town.answer(check, address=f"{scheme}://{address}", seconds=0.3)

    assert Verdict.UNKNOWN is answer.verdict
    assert reason in answer.reason


def test_a_question_that_took_too_long_ends(town: Town) -> None:
    """Its connection is cut, so that nobody goes on reading; one that was not open yet is cut without harm."""
    with talking(dripping) as address:
        heard = Prober(inside=True, mark=str, seconds=0.1).ask(f"http://{address}/")
        pause = threading.Event()
        assert any(not asking_threads() or pause.wait(0.02) for _ in range(500))
    asking_over_http._Line().cut()

    assert "It does not answer within 0.1 s." == heard.fault
    assert [] == asking_threads()
    assert [] == town.site.asked


def asking_threads() -> list[threading.Thread]:
    """Questions that are still waited for."""
    return [thread for thread in threading.enumerate() if thread.name == "posture.ask"]


def test_nothing_that_a_site_gives_stays(town: Town, capfd: pytest.CaptureFixture[str]) -> None:
    """The planted value was given, and stands in no result, in no log, and not in an answer when it is printed."""
    flaws = dict.fromkeys(("kept", "open", "unsigned", "mixed", "public"), True)
    town.site.site = site_of(**flaws, staging=200, rest=200, admin=200, files=frozenset(lists().magento_files))
    said = "".join(repr(town.answer(check)) for check in PROBES) + "".join(repr(town.magento(check)) for check in MAGENTO)
    heard = Prober(inside=True, mark=str).ask(f"{town.address}/api/closed", whole=True)

    assert PLANTED.encode() in heard.body
    assert "fails" in said
    assert PLANTED not in said + repr(heard) + "".join(capfd.readouterr())
    assert ANNA not in said
    assert "Heard(200)" == repr(heard)


def test_questions_are_harmless_marked_and_few(town: Town) -> None:
    """GET and HEAD alone, with our name and a mark; a pause between two; the same question is asked once."""
    asking = town.asking(NAMED["no-store"], Probe(kind="page", surface="patient-portal", url="/portal", signed_in=True))
    probed(asking, "no-store", "patient-portal")
    probed(asking, "trackers", "patient-portal")
    assert 1 == len(town.site.asked)
    for check in PROBES:
        town.answer(check)

    first = town.site.asked[0]
    assert {"GET", "HEAD"} == {asked.method for asked in town.site.asked}
    assert all(asked.body == b"" for asked in town.site.asked)
    assert first.headers["user-agent"].endswith(" mark-of-/portal")
    assert first.headers["user-agent"].startswith("Hemostat-Posture/")
    assert "posture" == first.headers["x-hemostat-probe"]
    assert {0.2} == set(town.slept)


def test_a_call_with_a_wrong_signature_is_asked_too(town: Town) -> None:
    """An app that looks whether there is a signature, and not whether it is right, answers strangers."""
    town.answer("signed-proxy")
    signed = [asked.target for asked in town.site.asked]

    assert ["/api/session?cid=7", f"/api/session?cid=7&signature={'0' * 64}"] == signed
    assert 200 == Prober(inside=True, mark=str).ask(f"{town.address}/api/session?signature={SIGNATURE}").status
    plain = Probe(kind="proxy", surface="storefront", url="/api/session")
    assert Verdict.HOLDS is probed(town.asking(plain), "signed-proxy", "storefront").verdict


@pytest.mark.parametrize(("who", "key"), [("a", "posture.a"), ("b", "posture.b")])
def test_a_refusal_proves_nothing_when_the_own_record_is_refused_too(town: Town, who: str, key: str) -> None:
    """A key that has ended opens nothing: that is unknown, and not sound."""
    town.keyring.put(key, [b"Bearer of somebody who has left"])
    answer = town.answer("ownership")

    assert Verdict.UNKNOWN is answer.verdict
    assert f"It is the record of person {who} himself" in answer.reason


def test_another_record_that_cannot_be_asked_for_is_unknown(town: Town) -> None:
    """The own ones are given; what would have been said of the other's nobody knows."""
    with served(lambda asked: Said() if asked.target == "/records/1" else Said(status=500)) as address:
        answer = town.answer("ownership", address=address)
    assert Verdict.UNKNOWN is answer.verdict
    assert "/records/2: It answers 500." in answer.reason


def test_each_of_two_people_is_tried(town: Town) -> None:
    """A flaw that opens one way only is seen; a record that is not there for strangers is refused well enough."""
    town.site.site = site_of(mixed=True)
    both = town.answer("ownership")
    assert ["Person a was given the record of the other.", "Person b was given the record of the other."] == [
        fault.what for fault in both.faults
    ]


def test_a_person_without_a_key_is_unknown(town: Town) -> None:
    """And a key that no header can hold; the reason names the key, never its value."""
    town.keyring.put("posture.a", ["Bearer of Ünknown".encode("latin-1")])
    odd = town.answer("no-store")
    (town.keyring.folder / "posture.a.json").unlink()
    missing = town.answer("ownership")

    assert [Verdict.UNKNOWN] * 2 == [odd.verdict, missing.verdict]
    assert "The key 'posture.a' is no header." in odd.reason
    assert "The key 'posture.a' is missing." in missing.reason


@pytest.mark.parametrize(
    ("check", "said", "reason"),
    [
        ("closed-routes", Said(status=404), "Nothing is there (404)"),
        ("objects-closed", Said(status=410), "Nothing is there (410)"),
        ("trackers", Said(body=b"{}"), "something that is no page"),
        ("link-lifetime", Said(body=b"{}"), "no signed link"),
        ("no-store", Said(status=401), "Only a page that is shown tells."),
        ("staging-closed", Said(status=302, headers={"location": "https://elsewhere.example/password"}), "redirects"),
        ("staging-closed", Said(status=302, headers={"location": "/login"}), "redirects"),
    ],
)
def test_what_proves_nothing_is_unknown(town: Town, check: str, said: Said, reason: str) -> None:
    """Where nothing is, nothing was refused; and what is no page has no trackers to be free of."""
    town.site.site = site_of(instead=said)
    answer = town.answer(check)
    assert Verdict.UNKNOWN is answer.verdict
    assert reason in answer.reason


def test_a_page_that_asks_for_a_login_tells_nothing_to_a_stranger(town: Town) -> None:
    """Its refusal is not the page: somebody must be let in."""
    stranger = Probe(kind="page", surface="patient-portal", url="/portal")
    answer = probed(town.asking(stranger), "no-store", "patient-portal")
    assert (Verdict.UNKNOWN, True) == (answer.verdict, "It answers 401." in answer.reason)


def test_a_store_behind_its_password_page_holds(town: Town) -> None:
    """Shopify sends visitors of a closed store there."""
    town.site.site = site_of(staging=302)
    assert "password" in town.answer("staging-closed").evidence


def test_a_link_may_come_as_a_redirect(town: Town) -> None:
    """Its address is read, and not followed."""
    link = "https://files.example/v?X-Amz-Expires=60&X-Amz-Signature=0"
    town.site.site = site_of(instead=Said(status=302, headers={"location": link}))
    assert (Verdict.HOLDS, "lives for 1 minutes") == (
        town.answer("link-lifetime").verdict,
        town.answer("link-lifetime").evidence[-20:-1],
    )


def test_a_page_that_says_nothing_of_caches_fails(town: Town) -> None:
    """Silence lets a cache decide; what stands behind a directive is the site's, and is not repeated."""
    town.site.site = site_of(instead=Said(headers={"cache-control": f'private="{PLANTED}"'}, content_type="text/html"))
    assert "It says `Cache-Control: private`." == town.answer("no-store").faults[0].what
    town.site.site = site_of(instead=Said(content_type="text/html"))
    assert "It says nothing of caches." == town.answer("no-store").faults[0].what


@pytest.mark.parametrize(
    ("url", "inside", "fault"),
    [
        ("https://care.example/x", True, "This home is a sandbox"),
        ("http://care.example/x", False, "It is not https"),
        ("ftp://127.0.0.1/x", True, "It is no address"),
        ("https://", True, "It is no address"),
        ("https://[broken", True, "It is no address"),
        ("http://127.0.0.1:99999/", True, "It is no address"),
    ],
)
def test_an_address_that_must_not_be_asked_is_not(url: str, inside: bool, fault: str) -> None:  # noqa: FBT001  # a parameter
    """A sandbox asks this machine only, and nobody asks another without TLS."""
    heard = Prober(inside=inside, mark=str).ask(url)
    assert "unknown" == heard.stand
    assert fault in heard.why


def test_a_look_has_an_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """More addresses than anybody writes by hand are not asked."""
    monkeypatch.setattr(asking_over_http, "MOST_QUESTIONS", 2)
    prober = Prober(inside=True, mark=str, sleep=town.slept.append)
    stands = [prober.ask(f"{town.address}/staging?{number}").stand for number in range(3)]
    assert ["refused", "refused", "unknown"] == stands


def test_what_a_strange_server_brings_about_is_no_verdict(town: Town) -> None:
    """An error that nobody foresaw is named by its kind, without its words."""

    def broken(_: str) -> str:
        raise LookupError(PLANTED)

    with pytest.raises(LookupError):
        Prober(inside=True, mark=broken).ask(f"{town.address}/")
    heard = Prober(inside=True, mark=str).ask(f"{town.address}/", headers={"x-odd": "\ud800"})
    assert "unknown" == heard.stand
    assert PLANTED not in heard.why


def test_places_are_shown_without_what_follows() -> None:
    """A query may hold a number or a key."""
    assert ["care.example:8443/p", "care.example/", "an address that is none"] == [
        place_of(url) for url in ("https://u:p@care.example:8443/p?cid=7#x", "https://care.example/", "https://[broken")
    ]
    assert "nothing" == Heard(status=410).stand
