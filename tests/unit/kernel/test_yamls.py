"""YAML that people write is loaded within bounds, and each fault has its line."""

from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from hemostat.kernel.yamls import DEEPEST, MOST, yaml_document, yaml_documents, yaml_fault

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def layers(count: int, each: int) -> str:
    """A text in which each of the layers names the one before it several times."""
    first = "a0: &a0 [x]\n"
    return first + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * each)}]\n" for n in range(1, count))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [", "line 2: did not find expected node content"),
        ("a: 1\nb: 2026-13-45\n", "line 2: timestamp: month must be in 1..12"),
        ("a: !!int many\n", "line 1: int: invalid literal for int() with base 10: 'many'"),
        ("a: !!bool maybe\n", "line 1: bool: 'maybe'"),
        ("a: !!timestamp never\n", "line 1: timestamp: "),
        ("a: !!python/object:os.system x\n", "line 1: could not determine a constructor for the tag"),
        ("a: 0001-01-01T00:00:00+25:00\n", "line 1: timestamp: "),
        ("? [x]\n: 1\n", "line 1: found unhashable key"),
        ("a: &a [*a]\n", "line 1: it holds itself"),
        ("a: &a {b: [c, *a]}\n", "line 1: it holds itself"),
        ("a: *b\n", "found undefined alias"),
        ("[" * (DEEPEST + 1), f"line 1: it is nested more than {DEEPEST} levels deep"),
        ("[" * 100_000, f"line 1: it is nested more than {DEEPEST} levels deep"),
        (f"a: &a {'[' * 60}{']' * 60}\nb: {'[' * 60}*a{']' * 60}\n", f"line 2: it is nested more than {DEEPEST} levels deep"),
        (layers(30, 9), f"it holds more than {MOST:,} things"),
        ("\0", "control characters are not allowed"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, told: str) -> None:
    """Whatever is wrong is one kind of error, whose words are one line."""
    with pytest.raises(yaml.YAMLError) as caught:
        yaml_document(text)

    assert told in yaml_fault(caught.value)
    assert "\n" not in yaml_fault(caught.value)


def test_aliases_count_as_what_they_stand_for() -> None:
    """A text of a few lines cannot grow to a billion things, and one that stays small may use aliases as it likes."""
    assert 5**5 == str(yaml_document(layers(6, 5))["a5"]).count("x")
    merged = "a: &a {x: 1}\n" + "".join(f"b{n}: &b{n} {{<<: [*{'a' if n == 0 else f'b{n - 1}'}, *a]}}\n" for n in range(20))
    assert {"x": 1} == yaml_document(merged)["b19"]
    doubled = "b: &b0 {x: 1}\n" + "".join(f"b{n}: &b{n} {{<<: [*b{n - 1}, *b{n - 1}]}}\n" for n in range(1, 40))
    with pytest.raises(yaml.YAMLError, match="things"):
        yaml_document(doubled)


def test_the_deepest_that_may_be_is_read() -> None:
    """The bound itself is allowed, by brackets and by what an alias stands for."""
    inner: Any = yaml_document("[" * DEEPEST + "]" * DEEPEST)
    for _ in range(DEEPEST - 1):
        (inner,) = inner
    assert inner == []
    assert yaml_document(f"- &a {'[' * 50}{']' * 50}\n- {'[' * 49}*a{']' * 49}\n")


def test_documents_stand_apart() -> None:
    """Several documents of one text come one after the other; an empty one is nothing."""
    assert [{"a": 1}, None, [2]] == list(yaml_documents("a: 1\n---\n---\n- 2\n"))
    assert yaml_document("") is None
    with pytest.raises(yaml.YAMLError, match="levels"):
        list(yaml_documents("a: 1\n---\n" + "[" * 200))


@given(PLAIN)
def test_what_is_plain_is_read_as_it_was_written(value: Any) -> None:
    """Bounds change nothing about what is within them."""
    assert value == yaml_document(yaml.safe_dump(value))


@given(
    st.lists(st.sampled_from([*"[]{},:-&*!?|>'\"#% \n\tab01", "&a ", "*a ", "<<: ", "---\n", "!!int ", "\ud800", "é"])).map(
        "".join
    )
)
@example("a: '\ud800'")
def test_nothing_but_its_own_error_comes_out(text: str) -> None:
    """Any text is read, or is a `YAMLError`."""
    with suppress(yaml.YAMLError):
        list(yaml_documents(text.encode(errors="surrogatepass")))
