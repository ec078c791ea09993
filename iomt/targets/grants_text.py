"""The grants of a graph as a table for people: who may do what, by which link, at which line."""

from collections.abc import Iterator

from iomt.plan.grants import Connection, Grants, GraphGrants, Reason

_Row = tuple[str, str, str, str]
_PLACES = {"broker": "the broker", "store": "the object store", "hub": "the model hub"}


def grants_text(found: GraphGrants, file: str) -> str:
    """A block for each device; lines of the graph ``file`` stand as ``:LINE``, others with their file."""
    blocks = [(each, [*_rows(each, file)]) for each in found.devices]
    widths = [max((len(row[at]) for _, rows in blocks for row in rows), default=0) for at in range(3)]
    lines = [f"{file}: what is not listed is refused"]
    for device, rows in blocks:
        lines += ["", f"{device.name}  {_place(device.origin, file)}"]
        lines += [_line(row, widths) for row in rows] or ["  nothing"]
    lines += ["", *_others(found)]
    return "".join(f"{line}\n" for line in lines)


def _rows(device: Grants, file: str) -> Iterator[_Row]:
    for verb, subjects in (("publish", device.publish), ("subscribe", device.subscribe)):
        for subject in subjects:
            yield from _with_reasons(verb, subject.subject, subject.reasons, file)
    for objects in device.objects:
        what = f"s3://{objects.bucket}/{objects.prefix}*"
        yield from _with_reasons(" ".join(objects.verbs), what, objects.reasons, file)
    for connection in device.connections:
        if connection.kind in ("broker", "store"):
            yield "connect", _PLACES[connection.kind], "for what stands above", ""
        else:
            yield from _with_reasons(*_end(connection), connection.reasons, file)


def _with_reasons(verb: str, what: str, reasons: tuple[Reason, ...], file: str) -> Iterator[_Row]:
    for reason in reasons:
        yield verb, what, reason.what, _place(reason.origin, file)
        verb = what = ""


def _end(connection: Connection) -> tuple[str, str]:
    if connection.kind == "page":
        return "listen", "people, who open its page"
    return "connect", _PLACES.get(connection.kind, connection.to)


def _others(found: GraphGrants) -> Iterator[str]:
    for party, what in (
        (found.bootstrap, "makes streams, consumers, buckets and accounts before the devices start"),
        (found.observer, "reads how far the durable links are, for the books of `iomt run`"),
    ):
        if party.publish:
            yield f"{party.name}  {what}; hears no media ({len(party.publish)} requests, see --json)"


def _place(origin: str, file: str) -> str:
    return origin.removeprefix(file)


def _line(row: _Row, widths: list[int]) -> str:
    cells = [f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)]
    return "  " + "  ".join([*cells, row[3]]).rstrip()
