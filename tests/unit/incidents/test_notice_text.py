"""The lines that a person edits and the blocks that are printed are one text; who was told is counted for certain only."""

from hypothesis import given
from hypothesis import strategies as st

from hemostat.incidents.notice_text import blocks_of, keyed, plain_of
from hemostat.law.notices import Block, Section

word = st.text(st.sampled_from("abc é.,:;«»#*-"), min_size=1, max_size=12).map(lambda text: f"w{text.strip()}")
text = st.lists(word, min_size=1, max_size=3).map("\n".join)
block = st.one_of(
    st.builds(Block, kind=st.just("text"), text=text),
    st.builds(Block, kind=st.just("list"), items=st.lists(word, min_size=1, max_size=4)),
    st.builds(Block, kind=st.just("rows"), rows=st.lists(st.tuples(word, word | st.just("")), min_size=1, max_size=4)),
)


@given(st.lists(block, max_size=5))
def test_lines_are_read_back_as_they_were(blocks: list[Block]) -> None:
    """Whoever saves a part without touching it changes nothing."""
    assert blocks == blocks_of(plain_of(blocks))


@given(st.text(max_size=200) | st.text(st.sampled_from("ab|- \n"), max_size=60))
def test_any_lines_make_blocks(lines: str) -> None:
    """Nothing that a person can type is refused, and reading it twice gives the same."""
    once = blocks_of(lines)

    assert once == blocks_of(plain_of(once))


def test_the_line_breaks_of_a_browser_are_those_of_a_text() -> None:
    """Forms send CR LF."""
    assert [Block(kind="text", text="one\ntwo"), Block(kind="list", items=["three"])] == blocks_of(
        "one\r\ntwo\r\n\r\n- three\r\n"
    )


def test_a_heading_that_stands_twice_has_two_keys() -> None:
    """Each part can be edited by itself."""
    sections = [Section(heading=heading, blocks=[]) for heading in ("", "A", "", "A", "A")]

    assert ["", "A", " (2)", "A (2)", "A (3)"] == [key for key, _ in keyed(sections)]
