import asyncio
import logging

import httpx
import pytest
from starlette.applications import Starlette

from iomt.contract import metrics
from iomt.contract.media import DETECTIONS, JPEG
from iomt.contract.results import Result
from iomt.runtime.analyzers.huggingface import HuggingFaceAnalyzer
from tests.asking import ask
from tests.contexts import make_context
from tests.runtime.analyzers.conftest import Prepare
from tests.specimens import SHAPES, SOUNDS, draw_shapes, jpeg, pcm, sound


def post(analyzer: HuggingFaceAnalyzer, *bodies: bytes, **headers: str) -> list[httpx.Response]:
    """All at once."""

    async def send() -> list[httpx.Response]:
        transport = httpx.ASGITransport(Starlette(routes=list(analyzer.routes())))
        async with httpx.AsyncClient(transport=transport, base_url="http://people") as client:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            return await asyncio.gather(
                *(client.post("/analyze", content=body, headers=sent) for body in bodies)
            )

    return asyncio.run(send())


def test_a_posted_picture_gets_the_same_answer_as_one_that_came_over_a_link(prepare: Prepare) -> None:
    analyzer = prepare(SHAPES)
    body = jpeg(draw_shapes(3)[0])
    [answer] = post(analyzer, body, Content_Type=JPEG)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == DETECTIONS
    result = Result.from_json(answer.content)
    assert result.items == ask(analyzer, body).items
    assert (result.source, result.frame) == ("http", 0)
    assert analyzer.context.ledger.get(metrics.MODEL_RUNS) == 2


def test_the_frame_s_own_names_are_kept(prepare: Prepare) -> None:
    headers = {"Iomt-Source": "gate", "Iomt-Frame": "12", "Iomt-Captured": "345"}
    [answer] = post(prepare(SHAPES), jpeg(draw_shapes(3)[0]), Content_Type=JPEG, **headers)
    result = Result.from_json(answer.content)
    assert (result.source, result.frame, result.captured_ns) == ("gate", 12, 345)


def test_a_sound_can_be_posted(prepare: Prepare) -> None:
    [answer] = post(prepare(SOUNDS), pcm(sound("siren", 1)), Content_Type="audio/pcm;rate=16000;channels=1")
    assert Result.from_json(answer.content).items[0].label == "siren"


@pytest.mark.parametrize("media_type", ["text/plain", "audio/pcm;rate=16000", ""])
def test_a_type_that_the_model_does_not_read_is_415(prepare: Prepare, media_type: str) -> None:
    [answer] = post(prepare(SHAPES), b"hello", Content_Type=media_type)
    assert answer.status_code == 415
    assert repr(media_type) in answer.json()["error"]


def test_a_body_that_is_no_image_is_400(prepare: Prepare) -> None:
    [answer] = post(prepare(SHAPES), b"hello", Content_Type=JPEG)
    assert answer.status_code == 400
    assert "no image" in answer.json()["error"]


def test_a_body_that_is_too_large_is_413(prepare: Prepare) -> None:
    [answer] = post(prepare(SHAPES), b"\0" * (65 << 20), Content_Type=JPEG)
    assert answer.status_code == 413


def test_a_crowd_is_told_to_come_again(prepare: Prepare) -> None:
    body = jpeg(draw_shapes(3, size=(1920, 1080))[0])
    codes = [answer.status_code for answer in post(prepare(SHAPES), *[body] * 20, Content_Type=JPEG)]
    assert set(codes) == {200, 429}
    assert codes.count(200) >= 8
    assert [answer.status_code for answer in post(prepare(SHAPES), body, Content_Type=JPEG)] == [200]


def test_a_model_that_is_still_loading_is_503(tmp_path) -> None:
    analyzer = HuggingFaceAnalyzer(make_context(tmp_path, model=str(SHAPES)))
    [answer] = post(analyzer, b"", Content_Type=JPEG)
    assert answer.status_code == 503


def test_a_model_that_fails_is_500_and_the_next_request_is_answered(
    prepare: Prepare, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    analyzer = prepare(SHAPES)
    body = jpeg(draw_shapes(3)[0])
    with monkeypatch.context() as broken, caplog.at_level(logging.CRITICAL):
        broken.setattr(type(analyzer._task), "analyze", lambda *_: 1 / 0)
        [answer] = post(analyzer, body, Content_Type=JPEG)
    assert answer.status_code == 500
    assert answer.json() == {"error": "the model failed on this: ZeroDivisionError"}
    assert post(analyzer, body, Content_Type=JPEG)[0].status_code == 200
