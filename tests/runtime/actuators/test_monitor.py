import asyncio
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simplejpeg
import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from iomt.contract.envelope import Envelope
from iomt.contract.media import JPEG
from iomt.contract.results import Box, Item, Result
from iomt.contract.settings import Input
from iomt.runtime.actuators.monitor import Monitor
from iomt.runtime.actuators.monitor.monitor import REPLACED
from iomt.runtime.actuators.monitor.viewer import MOST_UNDRAWN
from iomt.runtime.device import Message, Rejected
from tests.browser import browser

__all__ = ["browser"]

Make = Callable[..., Any]
FRAMES = Input("gate.frames->wall.frames", "frames", "gate", "latest", "nats")
RESULTS = Input("people.results->wall.results", "results", "people", "latest", "nats")
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
WIDTH, HEIGHT = 640, 480
# Wider than the shapes, so that the edges lie on the plain grey.
RED_BOX, BLUE_DISC = Box(85, 105, 275, 315), Box(370, 190, 550, 370)


def jpeg(level: int = 120, noise: bool = False) -> bytes:
    """A grey picture with a red box and a blue disc; with noise it is large."""
    picture = np.full((HEIGHT, WIDTH, 3), level, np.uint8)
    if noise:
        picture[:] = np.random.default_rng(level).integers(0, 256, picture.shape, np.uint8)
    picture[120:300, 100:260] = (220, 30, 30)
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    picture[(rows - 280) ** 2 + (columns - 460) ** 2 <= 80**2] = (30, 30, 220)
    return simplejpeg.encode_jpeg(picture, quality=85)


def envelope(source: str, number: int, media_type: str, captured_ns: int) -> Envelope:
    return Envelope(source, "frames", 1, number, source, number, captured_ns, media_type, WIDTH, HEIGHT)


def frame(source: str, number: int, body: bytes, captured_ns: int | None = None) -> Message:
    captured_ns = time.time_ns() if captured_ns is None else captured_ns
    return Message(envelope(source, number, JPEG, captured_ns), body, FRAMES)


def result(source: str, number: int, *items: Item, node: str = "people", captured_ns: int = 0) -> Message:
    captured_ns = captured_ns or time.time_ns()
    said = Result(node, source, number, captured_ns, "", "m", "", 0.02, WIDTH, HEIGHT, items)
    return Message(envelope(source, number, "application/json", captured_ns), said.to_json(), RESULTS)


class Wall:
    """A monitor behind a real uvicorn, in a loop of its own thread."""

    def __init__(self, monitor: Monitor, port: int = 0) -> None:
        self.monitor = monitor
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        app = Starlette(routes=list(monitor.routes()))
        config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        self.loop.run_until_complete(self.server.serve(sockets=[self.listener]))

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def show(self, *messages: Message) -> None:
        for message in messages:
            self.do(self.monitor.handle(message))

    def close(self) -> None:
        self.do(self.monitor.drain())
        self.server.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive()
        self.listener.close()
        self.loop.close()


@pytest.fixture
def wall(make_context: Make) -> Iterator[Wall]:
    opened = Wall(Monitor(make_context(title="Sorting line")))
    yield opened
    opened.close()


def until(holds: Callable[[], Any], what: str, seconds: float = 15) -> Any:
    limit = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < limit, f"never: {what}"
        time.sleep(0.02)
    return found


PIXEL = """
const canvas = document.querySelector(`canvas[data-source="${arguments[0]}"]`);
if (!canvas) return null;
const x = Math.round(arguments[1] / 640 * canvas.width), y = Math.round(arguments[2] / 480 * canvas.height);
return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data];
"""
GROUND = "return getComputedStyle(document.body).backgroundColor"


def is_near(pixel: list[int] | None, red: int, green: int, blue: int) -> bool:
    return bool(pixel) and all(abs(a - b) < 40 for a, b in zip(pixel or (), (red, green, blue), strict=False))


def is_colourful(pixel: list[int]) -> bool:
    return max(pixel[:3]) - min(pixel[:3]) > 80


