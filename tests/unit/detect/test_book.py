"""The rules of a home: shipped ones and its own, how each stands, and which of them have proved themselves."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hemostat.detect import Book, State, book_of
from hemostat.detect.book import MOST_FILES, MOST_SAMPLES, Known, book_read, mark_of
from hemostat.detect.budget import budgets
from hemostat.detect.limits import limits
from hemostat.detect.rules import Room, load, shipped
from unit.detect.own import PAGE_READ, rule_text

OTHER = "c3d2f9a0-6b1e-4a52-9c3b-0c1f5f0f7e02"
STAFF = "656d1a95-f465-4069-843b-6e6b75007062"
"""The rule that ships and feeds `staff_opens_customer`."""

Write = Callable[..., Book]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """The book of a folder with files of these names and texts."""

    def write(**files: str) -> Book:
        for name, text in files.items():
            (tmp_path / f"{name}.yml").write_text(text, "utf-8")
        return book_of(tmp_path)

    return write


def own(found: Book) -> dict[str, Known]:
    """The rules of one's own, by title."""
    return {one.title: one for one in found.known.values() if one.own}


def test_without_a_folder_there_are_the_shipped_rules_and_baselines(tmp_path: Path) -> None:
    """All of them are active and proved, and all have a budget."""
    found = book_of(tmp_path / "nowhere")

    baselines = {one.rule for one in limits().rules}
    assert {one.id for one in shipped().speaking} | baselines == set(found.known)
    assert {(State.ACTIVE, False, ())} == {(one.state(None), one.own, one.proof.doubts) for one in found.known.values()}
    assert all(one.allowed.alarms_a_day > 0 for one in found.known.values())
    assert len(shipped().speaking) == len(found.running({}).speaking)
    assert () == found.faults


def test_an_own_rule_stands_beside_the_shipped_ones(tmp_path: Path) -> None:
    """It runs with them, and is known by its file below the folder."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "pages.yaml").write_text(rule_text())

    found = book_of(tmp_path)

    one = found.known[PAGE_READ]
    assert (True, "web/pages.yaml", State.ACTIVE, "storefront") == (one.own, one.place, one.state(None), one.surface)
    assert {rule.id for rule in found.running({}).speaking} - {rule.id for rule in shipped().speaking} == {PAGE_READ}


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        (rule_text(found=""), "it has no positive sample"),
        (rule_text(found="page:write"), "its sample positive 1 was not found"),
        (rule_text(passed="page:read"), "its sample negative 1 was found"),
        (rule_text().replace("{act: 'page:read'}", "{acted: x}"), "its samples cannot be judged: A sample names 'acted'"),
        (rule_text().replace("{act: 'page:read'}", "{act: x, status: many}"), "its samples cannot be judged"),
        (rule_text().replace("{act: 'page:read'}", "{act: x, repeat: 100001}"), "more than 100,000 events"),
        (rule_text().replace("{act: 'page:read'}", f"{{act: {'x' * 300}, repeat: 90000}}"), "or too long"),
        (rule_text().replace("{act: 'page:read'}", "{act: x, repeat: often}"), "its samples cannot be judged"),
        (rule_text().replace("{act: 'page:read'}", "{act: x, every: .inf}"), "its samples cannot be judged"),
    ],
)
def test_a_rule_that_has_not_proved_itself_is_watched_only(written: Write, text: str, doubt: str) -> None:
    """It runs and alerts nobody, whatever was decided, and says why; only retiring it is heeded."""
    one = written(rule=text).known[PAGE_READ]

    assert doubt in one.proof.doubts[0]
    assert [State.WATCH, State.WATCH, State.TUNING, State.RETIRED] == [
        one.state(state) for state in (None, State.ACTIVE, State.TUNING, State.RETIRED)
    ]


def test_every_misjudged_sample_is_told(written: Write) -> None:
    """All of them, by their names."""
    one = written(rule=rule_text(found="page:write", passed="page:read")).known[PAGE_READ]

    assert frozenset({"positive 1", "negative 1"}) == one.proof.wrong
    assert 2 == len(one.proof.doubts)


def test_samples_are_judged_up_to_a_number(written: Write) -> None:
    """Rules beyond it alert nobody, and say why; those before them are judged."""
    heavy = MOST_SAMPLES // 90_000
    texts = {
        f"r{n}": rule_text(id=f"c3d2f9a0-6b1e-4a52-9c3b-0c1f5f0f7e1{n}", title=f"R{n}", found="").replace(
            "hemostat:\n", "hemostat:\n  samples: {negative: [[{act: 'page:write', repeat: 90000}]]}\n"
        )
        for n in range(heavy + 1)
    }

    doubts = [one.proof.doubts[0] for one in own(written(**texts)).values()]

    assert [False] * heavy + [True] == ["all own rules have more than" in doubt for doubt in doubts]


@pytest.mark.parametrize(
    ("ours", "more", "state"),
    [
        ("  state: watch\n", "", State.WATCH),
        ("  state: retired\n", "", State.RETIRED),
        ("", "status: deprecated\n", State.RETIRED),
        ("", "status: unsupported\n", State.RETIRED),
        ("  state: active\n", "status: deprecated\n", State.ACTIVE),
        ("", "status: stable\n", State.ACTIVE),
    ],
)
def test_a_file_says_how_its_rule_stands(written: Write, ours: str, more: str, state: State) -> None:
    """Our own word comes before that of Sigma; a person's decision comes before both."""
    found = written(rule=rule_text(ours=ours, more=more))

    assert state is found.known[PAGE_READ].state(None)
    assert State.WATCH is found.known[PAGE_READ].state(State.WATCH)
    assert (state is not State.RETIRED) == (PAGE_READ in {rule.id for rule in found.running({}).speaking})
    assert PAGE_READ in found.in_state({}, state)


