"""The connection to the broker: waits for it at the start, comes back by itself afterwards."""

import logging
from collections.abc import Callable
from typing import Any

import nats
from nats.aio.client import Client

from iomt.contract import metrics, names
from iomt.contract.ledger import Ledger
from iomt.contract.settings import BROKER_PASSWORD, BROKER_USER, Settings
from iomt.runtime.credentials import secret

_RETRY_SECONDS: Any = 0.5  # typed as int by nats-py, used as seconds by it

_VIOLATION = "permissions violation"
_CURE = "`iomt grants` shows what this node may do, and only a link of the graph gives more"


class NotAllowed(Exception):
    """The broker refuses what the node's own links need; the text is the broker's."""


class Broker:
    """A NATS connection that tells when it comes and goes."""

    def __init__(self, settings: Settings, ledger: Ledger, log: logging.Logger) -> None:
        self._settings = settings
        self._ledger = ledger
        self._log = log
        self._last_error = ""
        self.refusal = ""
        """What the broker did not allow, in its own words; empty as long as it allowed everything."""
        self._on_return: list[Callable[[], None]] = []
        self.client = Client()

    @property
    def connected(self) -> bool:
        """Whether messages go out now."""
        return self.client.is_connected

    def on_return(self, call: Callable[[], None]) -> None:
        """Have ``call`` called after each reconnection."""
        self._on_return.append(call)

    async def connect(self) -> None:
        """Wait until the broker is there. Never gives up: a broker may start after its devices."""
        settings = self._settings
        await self.client.connect(
            servers=[settings.broker],
            user=secret(settings, BROKER_USER) or None,
            password=secret(settings, BROKER_PASSWORD) or None,
            name=f"{settings.graph}/{settings.node}",
            inbox_prefix=names.inbox(settings.graph, settings.node).encode(),
            max_reconnect_attempts=-1,
            reconnect_time_wait=_RETRY_SECONDS,
            ping_interval=5,
            max_outstanding_pings=2,
            error_cb=self._error,
            disconnected_cb=self._left,
            reconnected_cb=self._returned,
        )

    async def close(self) -> None:
        """Flush what was published and leave."""
        if self.client.is_closed:
            return
        if self.client.is_connected and not await self.flush():
            self._log.warning("the last messages may not have reached the broker")
        await self.client.close()

    async def flush(self, seconds: int = 2) -> bool:
        """Wait until the broker has everything said so far; whether it has.

        Twice: nats-py writes a ping past what its own flusher still holds, so that the first
        answer may come before the broker has read a subscription. The second cannot.
        """
        try:
            await self.client.flush(seconds)
            await self.client.flush(seconds)
        except (nats.errors.Error, TimeoutError):
            return False
        return True

    async def _error(self, error: Exception) -> None:
        text = f"{type(error).__name__}: {error}".rstrip(": ")
        if _VIOLATION in text and text != self._last_error:
            self._last_error = self.refusal = text
            self._log.error("the broker does not allow it: %s; %s", error, _CURE)
            return
        if text != self._last_error:  # an absent broker repeats itself twice a second
            self._last_error = text
            self._log.warning("broker: %s", text)

    async def _left(self) -> None:
        if not self.client.is_closed:
            self._log.warning("broker is away; connecting again every %s s", _RETRY_SECONDS)

    async def _returned(self) -> None:
        self._last_error = ""
        self._ledger.add(metrics.RECONNECTS)
        self._log.info("broker is back")
        for call in self._on_return:
            call()
