"""What can be had of a USB camera without one: test machines have no /dev/video*, and the kernel's
virtual camera (v4l2loopback, vivid) needs a module to be loaded. Reading pictures is the same code
as for the other sensors (`sensors/video.py`), MJPEG passed through and raw video encoded.
"""

import sys
from pathlib import Path

import pytest

from iomt.runtime.device import PermanentFault, SourceFault
from iomt.runtime.sensors.usb_camera import Attempt, UsbCamera, attempts, cameras_there
from tests.contexts import make_context


def test_jpeg_made_by_the_camera_is_tried_first_then_what_it_has() -> None:
    options = {"device": "/dev/video2", "size": "1280x720", "rate": 30}
    asked = {"video_size": "1280x720", "framerate": "30"}
    assert attempts(options, "linux") == (
        Attempt("/dev/video2", "v4l2", {"input_format": "mjpeg", **asked}),
        Attempt("/dev/video2", "v4l2", asked),
    )


def test_without_options_the_camera_chooses() -> None:
    assert attempts({}, "linux")[1] == Attempt("/dev/video0", "v4l2", {})


def test_a_mac_counts_its_cameras() -> None:
    assert attempts({}, "darwin") == (Attempt("0", "avfoundation", {"framerate": "30"}),)
    [second] = attempts({"device": "1", "rate": 15}, "darwin")
    assert (second.file, second.options) == ("1", {"framerate": "15"})


def test_another_system_is_told_what_works_there() -> None:
    with pytest.raises(PermanentFault, match="not on win32: use rtsp-camera or video-file"):
        attempts({}, "win32")


@pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux")
def test_a_missing_camera_may_be_plugged_in_later(tmp_path: Path) -> None:
    sensor = UsbCamera(make_context(tmp_path, {"device": str(tmp_path / "video7")}))
    with pytest.raises(SourceFault, match=r"there is no camera .*video7: this machine has"):
        next(sensor.open())


@pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux")
def test_a_file_that_is_no_camera_is_refused_with_what_to_check(tmp_path: Path) -> None:
    (tmp_path / "video7").touch()
    sensor = UsbCamera(make_context(tmp_path, {"device": str(tmp_path / "video7")}))
    with pytest.raises(SourceFault, match=r"camera .*video7 cannot be opened: .*"):
        next(sensor.open())


def test_the_cameras_that_there_are_are_listed(tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    (tmp_path / "video2").touch()
    assert cameras_there(tmp_path) == (
        f"this machine has {tmp_path}/video0, {tmp_path}/video2; write one of them in the option `device`"
    )


def test_no_camera_at_all_says_what_a_container_needs(tmp_path: Path) -> None:
    assert "pass its device through" in cameras_there(tmp_path)
