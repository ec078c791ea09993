"""A place of a file as the YAML parser gives it."""

from typing import Protocol


class Mark(Protocol):
    """Characters from 0."""

    @property
    def index(self) -> int: ...  # noqa: D102
    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def column(self) -> int: ...  # noqa: D102