def test_a_state_has_words() -> None:
    """Each says what it does."""
    assert len(State) == len({state.means for state in State})


def test_a_retired_rule_takes_with_it_what_only_feeds_it(written: Write) -> None:
    """A correlation that goes takes its parts along, unless another one is made of them; what it hid stays silent."""
    feeder = rule_text(id="", title="Read", found="", more="name: read\n")
    counted = "correlation: {type: event_count, rules: [read], timespan: 1m, condition: {gte: 2}}"
    samples = "hemostat: {samples: {positive: [[{act: 'page:read', repeat: 2}]]}}"
    both = [f"title: C{n}\nid: {name}\n{counted}\n{samples}\n" for n, name in enumerate((PAGE_READ, OTHER))]
    found = written(rule="---\n".join([feeder, *both]))

    def titles(decided: dict[str, State]) -> list[str]:
        rules = found.running(decided)
        return [one.title for one in (*rules.rules, *rules.correlations) if one.title in {"Read", "C0", "C1"}]

    assert {"C0": (), "C1": ()} == {title: one.proof.doubts for title, one in own(found).items()}
    assert ["Read", "C0", "C1"] == titles({})
    assert ["Read", "C1"] == titles({PAGE_READ: State.RETIRED})
    assert [] == titles({PAGE_READ: State.RETIRED, OTHER: State.RETIRED})


def test_nothing_that_ships_is_replaced(written: Write) -> None:
    """An own rule with the id or the name of a shipped one is a fault that names it."""
    theirs = shipped().speaking[0]
    found = written(id=rule_text(id=theirs.id, title="Same id"), name=rule_text(more="name: staff_opens_customer\n"))

    assert {} == own(found)
    assert len(shipped().speaking) == len(found.running({}).speaking)
    reasons = {fault.title: fault.reason for fault in found.faults}
    assert f"its id {theirs.id} is already that of a rule in {theirs.path.name}" == reasons["Same id"]
    assert "its name staff_opens_customer is already that of" in reasons["Somebody reads a page"]


def test_nothing_that_ships_is_narrowed(written: Write) -> None:
    """A filter that names a shipped rule is a fault; one that names own rules, or any, narrows own rules alone."""
    body = "logsource: {product: hemostat}\nfilter: {rules: %s, robot: {hemostat.act: '*'}, condition: not robot}\n"
    found = written(
        a=rule_text(),
        theirs=f"title: Theirs\n{body % '[staff_opens_customer]'}",
        any=f"title: Any\n{body % 'any'}",
    )

    assert ["Theirs"] == [fault.title for fault in found.faults]
    assert "it would narrow 'Customer opened by a member of staff'" in found.faults[0].reason
    # narrowed to nothing, so that it finds its sample no more
    assert ("its sample positive 1 was not found",) == found.known[PAGE_READ].proof.doubts
    (before,) = (rule for rule in shipped().rules if rule.id == STAFF)
    assert before in found.running({}).rules


def test_nothing_that_ships_is_silenced(written: Write) -> None:
    """A correlation over a rule that ships counts its events, and the rule alerts as before."""
    loud = next(rule for rule in shipped().rules if rule.alerts)
    correlation = f"{{type: event_count, rules: [{loud.id}], timespan: 1m, condition: {{gte: 2}}}}"

    found = written(rule=f"title: Twice\nid: {PAGE_READ}\ncorrelation: {correlation}\n")

    assert loud.id in {rule.id for rule in found.running({}).speaking}
    (twice,) = (one for one in found.running({}).correlations if one.id == PAGE_READ)
    assert loud.id == found.running({}).rules[twice.plan.rules[0]].id


