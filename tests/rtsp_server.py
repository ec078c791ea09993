"""A real RTSP camera for tests: GStreamer's server with a moving test picture, run as a program.

The bindings live in the system's Python (Debian: gir1.2-gst-rtsp-server-1.0, python3-gi,
gstreamer1.0-plugins-base, -good, -ugly), so the server is this same file started by /usr/bin/python3.
"""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SYSTEM_PYTHON = "/usr/bin/python3"
PATH = "/cam"
WIDTH, HEIGHT, RATE = 320, 240, 25
_NEEDS = """
import gi
gi.require_version("Gst", "1.0"); gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
missing = [name for name in ("videotestsrc", "x264enc", "rtph264pay") if not Gst.ElementFactory.find(name)]
raise SystemExit(f"GStreamer has no {missing}" if missing else 0)
"""
_PICTURE = (
    f"( videotestsrc is-live=true pattern=ball "
    f"! video/x-raw,width={WIDTH},height={HEIGHT},framerate={RATE}/1 "
    f"! x264enc tune=zerolatency speed-preset=ultrafast key-int-max={RATE} ! rtph264pay name=pay0 pt=96 )"
)


class RtspServer:
    """One camera at a port that stays its own: `kill` is pulling the plug, `start` putting it in."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or _free_port()
        self.url = f"rtsp://127.0.0.1:{self.port}{PATH}"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Returns once the camera takes connections."""
        process = subprocess.Popen(
            [SYSTEM_PYTHON, __file__, str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._process = process
        assert process.stdout
        line = process.stdout.readline().strip()
        assert line == "ready", f"the RTSP server said {line!r}"

    def freeze(self) -> None:
        """A camera that hangs: connections stay open, nothing comes."""
        assert self._process
        self._process.send_signal(19)  # SIGSTOP

    def kill(self) -> None:
        """As kill -9; nothing is said to who is watching."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextmanager
def rtsp_server(port: int | None = None) -> Iterator[RtspServer]:
    """A started camera, killed at the end; skips the test where GStreamer's server is not installed."""
    skip_without_gstreamer()
    server = RtspServer(port)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def skip_without_gstreamer() -> None:
    import pytest  # here: the system's Python, which runs this file as a program, has none

    try:
        check = subprocess.run(
            [SYSTEM_PYTHON, "-c", _NEEDS], check=False, capture_output=True, text=True, timeout=60
        )
    except OSError as error:
        pytest.skip(f"no RTSP server: {error}")
    if check.returncode:
        reason = check.stderr.strip().splitlines()[-1:]
        pytest.skip(f"no RTSP server (install gir1.2-gst-rtsp-server-1.0 and gstreamer's plugins): {reason}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _serve(port: str) -> None:
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer

    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_shared(True)
    factory.set_launch(_PICTURE)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory(PATH, factory)
    if not server.attach(None):
        raise SystemExit(f"port {port} is taken")
    # The server ends with the test that started it, however that ends.
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    _serve(sys.argv[1])
