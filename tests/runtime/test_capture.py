"""The loop around a sensor: opened again after a fault, watched, its end and its faults told."""

import asyncio
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from iomt.contract import metrics
from iomt.contract.ledger import Ledger
from iomt.contract.media import JPEG
from iomt.contract.settings import Output
from iomt.runtime.capture import CaptureLoop
from iomt.runtime.device import Capture, Context, PermanentFault, Sensor, SourceFault
from iomt.runtime.output import OutputPort
from tests.contexts import make_context

OUTPUT = Output("frames", JPEG, "")


def item() -> Capture:
    return Capture(b"jpeg", time.time_ns(), JPEG, 4, 3)


def capture(context: Context, sensor: type[Sensor]) -> tuple[CaptureLoop, Ledger]:
    port = OutputPort(OUTPUT, context.settings, None, context.ledger, logging.getLogger("test"))
    return CaptureLoop(sensor(context), port, context), context.ledger


def published(ledger: Ledger) -> int:
    return ledger.get(metrics.key(metrics.PUBLISHED, port="frames"))


def test_a_source_that_ends_ends_the_loop(tmp_path: Path) -> None:
    class Three(Sensor):
        def open(self) -> Iterator[Capture]:
            for _ in range(3):
                yield item()

    loop, ledger = capture(make_context(tmp_path), Three)
    asyncio.run(loop.run())
    assert published(ledger) == 3


def test_a_source_that_goes_away_is_opened_again_and_its_gap_is_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Flaky(Sensor):
        opened = 0

        def open(self) -> Iterator[Capture]:
            self.opened += 1
            yield item()
            if self.opened < 3:
                raise SourceFault("the plug was pulled")

    context = make_context(tmp_path)
    loop, ledger = capture(context, Flaky)
    asyncio.run(loop.run())
    assert published(ledger) == 3
    assert ledger.get(metrics.SOURCE_RECONNECTS) == 2
    assert ledger.get(metrics.SOURCE_GAP) > 0.8e9
    assert "source away: the plug was pulled" in caplog.text
    assert "source back after" in caplog.text
    assert context.state.word == "running"


def test_a_source_that_says_nothing_is_told_as_stalled_until_it_speaks(tmp_path: Path) -> None:
    class Sleepy(Sensor):
        stall_seconds = 0.3
        seen = ""

        def open(self) -> Iterator[Capture]:
            yield item()
            time.sleep(0.8)
            type(self).seen = self.context.state.word
            yield item()

    context = make_context(tmp_path)
    loop, ledger = capture(context, Sleepy)
    asyncio.run(loop.run())
    assert Sleepy.seen == "stalled"
    assert ledger.get(metrics.SOURCE_GAP) > 0.5e9
    assert context.state.ready


def test_a_source_that_can_never_work_is_raised(tmp_path: Path) -> None:
    class Hopeless(Sensor):
        def open(self) -> Iterator[Capture]:
            raise PermanentFault("no such file")

    loop, _ = capture(make_context(tmp_path), Hopeless)
    with pytest.raises(PermanentFault, match="no such file"):
        asyncio.run(loop.run())


def test_a_loop_that_is_stopped_returns_after_the_frame_in_hand(tmp_path: Path) -> None:
    class Endless(Sensor):
        def open(self) -> Iterator[Capture]:
            while True:
                time.sleep(0.01)
                yield item()

    async def scene() -> int:
        loop, ledger = capture(make_context(tmp_path), Endless)
        running = asyncio.create_task(loop.run())
        while published(ledger) < 3:
            await asyncio.sleep(0.01)
        loop.stop()
        await running
        count = published(ledger)
        await asyncio.sleep(0.1)
        assert published(ledger) == count
        return count

    assert asyncio.run(scene()) >= 3
