"""What an API server says of one kind of object: all of them, and every change."""

import http.client
import json
import re
import ssl
import sys
import threading
import time
from pathlib import Path

_WATCH_SECONDS = 300


class Server:
    """The API server that `up` started, by the folder it keeps its state in."""

    def __init__(self, folder):
        text = Path(folder, "admin.kubeconfig").read_text()
        self._host, port = re.search(r'server: "https://([^:"]+):(\d+)"', text).groups()
        self._port = int(port)
        self._token = Path(folder, "keys", "admin.token").read_text()
        self._trusted = ssl.create_default_context(cafile=Path(folder, "keys", "ca.crt"))
        # Python 3.13 asks of a CA what `openssl req -x509` does not write.
        self._trusted.verify_flags &= ~ssl.VERIFY_X509_STRICT

    def ask(self, path, method="GET", body=None):
        """The answer, still to be read. Raises OSError for any but a 2xx one."""
        connection = http.client.HTTPSConnection(
            self._host, self._port, context=self._trusted, timeout=_WATCH_SECONDS + 30
        )
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        if answer.status >= 300:
            raise OSError(f"{method} {path}: {answer.status} {answer.read(300)!r}")
        return answer


class Feed(threading.Thread):
    """``items``: the objects of a path by (namespace, name); None until they were listed. ``changed`` is set
    after each change.
    """

    def __init__(self, server, path, changed):
        super().__init__(daemon=True)
        self._server = server
        self._path = path
        self._changed = changed
        self.items = None

    def run(self):
        while True:
            try:
                self._follow()
            except (OSError, ValueError, http.client.HTTPException) as error:
                print(f"{self._path}: {error!r}; again in 1 s", file=sys.stderr, flush=True)
                time.sleep(1)

    def _follow(self):
        whole = json.loads(self._server.ask(self._path).read())
        self._show({_key(each): each for each in whole["items"]})
        begin = whole["metadata"]["resourceVersion"]
        sign = "&" if "?" in self._path else "?"
        query = f"{sign}watch=1&timeoutSeconds={_WATCH_SECONDS}&resourceVersion={begin}"
        for line in iter(self._server.ask(self._path + query).readline, b""):
            event = json.loads(line)
            if event["type"] == "ERROR":  # too old: all of it again
                return
            items = {**self.items, _key(event["object"]): event["object"]}
            if event["type"] == "DELETED":
                del items[_key(event["object"])]
            self._show(items)

    def _show(self, items):
        self.items = items
        self._changed.set()


def _key(item):
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]
