"""How far durable links are, asked of the broker itself."""

from collections.abc import Callable

import nats
from nats.aio.client import Client
from nats.js.errors import Error as JetStreamError

from iomt.contract import names
from iomt.local.accounts import Backlog
from iomt.plan.plan import Plan, PlannedLink


class BrokerView:
    """A connection of the supervisor's own; while the broker is away the last figures stand."""

    def __init__(self, plan: Plan, heard: Callable[[str], None]) -> None:
        self._graph = plan.graph
        self._heard = heard
        self._refusals: set[str] = set()
        self._durable = [link for link in plan.links if link.delivery == "durable"]
        self._client = Client()
        self._connected = False
        self.backlogs: dict[str, Backlog] = {}

    async def connect(self, url: str, user: str, password: str) -> None:
        """Connect once; comes back by itself after an outage."""
        await self._client.connect(
            url, user=user or None, password=password or None, name="iomt run",
            inbox_prefix=names.inbox(self._graph, names.OBSERVER).encode(),
            max_reconnect_attempts=-1, reconnect_time_wait=1, error_cb=self._error,
        )  # fmt: skip
        self._connected = True

    async def refresh(self) -> bool:
        """Ask for all durable links; False when the broker does not answer."""
        if not self._client.is_connected:
            return False
        try:
            for link in self._durable:
                self.backlogs[link.name] = await self._backlog(link)
        except (nats.errors.Error, JetStreamError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        """Leave."""
        if self._connected:
            await self._client.close()

    async def _backlog(self, link: PlannedLink) -> Backlog:
        js = self._client.jetstream(timeout=2)
        stream = await js.stream_info(link.stream)
        consumer = await js.consumer_info(link.stream, link.consumer)
        return Backlog(stream.state.last_seq, consumer.num_pending or 0, consumer.num_ack_pending or 0)

    async def _error(self, error: Exception) -> None:
        """An absent broker is shown in the table. One that refuses to tell would look the same."""
        text = str(error)
        if "permissions violation" in text and text not in self._refusals:
            self._refusals.add(text)
            self._heard(f"does not tell how far the links are: {text}")
