"""What options name outside the graph: hosts of URLs, and devices of the machine."""

import re
from collections.abc import Iterator
from typing import Any

from iomt.language.written import Path

_HOST = r"://(?:[^/?#@\s]{0,1000}@)?(\[[^\]\s]{1,253}\]|[^/?#:\s]{1,253})"
"""Bounded: a text of a megabyte is read once."""
_THIS_MACHINE = ("localhost", "127.", "[::1]", "0.0.0.0")
_NEAR = (".local", ".lan", ".internal", ".home.arpa", ".svc", ".cluster.local")


def hosts(options: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """The host of each URL, in small letters, and where the URL stands."""
    for path, text in texts(options):
        found = re.search(_HOST, text) if "://" in text else None
        if found:
            yield path, found[1].lower()


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in the options, and where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from texts(inner, (*path, number))


def is_this_machine(host: str) -> bool:
    """Where many programs answer, so that two URLs with this host are not one thing."""
    return host.startswith(_THIS_MACHINE)


def is_near(host: str) -> bool:
    """Whether a host is in a network of its own, by its address or its name."""
    if ("." not in host.strip("[]") and ":" not in host) or host.endswith(_NEAR):
        return True
    from ipaddress import ip_address  # few graphs need it

    try:
        return ip_address(host.strip("[]")).is_private
    except ValueError:
        return False