def test_both_cameras_are_drawn_with_their_boxes(wall: Wall, browser: Any) -> None:
    browser.get(f"http://127.0.0.1:{wall.port}/")
    grey = {"gate": 100, "lobby": 160}
    pictures = {source: jpeg(level) for source, level in grey.items()}
    boxes = (Item("red box", 0.93, RED_BOX), Item("blue disc", 0.88, BLUE_DISC))

    def pixel(source: str, x: float, y: float) -> Any:
        return browser.execute_script(PIXEL, source, x, y)

    for number in range(1, 25):
        at = time.time_ns()
        for source in grey:
            wall.show(frame(source, number, pictures[source], at))
            wall.show(result(source, number, *boxes, captured_ns=at))
            wall.show(
                result(
                    source, number, Item("conveyor", 0.81), Item("shelf", 0.12), node="scene", captured_ns=at
                )
            )
        wall.show(
            result("microphone", number, Item("beep", 0.97), Item("siren", 0.02), node="ear", captured_ns=at)
        )
        time.sleep(0.04)  # the pace of a camera of 25 frames/s

    for source, level in grey.items():
        until(
            lambda source=source, level=level: is_near(pixel(source, 600, 440), level, level, level),
            "the belt",
        )
        assert is_near(pixel(source, 180, 210), 220, 30, 30)
        assert is_near(pixel(source, 460, 280), 30, 30, 220)
        # The lower edges, where nothing but the box is drawn on the grey picture.
        for x, y in ((200, RED_BOX.ymax), (385, BLUE_DISC.ymax)):
            until(lambda source=source, x=x, y=y: is_colourful(pixel(source, x, y)), f"a box of {source}")
        assert not is_colourful(pixel(source, 320, 440))
        assert is_near(pixel(source, 320, 440), level, level, level)

    def texts(selector: str) -> list[str]:
        return [found.text for found in browser.find_elements("css selector", selector)]

    until(lambda: texts(".found")[:2] == ["1 × blue disc, 1 × red box"] * 2, "what was found, in words")
    SCREENSHOTS.mkdir(exist_ok=True)
    browser.save_screenshot(str(SCREENSHOTS / "monitor.png"))
    assert texts("h2") == ["gate", "lobby", "microphone"]
    assert browser.title == "Sorting line · iomt"
    assert texts("#state") == ["live"]
    assert "frames/s" in texts(".figures")[0]
    assert "beep" in texts(".textual .labels")[0]
    assert texts("article:first-child .labels li")[0].split() == ["conveyor", "81%"]
    label = browser.find_element("css selector", "canvas[data-source=gate]").get_attribute("aria-label")
    assert label == "Camera gate: 1 × blue disc, 1 × red box"

    browser.find_element("css selector", "article:first-child .enlarge").click()
    assert len([tile for tile in browser.find_elements("css selector", ".tile") if tile.is_displayed()]) == 1
    until(lambda: is_near(pixel("gate", 180, 210), 220, 30, 30), "the enlarged picture")
    browser.save_screenshot(str(SCREENSHOTS / "monitor-large.png"))
    browser.find_element("css selector", "article:first-child .enlarge").click()
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True},
    )
    light = browser.execute_script(GROUND)
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    assert browser.execute_script(GROUND) != light
    left = {tile.rect["x"] for tile in browser.find_elements("css selector", ".tile")}
    assert len(left) == 1, "a phone shows one column"
    assert browser.execute_script("return document.documentElement.scrollWidth") == 390
    until(lambda: is_near(pixel("gate", 180, 210), 220, 30, 30), "the picture on a phone")
    browser.save_screenshot(str(SCREENSHOTS / "monitor-phone.png"))
    # "rendering" tells that this test reads pixels back often.
    assert [line for line in browser.get_log("browser") if line["source"] != "rendering"] == []


def test_the_page_connects_again_after_the_monitor_was_away(make_context: Make, browser: Any) -> None:
    first = Wall(Monitor(make_context()))
    browser.get(f"http://127.0.0.1:{first.port}/")

    def state() -> str:
        return str(browser.execute_script("return document.getElementById('state').dataset.state"))

    until(lambda: state() == "live", "connected")
    first.close()
    until(lambda: state() == "lost", "told that the connection is lost")
    second = Wall(Monitor(make_context()), first.port)
    try:
        until(lambda: state() == "live", "connected again")
        second.show(frame("gate", 1, jpeg()))
        until(
            lambda: is_near(browser.execute_script(PIXEL, "gate", 180, 210), 220, 30, 30), "a picture again"
        )
    finally:
        second.close()


async def live(wall: Wall, **options: Any) -> ClientConnection:
    return await connect(f"ws://127.0.0.1:{wall.port}/live", max_queue=None, proxy=None, **options)


def header(packet: bytes) -> dict[str, Any]:
    (length,) = struct.unpack_from(">I", packet)
    found: dict[str, Any] = json.loads(packet[4 : 4 + length])
    assert packet[4 + length :].startswith(b"\xff\xd8")
    return found


def test_a_page_that_opens_gets_what_is_newest(wall: Wall) -> None:
    wall.show(frame("gate", 1, jpeg()), frame("gate", 2, jpeg()), result("gate", 2, Item("person", 0.9)))

    async def read() -> None:
        async with await live(wall) as page:
            hello, said, picture = [await page.recv() for _ in range(3)]
            greeting = json.loads(hello)
            assert abs(greeting.pop("now_ms") - time.time() * 1000) < 5000
            assert greeting == {
                "type": "hello", "graph": "street", "title": "Sorting line", "sources": ["gate"],
            }  # fmt: skip
            assert json.loads(said)["items"] == [{"label": "person", "score": 0.9}]
            assert isinstance(picture, bytes)
            about = header(picture)
            assert about["captured_ns"] > 0
            assert (about["source"], about["frame"], about["width"], about["height"]) == ("gate", 2, 640, 480)

    asyncio.run(read())


