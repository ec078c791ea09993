"""A small Hugging Face hub for tests: serves model folders over the paths that huggingface_hub asks."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REVISIONS = {"main", COMMIT}
TOKEN = "hf_of_a_test"


class Hub(ThreadingHTTPServer):
    """``models`` maps an id to its folder; ``asked`` lists the requests in order.

    Files of the models in ``gated`` are given to nobody without `TOKEN`.
    """

    daemon_threads = True

    def __init__(self, models: dict[str, Path], gated: frozenset[str] = frozenset()) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.models = models
        self.gated = gated
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serve_hub(models: dict[str, Path], gated: frozenset[str] = frozenset()) -> Iterator[Hub]:
    hub = Hub(models, gated)
    thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        self.server.asked.append(f"{self.command} /{path}")
        parts = path.split("/")
        if parts[:2] == ["api", "models"] and len(parts) >= 4:
            self._about("/".join(parts[2:4]), parts[4:])
        elif len(parts) >= 5 and parts[2] == "resolve":
            self._file("/".join(parts[:2]), parts[3], "/".join(parts[4:]))
        else:
            self._refuse("EntryNotFound")

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Tests read `Hub.asked` instead."""

    def _about(self, model: str, rest: list[str]) -> None:
        folder = self.server.models.get(model)
        if folder is None:
            return self._refuse("RepoNotFound")
        if len(rest) > 1 and rest[1] not in REVISIONS:
            return self._refuse("RevisionNotFound")
        files = sorted(path for path in folder.iterdir() if path.is_file())
        document: object = {
            "id": model, "modelId": model, "sha": COMMIT, "private": False, "tags": [], "downloads": 0,
            "likes": 0, "siblings": [{"rfilename": path.name, "size": path.stat().st_size} for path in files],
            "gated": "manual" if model in self.server.gated else False, "cardData": _card(folder),
        }  # fmt: skip
        if rest[:1] == ["tree"]:
            document = [
                {"type": "file", "path": path.name, "size": path.stat().st_size, "oid": "0" * 40}
                for path in files
            ]
        return self._give(json.dumps(document).encode(), {"Content-Type": "application/json"})

    def _file(self, model: str, revision: str, name: str) -> None:
        folder = self.server.models.get(model)
        if folder is None:
            return self._refuse("RepoNotFound")
        if revision not in REVISIONS:
            return self._refuse("RevisionNotFound")
        if not (folder / name).is_file():
            return self._refuse("EntryNotFound")
        if model in self.server.gated and self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self._refuse("GatedRepo", 403)
        body = (folder / name).read_bytes()
        tag = hashlib.sha256(body).hexdigest()
        return self._give(body, {"ETag": f'"{tag}"', "X-Repo-Commit": COMMIT})

    def _give(self, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _refuse(self, code: str, status: int = 404) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _card(folder: Path) -> dict[str, object]:
    """The front matter of a model's README."""
    card = folder / "README.md"
    front = re.match(r"---\n(.*?)\n---", card.read_text("utf-8"), re.DOTALL) if card.is_file() else None
    return yaml.safe_load(front[1]) if front else {}
