"""Where a process listens, nobody else does."""

import socket

import pytest

from hemostat.kernel import BadSettings
from hemostat.kernel.listening import require_free


def test_a_free_address_is_free() -> None:
    """Port 0 is one that the system chooses: there is always one."""
    require_free("127.0.0.1", 0, section="console")


def test_an_address_where_somebody_listens_is_refused_with_the_way_out() -> None:
    """The message names the address, the advice the place in the settings."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(BadSettings, match=f"127.0.0.1:{port}") as caught:
            require_free("127.0.0.1", port, section="console")

    assert "`console` in hemostat.toml" in caught.value.advice()
