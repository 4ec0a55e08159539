"""Addresses of networks in SQL, against the standard library."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.detect.addresses import in_network

_DUCKDB = duckdb.connect()
_NETWORKS = st.one_of(
    st.builds(lambda a, p: ip_network((a, p), strict=False), st.ip_addresses(v=4), st.integers(0, 32)),
    st.builds(lambda a, p: ip_network((a, p), strict=False), st.ip_addresses(v=6), st.integers(0, 128)),
)


@settings(max_examples=40, deadline=None)
@given(
    network=_NETWORKS,
    other=st.one_of(st.ip_addresses(), st.text("0123456789abcdef:./%", max_size=20)),
    inside=st.integers(0, 2**128),
)
def test_agrees_with_the_standard_library(network, other, inside: int) -> None:  # noqa: ANN001  # v4 or v6, or anything
    """An address in a network is found, one outside is not, and what is no address is in no network."""
    member = network[inside % network.num_addresses]
    zone = "%eth0" if network.version == 6 else ""
    texts = [str(other), str(member), member.exploded.upper(), f"{member}{zone}/{network.max_prefixlen}"]

    found = [_DUCKDB.execute(f"SELECT {in_network('v', network)} FROM (SELECT ? AS v)", [text]).fetchone() for text in texts]  # noqa: S608  # the SQL under test

    assert [(_within(texts[0], network),), (True,), (True,), (True,)] == found


def _within(text: str, network) -> bool:  # noqa: ANN001  # v4 or v6
    address, _, _ = text.partition("/")
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    return parsed in network
