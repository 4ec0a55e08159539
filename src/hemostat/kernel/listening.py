"""The address at which a process of ours listens."""

import socket

from .errors import BadSettings


def require_free(host: str, port: int, *, section: str) -> None:
    """Nobody else listens there. Raises `BadSettings`: the servers would share a port with a second process without a word.

    `section` is where the settings name host and port.
    """
    try:
        [(family, _, _, _, address), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        advice = f"Stop what listens there, or set `host` and `port` under `{section}` in hemostat.toml."
        raise BadSettings(f"Cannot listen on {host}:{port}: {error.strerror}.", advice=advice) from error
