import socket
import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
import simplejpeg

from iomt.runtime.device import SourceFault
from iomt.runtime.sensors.rtsp_camera import RtspCamera, without_credentials
from tests.contexts import make_context
from tests.rtsp_server import HEIGHT, WIDTH, RtspServer, rtsp_server


@pytest.fixture
def server() -> Iterator[RtspServer]:
    with rtsp_server() as camera:
        yield camera


def camera(tmp_path: Path, url: str) -> RtspCamera:
    return RtspCamera(make_context(tmp_path, {"url": url}))


def test_frames_come_stop_with_the_camera_and_come_again_with_it(tmp_path: Path, server: RtspServer) -> None:
    sensor = camera(tmp_path, server.url)
    stream = sensor.open()
    begun = time.time_ns()
    frames = list(islice(stream, 10))
    assert {simplejpeg.decode_jpeg(each.body).shape for each in frames} == {(HEIGHT, WIDTH, 3)}
    assert begun < frames[0].captured_ns <= frames[-1].captured_ns <= time.time_ns()

    server.kill()
    killed = time.monotonic()
    with pytest.raises(SourceFault, match=r"rtsp://127.0.0.1:\d+/cam (closed the stream|was lost)"):
        list(stream)
    assert time.monotonic() - killed < sensor.stall_seconds
    with pytest.raises(SourceFault, match="cannot be opened: Connection refused"):
        next(sensor.open())

    server.start()
    assert len(list(islice(sensor.open(), 5))) == 5


def test_a_camera_that_hangs_is_away_before_the_watchdog_says_so(tmp_path: Path, server: RtspServer) -> None:
    sensor = camera(tmp_path, server.url)
    stream = sensor.open()
    next(stream)
    server.freeze()
    frozen = time.monotonic()
    with pytest.raises(SourceFault, match="sent nothing for 3 s"):
        list(stream)
    assert time.monotonic() - frozen < sensor.stall_seconds
    asked = time.monotonic()
    with pytest.raises(SourceFault, match="no answer within 4 s"):
        next(sensor.open())
    assert time.monotonic() - asked < sensor.stall_seconds


def test_a_wrong_path_is_told(tmp_path: Path, server: RtspServer) -> None:
    with pytest.raises(SourceFault, match="has no such path: check the one in the option `url`"):
        next(camera(tmp_path, server.url + "eleon").open())


def test_a_camera_that_wants_a_password_says_how_to_write_it(tmp_path: Path) -> None:
    says = "wants a user and password: write rtsp://USER:PASSWORD@HOST/PATH"
    answer = b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n"
    with answering(answer) as url, pytest.raises(SourceFault, match=says):
        next(camera(tmp_path, url).open())


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://admin:s3cret@127.0.0.1:1/stream",
        "rtsp://admin:s3cret@127.0.0.1:1/live?user=admin&password=s3cret",
        "rtsp://admin:s3cret@[127.0.0.1:1/stream",
    ],
)
def test_no_fault_shows_a_password(tmp_path: Path, url: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceFault) as fault:
        next(camera(tmp_path, url).open())
    assert "s3cret" not in str(fault.value) + repr(fault.value.__cause__)
    assert fault.value.__suppress_context__, "a printed trace shows what came before as well"
    printed = capfd.readouterr()
    assert "s3cret" not in printed.out + printed.err


def test_credentials_are_masked_and_the_rest_is_kept() -> None:
    assert without_credentials("rtsp://bob:a@b:c@10.0.0.12:554/stream1") == "rtsp://***@10.0.0.12:554/stream1"
    assert without_credentials("rtsp://10.0.0.12/stream1") == "rtsp://10.0.0.12/stream1"


class answering:  # noqa: N801
    """A camera that gives the same answer to every question."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> str:
        threading.Thread(target=self._serve, daemon=True).start()
        return f"rtsp://127.0.0.1:{self._listener.getsockname()[1]}/cam"

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        try:
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    while connection.recv(4096):
                        connection.sendall(self._answer)
        except OSError:
            return  # the listener was closed: the test is over
