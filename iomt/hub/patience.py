"""A limit of time for calls that have none."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TooLong(Exception):
    """The call has not come back."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """What the call returns or raises. Raises `TooLong`, and leaves the call to end as it may.

    A thread of its own, since looking up a host's name obeys no limit of time.
    """
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(call())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True, name="hub")
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise TooLong
    return done[0]
