"""Several messages made of one: each is counted, told apart, and made again it is the same."""

import asyncio
import logging
from pathlib import Path

from iomt.contract import metrics, names
from iomt.contract.condition import parse
from iomt.contract.envelope import PART, Envelope
from iomt.contract.ledger import Ledger
from iomt.contract.media import JPEG
from iomt.contract.results import Item, Result
from iomt.contract.watch import Watch
from iomt.runtime.device import Capture, Message
from iomt.runtime.inputs.account import LatestAccount
from iomt.runtime.inputs.newest import Newest
from iomt.runtime.output import OutputPort
from tests.contexts import make_context
from tests.runtime.test_delivery import fetch, open_port, open_reader
from tests.services import LATEST, OUTPUT, broker, make_stream, until

_FOUND = Envelope(
    "shapes", "results", 9, 4, "gate", 4, 4000, JPEG, message_id="shapes.results<gate.frames.7.4"
)


def _crop(number):
    return Capture(bytes([number]) * 10, 4000, JPEG, 1, 1)


def test_parts_that_are_made_again_reach_a_durable_reader_once_and_the_books_hold(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker(tmp_path) as (service, folder):
            await make_stream(service, folder)
            seen: list[Envelope] = []

            async def handle(message: Message) -> None:
                seen.append(message.envelope)

            port, sender, sent = await open_port(service, folder)
            reader, receiver, received = await open_reader(service, folder, handle)
            for _ in range(2):
                for number in (1, 2, 3):
                    await port.offer(_crop(number), _FOUND, part=number)
            await until(lambda: len(seen) == 3)
            await port.drain(10)
            await reader.stop(5)
            assert sorted(each.part for each in seen) == [1, 2, 3]
            assert {(each.source, each.frame, each.captured_ns) for each in seen} == {("gate", 4, 4000)}
            published = sent.get(metrics.key(metrics.PUBLISHED, port="frames"))
            again = sent.get(metrics.key(metrics.DEDUPLICATED, port="frames"))
            delivered = received.get(metrics.key(metrics.DELIVERED, link="gate.frames->lake.media"))
            assert (published, again, delivered) == (6, 3, 3)
            await sender.close()
            await receiver.close()

    asyncio.run(scene())


def _envelope_of(folder: Path, origin: Envelope, part: int) -> Envelope:
    async def scene() -> Envelope:
        folder.mkdir(parents=True)
        context = make_context(folder)
        port = OutputPort(OUTPUT, context.settings, None, context.ledger, context.log)
        await port.offer(_crop(1), origin, part=part)
        assert port.newest
        return port.newest[0]

    return asyncio.run(scene())


def test_what_is_made_of_a_part_is_of_that_part_and_a_part_of_a_part_is_one_of_its_own(tmp_path) -> None:
    crop = _envelope_of(tmp_path / "a", _FOUND, 3)
    assert crop.part == 3
    assert crop.headers()[PART] == "3"
    assert Envelope.from_headers(crop.headers()) == crop
    label = _envelope_of(tmp_path / "b", crop, 0)
    assert label.part == 3
    assert _envelope_of(tmp_path / "c", crop, 2).part == 3002
    assert PART not in _envelope_of(tmp_path / "d", _FOUND, 0).headers()


def test_crops_of_one_frame_do_not_replace_each_other_but_newer_ones_do(tmp_path: Path) -> None:
    async def scene() -> None:
        handled: list[tuple[int, int]] = []

        async def handle(message: Message) -> None:
            handled.append((message.envelope.frame, message.envelope.part))

        ledger = Ledger(tmp_path / "ledger")
        newest = Newest(handle, fetch, 1, logging.getLogger("test"))
        newest.open(LATEST, LatestAccount(ledger, LATEST.link))
        sequence = 0
        for frame, parts in ((1, 3), (2, 2)):
            for part in range(1, parts + 1):
                sequence += 1
                about = Envelope("cut", "crops", 7, sequence, "gate", frame, frame, JPEG, part=part)
                newest.take(LATEST, about, b"")
        newest.start()
        await newest.stop(5)
        assert sorted(handled) == [(1, 3), (2, 1), (2, 2)]
        dropped = ledger.get(metrics.key(metrics.DROPPED, link=LATEST.link, reason=metrics.REPLACED))
        seen = ledger.get(metrics.key(metrics.SEEN, link=LATEST.link))
        delivered = ledger.get(metrics.key(metrics.DELIVERED, link=LATEST.link))
        assert (seen, delivered, dropped) == (5, 3, 2)

    asyncio.run(scene())


def test_objects_of_one_frame_have_keys_of_their_own() -> None:
    whole = names.object_key("gate", 5, 1, "jpg")
    keys = {
        whole,
        names.object_key("gate", 5, 1, "jpg", 1, "cut"),
        names.object_key("gate", 5, 1, "jpg", 2, "cut"),
        names.object_key("gate", 5, 1, "jpg", 0, "small"),
    }
    assert len(keys) == 4
    assert whole == "gate/1970/01/01/00/0000000000000000005-000000001.jpg"
    assert all(key.startswith("gate/") for key in keys)


def test_an_alarm_looks_at_every_part_of_a_frame() -> None:
    watch = Watch(parse("count(seven) >= 1"))

    def said(part: int, label: str) -> Result:
        return Result("digits", "gate", 1, 1000, "", "m", "", 0.1, 8, 8, (Item(label, 0.9),), part)

    assert watch.update(said(1, "one")) is None
    assert watch.update(said(2, "seven")) is not None
    assert watch.update(said(2, "seven")) is None


def test_a_result_tells_its_part_only_where_it_has_one() -> None:
    whole = Result("digits", "gate", 1, 1000, "", "m", "", 0.1, 8, 8, ())
    assert b"part" not in whole.to_json()
    part = Result("digits", "gate", 1, 1000, "", "m", "", 0.1, 8, 8, (), 2)
    assert Result.from_json(part.to_json()) == part
    assert Result.from_json(whole.to_json()) == whole
