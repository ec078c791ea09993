import asyncio
import dataclasses
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from iomt.runtime.actuators.webhook import Webhook
from iomt.runtime.device import Failed, GaveUp, Message, PermanentFault

Make = Callable[..., Any]


class Siren(ThreadingHTTPServer):
    """A real server: answers ``answers`` in turn, then 200; ``hang`` keeps it silent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = []
        self.location = ""
        self.hang = threading.Event()
        self.hang.set()
        self.calls: list[tuple[str, dict[str, str], Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/on"


class _Handler(BaseHTTPRequestHandler):
    server: Siren

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, dict(self.headers), json.loads(body)))
        self.server.hang.wait(20)
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        if self.server.location:
            self.send_header("Location", self.server.location)
            self.server.location = ""
        self.end_headers()
        self.wfile.write(b"wire cut\n")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def siren(monkeypatch: pytest.MonkeyPatch) -> Iterator[Siren]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Siren()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.hang.set()
    server.shutdown()
    server.server_close()


def call(webhook: Webhook, *messages: Message) -> None:
    async def handle() -> None:
        await webhook.prepare()
        try:
            for message in messages:
                await webhook.handle(message)
        finally:
            await webhook.drain()

    asyncio.run(handle())


def test_the_event_is_posted_as_json_with_an_idempotency_key(
    siren: Siren, make_context: Make, make_message: Make
) -> None:
    call(
        Webhook(make_context(url=siren.url, when="count(person) > 1")), make_message(1, 1), make_message(2, 2)
    )
    ((path, headers, body),) = siren.calls
    assert path == "/on"
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == body["id"] == "people.results.1.2000"
    assert body["source"] == "gate"
    assert body["result"]["items"][0]["label"] == "person"


@pytest.mark.parametrize("status", [500, 503, 408, 429])
def test_an_answer_that_may_pass_is_tried_again_with_the_same_key(
    siren: Siren, make_context: Make, make_message: Make, status: int
) -> None:
    siren.answers = [status]
    webhook = Webhook(make_context(url=siren.url, attempts=2, when="count(person) > 0"))
    message = make_message(1, 1)

    async def twice() -> None:
        await webhook.prepare()
        with pytest.raises(Failed, match=f"answered {status} .*: wire cut"):
            await webhook.handle(message)
        await webhook.handle(dataclasses.replace(message, attempt=2))
        await webhook.drain()

    asyncio.run(twice())
    assert len({headers["Idempotency-Key"] for _, headers, _ in siren.calls}) == 1
    assert len(siren.calls) == 2


def test_the_last_attempt_gives_up(siren: Siren, make_context: Make, make_message: Make) -> None:
    siren.answers = [500]
    with pytest.raises(GaveUp, match="after 3 attempts"):
        call(Webhook(make_context(url=siren.url, attempts=3)), make_message(attempt=3))


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_a_refusal_is_given_up_at_once(
    siren: Siren, make_context: Make, make_message: Make, status: int
) -> None:
    siren.answers = [status]
    with pytest.raises(GaveUp, match=f"answered {status}"):
        call(Webhook(make_context(url=siren.url, attempts=5)), make_message())


def test_a_server_that_hangs_fails_after_the_timeout(
    siren: Siren, make_context: Make, make_message: Make
) -> None:
    siren.hang.clear()
    with pytest.raises(Failed, match=r"did not answer within 0\.2 s"):
        call(Webhook(make_context(url=siren.url, attempts=2, timeout="200ms")), make_message())


def test_a_server_that_is_away_fails(siren: Siren, make_context: Make, make_message: Make) -> None:
    url = siren.url
    siren.shutdown()
    siren.server_close()
    with pytest.raises(Failed, match="cannot be reached"):
        call(Webhook(make_context(url=url, attempts=2)), make_message())


def test_a_redirect_within_the_host_is_followed(siren: Siren, make_context: Make, make_message: Make) -> None:
    siren.answers, siren.location = [307], "/siren"
    call(Webhook(make_context(url=siren.url)), make_message())
    assert [path for path, _, _ in siren.calls] == ["/on", "/siren"]


def test_a_redirect_to_another_host_is_not_followed(
    siren: Siren, make_context: Make, make_message: Make
) -> None:
    siren.answers, siren.location = [307], f"http://localhost:{siren.server_port}/on"
    with pytest.raises(GaveUp, match="not followed"):
        call(Webhook(make_context(url=siren.url, attempts=3)), make_message())
    assert len(siren.calls) == 1


def test_secrets_in_the_url_are_not_told(siren: Siren, make_context: Make, make_message: Make) -> None:
    siren.answers = [404]
    secret = siren.url.replace("//", "//user:hunter2@") + "?token=hunter2"
    with pytest.raises(GaveUp) as caught:
        call(Webhook(make_context(url=secret)), make_message())
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://", "ftp://siren/on", "http://[::1/on"])
def test_a_url_that_cannot_work_is_permanent(make_context: Make, url: str) -> None:
    with pytest.raises(PermanentFault, match="option `url`"):
        asyncio.run(Webhook(make_context(url=url)).prepare())