@pytest.mark.parametrize("title", ["Read/write", "x" * 101, "baseline-many-patients", "monitoring-gap"])
def test_a_title_that_cannot_be_an_id_is_a_fault(written: Write, title: str) -> None:
    """Without an id of its own a rule is called by its title, which then is a word of addresses."""
    found = written(rule=rule_text(id="", title=title), good=rule_text())

    assert ["give it an id"] == [fault.reason.rpartition("; ")[2] for fault in found.faults]
    assert ["Somebody reads a page"] == list(own(found))


def test_a_title_may_be_an_id(written: Write) -> None:
    """A short one without a slash is good enough."""
    assert ["Good"] == [one.id for one in own(written(rule=rule_text(id="", title="Good"))).values()]


def test_only_so_many_files_are_read(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files beyond the number, or beyond the bytes in all of them, are faults; those before them work."""
    texts = {f"r{n}": rule_text(id=f"c3d2f9a0-6b1e-4a52-9c3b-0c1f5f0f7e1{n}", title=f"R{n}") for n in range(3)}
    monkeypatch.setattr("hemostat.detect.book.MOST_FILES", 2)

    found = written(**texts)

    assert ["R0", "R1"] == list(own(found))
    assert ["there is no room for it"] == [fault.reason.partition(":")[0] for fault in found.faults]


def test_only_so_many_bytes_are_read(tmp_path: Path) -> None:
    """The bytes of all files count together."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.yml").write_text(rule_text(id="", title=name))

    found = load(tmp_path, room=Room(files=MOST_FILES, octets=len(rule_text(id="", title="a")) + 1, rules=9, values=9))

    assert (["a"], ["b"]) == ([rule.title for rule in found.rules], [fault.title for fault in found.faults])


def test_only_so_many_rules_are_read(tmp_path: Path) -> None:
    """One fault names the first for which there is no room in a file; those before it work."""
    (tmp_path / "many.yml").write_text("---\n".join(rule_text(id="", title=f"R{n}") for n in range(9)))
    (tmp_path / "more.yml").write_text(rule_text(id="", title="More"))

    found = load(tmp_path, room=Room(files=9, octets=10**6, rules=3, values=99))

    assert ["R0", "R1", "R2"] == [rule.title for rule in found.rules]
    assert [("many.yml", "R3"), ("more.yml", "More")] == [(fault.path.name, fault.title) for fault in found.faults]
    assert "too many rules" in found.faults[0].reason


def test_only_so_many_values_are_looked_for(tmp_path: Path) -> None:
    """Keywords, values of fields and of lists in lists count together; what only says which are meant counts nothing."""
    detection = "{s: [{http_request.url.path|contains: [/a, /b]}, {resource.name: c}], k: [d, e], condition: s or k}"
    for name in ("a", "b"):
        text = f"title: {name}\nlogsource: {{product: hemostat}}\ndetection: {detection}\n"
        (tmp_path / f"{name}.yml").write_text(text)

    def told(values: int) -> list[str]:
        return [rule.title for rule in load(tmp_path, room=Room(files=9, octets=10**6, rules=9, values=values)).rules]

    assert [[], ["a"], ["a"], ["a", "b"]] == [told(values) for values in (4, 5, 9, 10)]
    (fault,) = load(tmp_path, room=Room(files=9, octets=10**6, rules=9, values=9)).faults
    assert "with its 5 values there are too many" in fault.reason


def test_a_changed_file_makes_another_book(tmp_path: Path) -> None:
    """As long as nothing changes the same book is given; a file that comes, changes or goes makes a new one."""
    path = tmp_path / "rule.yml"
    first = book_of(tmp_path)
    path.write_text(rule_text())
    second = book_of(tmp_path)
    assert second is book_of(tmp_path)
    os.utime(path, ns=(1, 1))
    third = book_of(tmp_path)
    path.unlink()

    assert 3 == len({id(first), id(second), id(third)})
    assert [0, 1, 1, 0] == [len(own(one)) for one in (first, second, third, book_of(tmp_path))]


def test_a_file_that_goes_while_we_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is passed over."""
    (tmp_path / "here.yml").write_text(rule_text())
    monkeypatch.setattr("hemostat.detect.book.rule_files", lambda folder: [folder / "gone.yml", folder / "here.yml"])

    assert ["here.yml"] == [name for name, *_ in mark_of(tmp_path)]


def test_a_single_file_can_be_read(tmp_path: Path) -> None:
    """The rules of one file, beside those that ship."""
    (tmp_path / "rule.yml").write_text(rule_text())

    assert ["rule.yml"] == [one.place for one in own(book_read(tmp_path / "rule.yml")).values()]


def test_a_rule_may_say_its_budget(written: Write) -> None:
    """What it says counts, and what it leaves out is usual for its level."""
    usual = budgets().levels["high"].precision
    one = written(rule=rule_text(ours="  budget: {alarms_a_day: 50}\n")).known[PAGE_READ]

    assert (50, usual) == (one.allowed.alarms_a_day, one.allowed.precision)
