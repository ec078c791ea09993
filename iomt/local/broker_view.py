"""How far durable links are, asked of the broker itself."""

import nats
from nats.aio.client import Client
from nats.js.errors import Error as JetStreamError

from iomt.local.accounts import Backlog
from iomt.plan.plan import Plan, PlannedLink


class BrokerView:
    """A connection of the supervisor's own; while the broker is away the last figures stand."""

    def __init__(self, plan: Plan) -> None:
        self._durable = [link for link in plan.links if link.delivery == "durable"]
        self._client = Client()
        self._connected = False
        self.backlogs: dict[str, Backlog] = {}

    async def connect(self, url: str, user: str, password: str) -> None:
        """Connect once; comes back by itself after an outage."""
        await self._client.connect(
            url, user=user or None, password=password or None, name="iomt run",
            max_reconnect_attempts=-1, reconnect_time_wait=1, error_cb=_quiet,
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


async def _quiet(_: Exception) -> None:
    """An absent broker is shown in the table, not printed."""
