"""Addresses: where our processes listen, and which of them lead no further than this machine."""

import ipaddress
import socket
from urllib.parse import urlsplit

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


def is_loopback(url: str) -> bool:
    """Does the address name this machine by number or as `localhost`? Other names could resolve to anywhere."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
