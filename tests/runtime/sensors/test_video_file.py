import logging
import time
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from iomt.contract.media import JPEG
from iomt.runtime.device import Capture, PermanentFault
from iomt.runtime.sensors.video_file import VideoFile
from tests.contexts import make_context
from tests.recordings import make_clip, make_sound, packets


def video_file(path: Path, **options: object) -> VideoFile:
    return VideoFile(make_context(path.parent / "state", {"path": str(path), "pace": "fastest", **options}))


def greys(captures: list[Capture]) -> list[float]:
    """The background of each picture: it tells which picture of the clip this is."""
    return [float(simplejpeg.decode_jpeg(each.body)[-4:, :, :].mean()) for each in captures]


def test_every_frame_of_an_h264_clip_is_given_once_and_in_order(tmp_path: Path) -> None:
    captures = list(video_file(make_clip(tmp_path / "clip.mp4", frames=18)).open())
    assert greys(captures) == pytest.approx([20 + 10 * number for number in range(18)], abs=4)
    assert {(each.media_type, each.width, each.height) for each in captures} == {(JPEG, 96, 64)}
    assert [each.captured_ns for each in captures] == sorted(each.captured_ns for each in captures)


def test_jpeg_video_is_passed_through_byte_by_byte(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.avi", codec="mjpeg")
    captures = list(video_file(clip).open())
    assert [each.body for each in captures] == packets(clip)
    assert {(each.width, each.height) for each in captures} == {(96, 64)}


@pytest.mark.parametrize(
    ("name", "codec"), [("odd.mp4", "libx264"), ("odd.avi", "mjpeg"), ("odd.mkv", "ffv1")]
)
def test_odd_sizes_keep_every_pixel(tmp_path: Path, name: str, codec: str) -> None:
    captures = list(video_file(make_clip(tmp_path / name, codec=codec, size=(97, 65), frames=5)).open())
    assert len(captures) == 5
    for each in captures:
        assert simplejpeg.decode_jpeg(each.body).shape == (65, 97, 3)
        assert (each.width, each.height) == (97, 65)


def test_colours_stay_what_they_were(tmp_path: Path) -> None:
    captures = list(video_file(make_clip(tmp_path / "clip.mkv", codec="ffv1", frames=1), quality=95).open())
    picture = simplejpeg.decode_jpeg(captures[0].body)
    assert np.abs(picture[12:20, 4:12].astype(int) - 255).max() <= 4
    assert np.abs(picture[40:60].astype(int) - 20).max() <= 4


def test_a_higher_quality_gives_larger_pictures(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", frames=3)
    sizes = [sum(len(each.body) for each in video_file(clip, quality=q).open()) for q in (20, 60, 95)]
    assert sizes == sorted(set(sizes))


def test_a_phone_s_lying_video_is_turned_upright(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", frames=2)
    data = bytearray(clip.read_bytes())
    # The track's matrix: 40 bytes into its header; here a quarter turn clockwise, as phones write it.
    matrix = data.index(b"tkhd") + 4 + 40
    quarter_turn = (0, 1 << 16, 0, -1 << 16, 0, 0, 64 << 16, 0, 1 << 30)
    data[matrix : matrix + 36] = b"".join(each.to_bytes(4, "big", signed=True) for each in quarter_turn)
    clip.write_bytes(data)
    first = next(video_file(clip).open())
    assert (first.width, first.height) == (64, 96)
    picture = simplejpeg.decode_jpeg(first.body)
    # The white square was at the top left; turned clockwise it is at the top right.
    assert picture[4:12, 44:52].mean() > 240
    assert picture[40:, :].mean() < 40


def test_real_time_takes_as_long_as_the_clip(tmp_path: Path) -> None:
    sensor = video_file(make_clip(tmp_path / "clip.mp4", frames=20, rate=10), pace="real-time")
    assert sensor.live
    begun = time.monotonic()
    captures = list(sensor.open())
    assert time.monotonic() - begun >= 1.8
    assert len(captures) == 20
    times = [each.captured_ns for each in captures]
    assert all(earlier < later for earlier, later in pairwise(times))
    assert abs(times[-1] - time.time_ns()) < 1e9, "capture time is the wall clock when the frame is given"


def test_as_fast_as_possible_is_not_live_and_waits_for_no_clock(tmp_path: Path) -> None:
    sensor = video_file(make_clip(tmp_path / "clip.mp4", frames=20, rate=1))
    assert not sensor.live
    begun = time.monotonic()
    assert len(list(sensor.open())) == 20
    assert time.monotonic() - begun < 10, "the clip's own clock says 19 s"


def test_a_loop_starts_again_after_the_last_frame(tmp_path: Path) -> None:
    sensor = video_file(make_clip(tmp_path / "clip.mp4", frames=4), loop=True)
    assert greys(list(islice(sensor.open(), 10))) == pytest.approx(
        [20, 30, 40, 50, 20, 30, 40, 50, 20, 30], abs=4
    )


def test_a_loop_in_real_time_keeps_the_clip_s_pace_across_its_ends(tmp_path: Path) -> None:
    sensor = video_file(make_clip(tmp_path / "clip.mp4", frames=5, rate=10), loop=True, pace="real-time")
    begun = time.monotonic()
    assert len(list(islice(sensor.open(), 15))) == 15
    assert time.monotonic() - begun >= 1.35  # 14 steps of .1 s, those between two loops too


@pytest.mark.parametrize(
    ("name", "codec"), [("clip.mp4", "libx264"), ("clip.avi", "mjpeg"), ("clip.avi", "mpeg4")]
)
def test_a_cut_off_file_gives_what_can_be_read_and_says_how_much(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, codec: str
) -> None:
    # +faststart puts the index in front, as downloads and cameras do it.
    options = {"movflags": "+faststart"} if name.endswith("mp4") else None
    clip = make_clip(tmp_path / name, codec=codec, frames=40, options=options, grain=9)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 6 // 10])
    with caplog.at_level(logging.INFO, "iomt"):
        captures = list(video_file(clip).open())
    assert 3 < len(captures) < 40
    assert greys(captures)[:3] == pytest.approx([20, 30, 40], abs=4)
    [record] = caplog.records
    assert f"is cut off or damaged: gave {len(captures)} frames" in record.getMessage()


def test_a_cut_off_file_in_a_loop_starts_again(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.avi", codec="mjpeg", frames=20)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    once = len(list(video_file(clip).open()))
    again = list(islice(video_file(clip, loop=True).open(), once + 2))
    assert [each.body for each in again[once:]] == [each.body for each in again[:2]]


@pytest.mark.parametrize(("name", "codec"), [("clip.avi", "mjpeg"), ("clip.mov", "png")])
def test_damage_in_the_middle_is_skipped_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, codec: str
) -> None:
    clip = make_clip(tmp_path / name, codec=codec, frames=20)
    data = clip.read_bytes()
    broken = packets(clip)[10]
    assert data.count(broken) == 1
    clip.write_bytes(data.replace(broken, b"\0" * len(broken)))
    with caplog.at_level(logging.INFO, "iomt"):
        captures = list(video_file(clip).open())
    assert len(captures) == 19
    assert greys(captures)[9:11] == pytest.approx([20 + 90, 20 + 110], abs=4)
    assert "skipped 1 that cannot be decoded" in caplog.text


def test_the_end_of_a_whole_clip_is_told_with_its_frames(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", frames=6)
    with caplog.at_level(logging.INFO, "iomt"):
        list(video_file(clip).open())
    [record] = caplog.records
    assert record.levelname == "INFO"
    assert record.getMessage() == f"{clip} ended after 6 frames"


def test_a_missing_file_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(PermanentFault, match=r"there is no file .*nowhere\.mp4: check the option `path`"):
        next(video_file(tmp_path / "nowhere.mp4").open())


def test_a_folder_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(PermanentFault, match="is no file"):
        next(video_file(tmp_path).open())


def test_a_text_with_the_name_of_a_video_is_told_from_one(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_text("not a film\n" * 100)
    with pytest.raises(PermanentFault, match="is no recording that can be read"):
        next(video_file(tmp_path / "clip.mp4").open())


def test_a_text_is_not_played_as_a_film_of_its_letters(tmp_path: Path) -> None:
    (tmp_path / "clip.txt").write_text("not a film\n" * 100)
    with pytest.raises(PermanentFault, match="is a text"):
        next(video_file(tmp_path / "clip.txt").open())


def test_an_empty_file_is_named_so(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").touch()
    with pytest.raises(PermanentFault, match="is empty"):
        next(video_file(tmp_path / "clip.mp4").open())


def test_a_file_cut_off_before_its_index_cannot_be_read(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4")
    clip.write_bytes(clip.read_bytes()[:600])
    with pytest.raises(PermanentFault, match="cut off before its index"):
        next(video_file(clip).open())


def test_a_video_of_which_nothing_can_be_decoded_does_not_loop_for_ever(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.avi", codec="mjpeg", frames=3)
    data = clip.read_bytes()
    for each in packets(clip):
        data = data.replace(each, b"\0" * len(each))
    clip.write_bytes(data)
    with pytest.raises(PermanentFault, match=r"no picture of .* can be read"):
        next(video_file(clip, loop=True).open())


@pytest.mark.parametrize("name", ["sound.wav", "sound.m4a"])
def test_sound_alone_points_to_the_microphone(tmp_path: Path, name: str) -> None:
    sound = make_sound(tmp_path / name)
    with pytest.raises(PermanentFault, match=r"only sound .*microphone-file"):
        next(video_file(sound).open())
