"""Settings as text for very many devices: those of one form are printed once, and filled in for each."""

import re
from itertools import chain, count
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, NamedTuple

from iomt.contract.indented import indented
from iomt.contract.settings import Input, Output, Settings

_OWN = ("node", "origin", "bucket")
_OWN_OF_OUTPUT = ("subject", "stream")
_OWN_OF_INPUT = ("link", "source", "subject", "stream", "consumer", "url", "queue")
"""Texts that are another in each device; what is in no such list is of its form."""
_HOLE = re.compile(r'"\\u0000(\d+)"')


def _fields(kind: Any, own: tuple[str, ...], besides: tuple[str, ...] = ()) -> tuple[Any, Any]:
    """Getters of a named tuple's own fields, and of those of its form."""
    places = kind._fields.index
    shared = [places(name) for name in kind._fields if name not in own and name not in besides]
    return itemgetter(*map(places, own)), itemgetter(*shared)


_own, _shared = _fields(Settings, _OWN, ("options", "outputs", "inputs"))
_own_of_output, _shared_of_output = _fields(Output, _OWN_OF_OUTPUT)
_own_of_input, _shared_of_input = _fields(Input, _OWN_OF_INPUT)


class _Frame(NamedTuple):
    """The text around what is a device's own; ``order`` gives that as it stands there."""

    pieces: list[str]
    order: Any


class SettingsForms:
    """Prints what `Settings.to_json` does."""

    def __init__(self) -> None:
        self._frames: dict[Any, _Frame] = {}
        self._options: dict[int, tuple[dict[str, Any], str]] = {}

    def text(self, told: Settings) -> str:
        """The settings as JSON."""
        form = (
            _shared(told),
            tuple(map(_shared_of_output, told.outputs)),
            tuple(map(_shared_of_input, told.inputs)),
        )
        frame = self._frames.get(form)
        if frame is None:
            frame = self._frames[form] = _frame(told)
        own = chain(_own(told), *map(_own_of_output, told.outputs), *map(_own_of_input, told.inputs))
        made = frame.pieces.copy()
        made[1::2] = frame.order([*map(encode_basestring, own), self._printed(told.options)])
        return "".join(made)

    def _printed(self, options: dict[str, Any]) -> str:
        """The options. Many devices have the very same, kept here so that their id stays theirs."""
        known = self._options.get(id(options))
        if known is None:
            known = self._options[id(options)] = options, indented(options, "  ")
        return known[1]


def _frame(told: Settings) -> _Frame:
    numbers = count()  # of what is put in, in the order that `text` has it

    def with_holes(value: Any, names: tuple[str, ...]) -> Any:
        return value._replace(**{name: f"\0{next(numbers)}" for name in names})

    holed = with_holes(told, _OWN)
    outputs = tuple([with_holes(each, _OWN_OF_OUTPUT) for each in told.outputs])
    inputs = tuple([with_holes(each, _OWN_OF_INPUT) for each in told.inputs])
    options: Any = f"\0{next(numbers)}"
    text = holed._replace(outputs=outputs, inputs=inputs, options=options).to_json()
    pieces = _HOLE.split(text)
    return _Frame(pieces, itemgetter(*map(int, pieces[1::2])))
