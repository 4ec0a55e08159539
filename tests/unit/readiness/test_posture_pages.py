"""What a page loads, and how long a link lives: read from bytes that anybody may have made."""

from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.readiness.posture.book import lists
from hemostat.readiness.posture.pages import links_of, lives, trackers_of

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<script async src="https://www.googletagmanager.com/gtag/js?id=1"></script>', ["googletagmanager.com"]),
        ('<img height=1 SRC="//www.facebook.com/tr?id=1&ev=PageView">', ["facebook.com"]),
        ("<iframe src='https://td.doubleclick.net/x'></iframe>", ["doubleclick.net"]),
        ('<link rel="preconnect" href="https://static.hotjar.com">', ["hotjar.com"]),
        ("<script>(function(d){d.src='https://connect.facebook.net/en_US/fbevents.js'})()</script>", ["facebook.net"]),
        ('<script>n="https:\\/\\/bat.bing.com\\/bat.js"</script>', ["bat.bing.com"]),
        ("<noscript><img src='https://px.ads.linkedin.com/collect'></noscript>", ["px.ads.linkedin.com"]),
        ("<a href='https://www.facebook.com/fernhollow'>Follow us</a>", []),
        ("<!-- <img src='https://facebook.com/tr'> --><p>x</p>", []),
        ("<!-- a <b> <img src='https://facebook.com/tr'>", []),
        ("<!-- a <b> --><img src='https://facebook.com/tr'>", ["facebook.com"]),
        ("<img alt='a < b' src='https://facebook.com/tr'>", ["facebook.com"]),
        ("<img data-src='https://facebook.com/tr'>", []),
        ("<img src=https://facebook.com/tr><img src='/own'>", ["facebook.com"]),
        ("<object data='https://snap.licdn.com/x'>", ["snap.licdn.com"]),
        ("<script>if (a < b) { x('//hotjar.com/h.js') }</SCRIPT><p>clarity.ms</p>", ["hotjar.com"]),
        ("<p>We never use facebook.com</p><script>x = 1</script><p>hotjar.com</p>", []),
        ("<script src='/local.js'></script><script src='https://notfacebook.com/x.js'></script>", []),
        ("<script src='https://facebook.com.evil.example/x.js'></script>", []),
        ("<script src='http://[broken/x.js'></script><script src></script>", []),
    ],
)
def test_networks_are_found_where_a_page_loads_them(page: str, found: list[str]) -> None:
    """In what elements load and in the page's own code; not in links that people follow, nor in text."""
    assert found == list(trackers_of(page.encode()))


@pytest.mark.parametrize(
    "unit",
    [
        b"<",
        b"<a ",
        b"<a/",
        b"<!--",
        b"<!",
        b"<?",
        b"<script>",
        b"<script><",
        b"<img src='",
        b'<img src=" ',
        b"<img src='a",
        b"&#",
        b"a.",
    ],
)
def test_the_time_of_a_page_grows_with_its_length(unit: bytes) -> None:
    """No page, unclosed tags and quotation marks among them, takes the square of its length to read."""
    short, long = (least_seconds(b"<img src=https://" + unit * (size // len(unit))) for size in (20_000, 160_000))

    assert long < 40 * max(short, 0.0005)


def least_seconds(page: bytes) -> float:
    """The shortest of some readings of a page."""
    times = []
    for _ in range(3):
        began = perf_counter()
        trackers_of(page)
        times.append(perf_counter() - began)
    return min(times)


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_page(body: bytes) -> None:
    """Nothing that a site answers breaks a look, and what is found is of the list."""
    assert trackers_of(body).keys() <= lists().trackers.keys()


@given(st.sampled_from(sorted(lists().trackers)), st.from_regex(r"([a-z0-9-]{1,10}\.){0,3}", fullmatch=True))
def test_what_is_below_a_network_is_its_own(domain: str, below: str) -> None:
    """However deep; a name that only ends alike is another's."""
    assert lists().network(f"{below}{domain}") in {domain, *(name for name in lists().trackers if domain.endswith(f".{name}"))}
    assert "" == lists().network(f"x{domain.replace('.', '-')}.example")


@pytest.mark.parametrize(
    ("link", "span"),
    [
        ("https://b.s3.example/v.mp4?X-Amz-Expires=604800&X-Amz-Signature=0", timedelta(days=7)),
        ("https://b.s3.example/v.mp4?x-amz-expires=900", timedelta(minutes=15)),
        ("https://storage.example/b/v.mp4?X-Goog-Algorithm=G&X-Goog-Expires=3600", timedelta(hours=1)),
        (f"https://d1.example/v.mp4?Expires={int(NOW.timestamp()) + 60}&Signature=0&Key-Pair-Id=K", timedelta(minutes=1)),
        ("https://a.blob.example/c/v.mp4?st=2026-11-27T11%3A00%3A00Z&se=2026-11-27T14%3A00%3A00Z&sig=0", timedelta(hours=3)),
        ("https://a.blob.example/c/v.mp4?se=2026-11-28&sig=0", timedelta(hours=12)),
        ("https://a.blob.example/c/v.mp4?se=soon&sig=0", None),
        ("https://a.blob.example/c/v.mp4?se=2026-11-28", None),
        ("https://b.s3.example/v.mp4?X-Amz-Expires=a+week", None),
        ("https://b.s3.example/v.mp4?X-Amz-Expires=9999999999", None),
        ("https://site.example/page?expires=1", None),
        ("https://site.example/page?expires=x&signature=0", None),
        ("https://[broken", None),
    ],
)
def test_the_life_of_a_link_is_read_from_its_query(link: str, span: timedelta | None) -> None:
    """Of the four signers that we know; of any other nothing is guessed."""
    assert span == lives(link, NOW)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_a_link(link: str) -> None:
    """Whatever a site calls a link has a span, or none."""
    assert isinstance(lives(link, NOW), timedelta | None)


@pytest.mark.parametrize(
    "told",
    [
        b'{"url":"https:\\/\\/b.example\\/v?X-Amz-Expires=60\\u0026X-Amz-Signature=0"}',
        b'<a href="https://b.example/v?X-Amz-Expires=60&amp;X-Amz-Signature=0">play</a>',
        b"see https://b.example/v?X-Amz-Expires=60&X-Amz-Signature=0 now",
    ],
)
def test_links_are_found_as_answers_hold_them(told: bytes) -> None:
    """In JSON, in HTML and in text."""
    assert [None, timedelta(minutes=1)] == [lives(link, NOW) for link in links_of(told, "")]


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (("customer.care.condition", ""), "condition"),
        (("customer.custom.intakeAnswers", ""), "intake"),
        (("customer.custom.f1", "Type 2 diabetes"), "type 2 diabetes"),
        (("customer.custom.f1", "Reason for visit"), "visit"),
        (("customer.loyalty.tier", "Tier"), ""),
        (("order.gift.wrapping", "Gift wrapping"), ""),
    ],
)
def test_names_that_tell_of_health(names: tuple[str, ...], word: str) -> None:
    """By our own words and by those of the scanner, however they are spelled."""
    assert word == lists().health_word(*names)
