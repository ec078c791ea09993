"""The API server: one request at a time, its refusals as they are told there.

Only the connection is the package `kubernetes`': it knows kubeconfigs, contexts and every way to log in.
Its models are left aside, objects are plain data here as in the manifests.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import kubernetes
import urllib3
import yaml

Body = dict[str, Any]
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
MANAGER = "iomt"
PARALLEL = 8
"""Requests at a time: what an API server takes from one user without a thought."""
_SECONDS = 30.0
_CHUNK_BYTES = 1 << 16


class NoCluster(Exception):
    """There is no API server to talk to, or it does not let us in; the text says what to do."""


@dataclass(eq=False)
class Refused(Exception):
    """The API server's no. ``status`` is the HTTP code; ``causes`` what it objects to, one by one."""

    status: int
    reason: str
    message: str
    causes: list[Body] = field(default_factory=list)

    def __str__(self) -> str:
        return self.message


class Api:
    """A connection to one cluster."""

    def __init__(self, client: Any, context: str) -> None:
        self._client = client
        self.context = context
        self.address: str = client.configuration.host

    def get(self, path: str, **query: str) -> Body:
        """Read an object or a list. Raises `Refused` and `NoCluster`, as all of these."""
        return self._json("GET", path, query)

    def find(self, path: str) -> Body | None:
        """An object, or None where there is none."""
        try:
            return self.get(path)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def text(self, path: str, **query: str) -> str:
        """What is no JSON: logs."""
        return self._bytes("GET", path, query).decode(errors="replace")

    def message(self, path: str) -> tuple[dict[str, str], bytes]:
        """Headers and body of what is no JSON: media that a device serves."""
        answer = self._answer("GET", path, {})
        return dict(answer.headers), answer.data

    def lines(self, path: str, **query: str) -> Iterator[str]:
        """What goes on for as long as it likes, line by line: logs that are followed."""
        rest = b""
        for chunk in self.chunks(path, None, **query):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (each.decode(errors="replace") for each in lines)
        if rest:
            yield rest.decode(errors="replace")

    def chunks(self, path: str, seconds: float | None = None, **query: str) -> Iterator[bytes]:
        """The same as it comes. ``seconds``: for how long nothing may come."""
        answer = self._answer("GET", path, query, seconds=seconds, whole=False)
        try:
            yield from answer.stream(_CHUNK_BYTES)
        except urllib3.exceptions.HTTPError as error:
            raise NoCluster(f"no answer from {self.address}: {_plain(error)}") from error
        finally:
            answer.close()

    def create(self, path: str, body: Body) -> Body:
        """Make an object that is not there yet."""
        return self._json("POST", path, {}, body)

    def patch(self, path: str, body: Body, kind: str, **query: str) -> Body:
        """Change an object; ``kind`` is `APPLY` or `MERGE`."""
        return self._json("PATCH", path, query, body, kind)

    def delete(self, path: str, body: Body | None = None) -> None:
        """Delete an object; one that is gone already is fine."""
        try:
            self._bytes("DELETE", path, {}, body)
        except Refused as refused:
            if refused.status != 404:
                raise

    def _json(
        self, method: str, path: str, query: dict[str, str], body: Body | None = None, kind: str = ""
    ) -> Body:
        answer: Body = json.loads(self._bytes(method, path, query, body, kind))
        return answer

    def _bytes(
        self, method: str, path: str, query: dict[str, str], body: Body | None = None, kind: str = ""
    ) -> bytes:
        data: bytes = self._answer(method, path, query, body, kind).data
        return data

    def _answer(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        body: Body | None = None,
        kind: str = "",
        *,
        seconds: float | None = _SECONDS,
        whole: bool = True,
    ) -> Any:
        """``whole``: read to its end here."""
        where = f"{path}?{urlencode(query)}" if query else path
        text = None if body is None else json.dumps(body).encode()
        given = {"Accept": "application/json", "User-Agent": MANAGER}
        if text is not None:
            given["Content-Type"] = kind or "application/json"
        # The package adds host and login; the body goes past it, which would walk through every object.
        method, url, headers, *_ = self._client.param_serialize(
            method, where, header_params=given, auth_settings=["BearerToken"]
        )
        try:
            answer = self._client.rest_client.pool_manager.request(
                method,
                url,
                body=text,
                headers=headers,
                timeout=urllib3.Timeout(connect=_SECONDS, read=seconds),
                retries=False,
                preload_content=whole,
            )
        except urllib3.exceptions.HTTPError as error:
            raise NoCluster(f"no answer from {self.address}: {_plain(error)}") from error
        if answer.status >= 400:
            raise _refused(answer.status, answer.data, self)
        return answer


def connect(context: str | None) -> Api:
    """Connect as kubectl would: KUBECONFIG or ~/.kube/config, or the account of the pod we run in.

    Raises `NoCluster`.
    """
    configuration = kubernetes.client.Configuration()
    configuration.connection_pool_maxsize = PARALLEL
    # Named here, because the package looks at its environment only once, when it is imported.
    file = os.environ.get("KUBECONFIG") or "~/.kube/config"
    try:
        kubernetes.config.load_kube_config(file, context=context, client_configuration=configuration)
        _, current = kubernetes.config.list_kube_config_contexts(file)
        name = context or current["name"]
    except (kubernetes.config.ConfigException, OSError, yaml.YAMLError) as error:
        if context is None:
            try:
                kubernetes.config.load_incluster_config(client_configuration=configuration)
                return Api(kubernetes.client.ApiClient(configuration), "in cluster")
            except kubernetes.config.ConfigException:
                pass
        raise NoCluster(_no_configuration(file, context, error)) from error
    return Api(kubernetes.client.ApiClient(configuration), name)


def _no_configuration(file: str, context: str | None, error: Exception) -> str:
    try:
        contexts, _ = kubernetes.config.list_kube_config_contexts(file)
    except (kubernetes.config.ConfigException, OSError, yaml.YAMLError):
        contexts = []
    if context and contexts:
        names = ", ".join(sorted(each["name"] for each in contexts))
        return f"there is no context {context}; there are {names}"
    return f"no cluster: {error}; set KUBECONFIG, or name a context with --context"


def _refused(status: int, data: bytes, api: Api) -> Exception:
    try:
        told = json.loads(data)
    except ValueError:
        told = {}
    message = told.get("message") or data.decode(errors="replace").strip() or f"HTTP {status}"
    if status == 401:
        return NoCluster(f"{api.address} does not know this user (context {api.context}): log in again")
    return Refused(status, told.get("reason", ""), message, told.get("details", {}).get("causes", []))


def _plain(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    text = str(reason)
    return text.rpartition(">: ")[2] or text