def test_a_page_that_never_acknowledges_gets_two_frames_of_each_source_while_another_goes_on(
    wall: Wall,
) -> None:
    picture, count = jpeg(), 40

    async def watch() -> tuple[list[str], list[int]]:
        stalled, lively = await live(wall), await live(wall)
        async with stalled, lively:
            until_open = [await page.recv() for page in (stalled, lively)]
            assert len(until_open) == 2
            seen = []
            for number in range(1, count + 1):
                for source in ("gate", "lobby"):
                    message = frame(source, number, picture)
                    asyncio.run_coroutine_threadsafe(wall.monitor.handle(message), wall.loop).result(5)
                for _ in range(2):
                    about = header(await asyncio.wait_for(lively.recv(decode=False), 5))
                    await lively.send(json.dumps({"type": "drawn", "source": about["source"]}))
                    seen.append(about["frame"])
            # A result comes after everything that was sent before it: then nothing more is under way.
            message = result("gate", 1, Item("last", 1.0))
            asyncio.run_coroutine_threadsafe(wall.monitor.handle(message), wall.loop).result(5)
            sources = []
            while isinstance(packet := await asyncio.wait_for(stalled.recv(), 5), bytes):
                sources.append(header(packet)["source"])
            waiting = sorted(viewer.waiting for viewer in wall.monitor.viewers)
            assert waiting == [0, 2]
            return sources, seen

    sources, seen = asyncio.run(watch())
    assert sorted(sources) == ["gate"] * MOST_UNDRAWN + ["lobby"] * MOST_UNDRAWN
    assert sorted(seen) == sorted([*range(1, count + 1)] * 2)
    assert wall.monitor.context.ledger.get(REPLACED) == 2 * (count - MOST_UNDRAWN - 1)


def test_a_page_that_never_reads_holds_neither_memory_nor_the_cameras(wall: Wall) -> None:
    picture = jpeg(noise=True)
    assert len(picture) > 200_000

    async def watch() -> float:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", wall.port))
        upgrade = (
            "GET /live HTTP/1.1\r\nHost: wall\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        narrow.sendall(upgrade.encode())
        with narrow:
            while not wall.monitor.viewers:
                await asyncio.sleep(0.01)
            started = time.monotonic()
            for number in range(1, 301):
                source = f"camera-{number % 6}"
                said = result(source, number, *[Item(f"thing {index}", 0.5) for index in range(200)])
                for message in (frame(source, number, picture), said):
                    asyncio.run_coroutine_threadsafe(wall.monitor.handle(message), wall.loop).result(5)
            spent = time.monotonic() - started
            (viewer,) = wall.monitor.viewers
            assert viewer.waiting <= 12
            return spent

    assert asyncio.run(watch()) < 5
    assert wall.monitor.context.ledger.get(REPLACED) > 200


def test_what_comes_late_is_not_shown_but_a_clock_set_back_is(wall: Wall) -> None:
    second = 1_000_000_000

    async def read() -> list[int]:
        async with await live(wall) as page:
            await page.recv()
            numbers = []
            for number, at in ((1, 100), (2, 99), (3, 100), (4, 101), (5, 50)):
                message = frame("gate", number, jpeg(), at * second)
                asyncio.run_coroutine_threadsafe(wall.monitor.handle(message), wall.loop).result(5)
                if number not in (2, 3):
                    numbers.append(header(await asyncio.wait_for(page.recv(decode=False), 5))["frame"])
                    await page.send('{"type": "drawn", "source": "gate"}')
            return numbers

    assert asyncio.run(read()) == [1, 4, 5]


def test_a_foreign_page_may_not_watch(wall: Wall) -> None:
    async def open_from(origin: str) -> None:
        async with await live(wall, origin=origin) as page:
            await page.recv()

    asyncio.run(open_from(f"http://127.0.0.1:{wall.port}"))
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        asyncio.run(open_from("http://elsewhere"))


def test_nonsense_from_a_page_ends_its_connection_alone(wall: Wall) -> None:
    async def talk(*messages: str | bytes) -> str | bytes:
        async with await live(wall) as page:
            await page.recv()
            for message in messages:
                await page.send(message)
            return await asyncio.wait_for(page.recv(), 5)

    for nonsense in ("no json", b"\x00"):
        with pytest.raises(ConnectionClosed):
            asyncio.run(talk(nonsense))
    wall.show(frame("gate", 1, jpeg()))
    harmless = ('{"type": "drawn"}', "[1]", '{"type": "drawn", "source": "nobody"}')
    assert asyncio.run(talk(*harmless))


def test_a_frame_that_is_no_jpeg_and_a_result_that_is_none_are_rejected(wall: Wall) -> None:
    with pytest.raises(Rejected, match="no JPEG"):
        wall.show(frame("gate", 1, b"RIFF"))
    with pytest.raises(Rejected, match="not a result"):
        wall.show(Message(envelope("gate", 1, "application/json", 1), b"{}", RESULTS))
