"""The alarm that posts the event to a URL."""

import asyncio

import httpx

from iomt import __version__
from iomt.contract.quantity import seconds
from iomt.runtime.actuators.alarm import Alarm
from iomt.runtime.actuators.event import Event
from iomt.runtime.device import Context, Failed, GaveUp, PermanentFault

_REDIRECTS = 3
_TRY_AGAIN = (408, 429)
_SHOWN_BYTES = 200


class Webhook(Alarm):
    """Options ``url`` and ``timeout``.

    ``Idempotency-Key`` is the same for every attempt of one event. 2xx is done; 5xx, 408, 429, no
    answer in time and no connection are tried again; any other answer is given up at once, since
    the same request gets the same answer. A redirect is followed within its host alone: an event
    goes to nobody that the graph does not name.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._client = httpx.AsyncClient(
            timeout=None, follow_redirects=False, headers={"User-Agent": f"iomt/{__version__}"}
        )

    async def prepare(self) -> None:
        """Read the URL."""
        try:
            self._url = httpx.URL(self.context.options["url"])
        except httpx.InvalidURL as error:
            raise PermanentFault(f"option `url` cannot be read: {error}") from error
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise PermanentFault("option `url` must be http://HOST/... or https://HOST/...")
        self._timeout = seconds(self.context.options.get("timeout", "5s"))
        await super().prepare()

    async def drain(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def act(self, event: Event) -> None:
        """Post the event."""
        # The option bounds the whole call; httpx would count its time anew for every read.
        try:
            async with asyncio.timeout(self._timeout):
                await self._post(event)
        except TimeoutError as error:
            raise Failed(f"{_shown(self._url)} did not answer within {self._timeout:g} s") from error
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise Failed(f"{_shown(self._url)} cannot be reached: {reason}") from error

    async def _post(self, event: Event) -> None:
        url, body = self._url, event.to_json()
        headers = {"Content-Type": "application/json", "Idempotency-Key": event.id}
        for _ in range(_REDIRECTS + 1):
            # Streamed, so that an endless answer costs nothing: only the status counts.
            async with self._client.stream("POST", url, content=body, headers=headers) as response:
                if response.is_success:
                    return
                if not response.has_redirect_location:
                    await _refuse(response)
                url = self._redirected(url, response)
        raise GaveUp(f"{_shown(self._url)} redirects more than {_REDIRECTS} times")

    def _redirected(self, url: httpx.URL, response: httpx.Response) -> httpx.URL:
        try:
            target = url.join(response.headers["location"])
        except httpx.InvalidURL as error:
            raise GaveUp(f"{_shown(url)} redirects to an address that cannot be read") from error
        downgraded = url.scheme == "https" and target.scheme != "https"
        if target.host != url.host or downgraded:
            raise GaveUp(
                f"{_shown(url)} redirects to {_shown(target)}, which is not followed: "
                "write that address into the graph if it is meant"
            )
        return target


async def _refuse(response: httpx.Response) -> None:
    status = response.status_code
    text = b""
    async for chunk in response.aiter_bytes(_SHOWN_BYTES):
        text = chunk[:_SHOWN_BYTES]
        break
    said = f"{_shown(response.url)} answered {status} {response.reason_phrase}"
    if text.strip():
        said += f": {' '.join(text.decode(errors='replace').split())}"
    if status >= 500 or status in _TRY_AGAIN:
        raise Failed(said)
    raise GaveUp(said)


def _shown(url: httpx.URL) -> str:
    """Without user, password and query, which may hold secrets."""
    return str(url.copy_with(username=None, password=None, query=None, fragment=None))
