"""``iomt run``: one graph on this machine, from start to the last acknowledged message."""

import asyncio
import shutil
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from iomt.contract import names
from iomt.contract.secret import Reference
from iomt.contract.settings import BROKER_PASSWORD, BROKER_USER
from iomt.local.broker_view import BrokerView
from iomt.local.folder import DataFolder
from iomt.local.nodes import COMING, Line, NodeProcess
from iomt.local.order import generations
from iomt.local.ports import LOOPBACK, free_ports
from iomt.local.report import Outcome, Report
from iomt.local.secrets import forget_secrets, write_secrets
from iomt.local.snapshot import Snapshot, snapshot
from iomt.local.surroundings import External, Surroundings
from iomt.local.verdict import faults
from iomt.plan.place import Place, settings
from iomt.plan.plan import Plan

_LOOK_SECONDS = 1.0
_CRASHES_AT_START = 4
_DRAIN_SECONDS = 60.0
_DISK_FULL_BYTES = 16 * 2**20
_SENSORS_SECONDS = 10.0
_MODEL_NOTE = "waiting for the readers (models are loaded first)"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked for. ``seconds`` None: until Ctrl-C or until all sources have ended."""

    seconds: float | None = None
    data: Path | None = None
    nats: External | None = None
    s3: External | None = None
    complete: bool = True
    secrets: Mapping[Reference, str] = field(default_factory=dict)


class Run:
    """One run. `live` does all of it; the rest are its steps."""

    def __init__(self, plan: Plan, wishes: Wishes, report: Report) -> None:
        self.plan = plan
        self.wishes = wishes
        self.report = report
        self.folder = DataFolder(wishes.data)
        self.surroundings = Surroundings(plan, self.folder, report)
        self.view = BrokerView(plan, lambda text: report.line(Line("broker", "error", text, {})))
        self.nodes: dict[str, NodeProcess] = {}
        self._disk_is_full = False
        self._last: Snapshot | None = None
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._started_at = time.monotonic()

    async def live(self) -> Outcome:
        """Run to the end. Raises `ServiceFailed` when broker or store do not come up.

        Whatever happens, no process is left and a temporary folder is gone.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._asked_to_stop)
        try:
            await self.surroundings.start(self.wishes.nats, self.wishes.s3)
            await self.surroundings.provision(self.wishes.complete)
            if self.surroundings.broker and self.plan.streams:
                await self._connect_view()
            self._make_nodes()
            if await self._start_readers() and await self._start_sensors():
                await self._watch()
            return await self._finish()
        finally:
            await self._clean_up()

    def _asked_to_stop(self) -> None:
        if self._stop.is_set():
            self._hurry.set()
            self.report.note("stopping at once; what waits is left")
        else:
            self.report.note("stopping: what was taken is finished first (again Ctrl-C: at once)")
        self._stop.set()

    async def _connect_view(self) -> None:
        user, password = (self.folder.secret(names.OBSERVER, name) for name in (BROKER_USER, BROKER_PASSWORD))
        await self.view.connect(self.surroundings.broker, user, password)

    def _make_nodes(self) -> None:
        free = iter(free_ports(len(self.plan.devices)))
        ports = {device.name: device.listens or next(free) for device in self.plan.devices}
        for device in self.plan.devices:
            folder = self.folder.node(device.name)
            place = Place(
                host=LOOPBACK,
                http_port=ports[device.name],
                broker=self.surroundings.broker,
                store=self.surroundings.store,
                credentials=str(self.folder.credentials(device.name)),
                state_dir=str(folder),
                peer=lambda name: f"http://{LOOPBACK}:{ports[name]}",
            )
            write_secrets(Path(place.credentials), device.options, self.wishes.secrets)
            self.nodes[device.name] = NodeProcess(
                settings(self.plan, device, place), folder, self.report.line
            )

    async def _start_readers(self) -> bool:
        """Start all but the sensors and wait for them, so that nothing is captured in vain."""
        readers = [self.nodes[device.name] for device in self.plan.devices if device.kind != "MSensor"]
        await asyncio.gather(*(node.start() for node in readers))
        if any(device.model for device in self.plan.devices):
            self.report.note(_MODEL_NOTE)
        shown = 0.0
        while not self._stop.is_set() and not all(node.health.ready for node in readers):
            await self._look()
            if time.monotonic() - shown > _LOOK_SECONDS / 2:
                shown = time.monotonic()
                self._show(
                    f"starting: {sum(node.health.ready for node in readers)} of {len(readers)} are ready"
                )
            for node in readers:
                if node.process.restarts >= _CRASHES_AT_START:
                    why = f": {node.reason}" if node.reason else ""
                    see = f"see {node.log_path}" if self.folder.kept else "--data DIR keeps its log"
                    node.failure = f"ended {node.process.restarts + 1} times at the start{why}; {see}"
            if any(node.failure for node in readers):
                return False
            await self._pause(0.1)
        return not self._stop.is_set()

    async def _start_sensors(self) -> bool:
        sensors = [self.nodes[device.name] for device in self.plan.devices if device.kind == "MSensor"]
        await asyncio.gather(*(node.start() for node in sensors))
        # The clock of --for starts when the sources deliver, or say that they cannot.
        deadline = time.monotonic() + _SENSORS_SECONDS
        while not self._stop.is_set() and any(node.health.state in COMING for node in sensors):
            await self._look()
            if time.monotonic() > deadline:
                break
            await self._pause(0.05)
        self._started_at = time.monotonic()
        if any(node.failure for node in sensors):
            return False
        self.report.started(self._places())
        return True

    def _places(self) -> dict[str, str]:
        places = {device.name: self.nodes[device.name].url for device in self.plan.devices if device.page}
        if self.surroundings.store:
            places["store"] = (
                f"{self.surroundings.store} (keys in {self.folder.credentials(names.BOOTSTRAP)})"
            )
        if self.surroundings.broker:
            places["broker"] = self.surroundings.broker
        places["data"] = str(self.folder.path) + ("" if self.folder.kept else " (removed at the end)")
        return places

    async def _watch(self) -> None:
        wanted = self.wishes.seconds
        sensors = [self.nodes[device.name] for device in self.plan.devices if device.kind == "MSensor"]
        while not self._stop.is_set():
            ran = time.monotonic() - self._started_at
            if wanted is not None and ran >= wanted:
                return
            await self._look()
            until = f" of {wanted:.0f}" if wanted is not None else ", Ctrl-C ends"
            self._show(f"{ran:.0f} s{until}")
            if sensors and all(node.failure or node.health.state == "ended" for node in sensors):
                self.report.note("all sources have ended")
                return
            left = wanted - ran if wanted is not None else _LOOK_SECONDS
            await self._pause(min(_LOOK_SECONDS, max(left, 0.01)))

    async def _finish(self) -> Outcome:
        """Stop layer by layer, each after it has taken what the layers before it left."""
        ran = time.monotonic() - self._started_at
        for layer in generations(self.plan):
            await self._taken(layer)
            await asyncio.gather(*(self._stop_node(self.nodes[name]) for name in layer))
        await self.view.refresh()
        last = self._snapshot(final=True)
        verdict = faults(self.plan, last, self.folder.kept)
        outcome = Outcome(last, verdict, ran)
        self.report.ended(outcome)
        return outcome

    async def _taken(self, layer: list[str]) -> None:
        """Wait until these nodes have taken everything that waits in the broker for them."""
        durable = [
            link.name for link in self.plan.links if link.target in layer and link.delivery == "durable"
        ]
        deadline = time.monotonic() + _DRAIN_SECONDS
        while durable and not self._hurry.is_set() and time.monotonic() < deadline:
            fresh = await self._look()
            left = sum(self.view.backlogs[name].pending for name in durable if name in self.view.backlogs)
            if (fresh and not left) or all(self.nodes[name].failure for name in layer):
                return
            self._show(f"draining: {left} messages wait for {', '.join(layer)}")
            await self._pause(0.1, self._hurry)

    async def _stop_node(self, node: NodeProcess) -> None:
        stopping = asyncio.create_task(node.stop())
        hurry = asyncio.create_task(self._hurry.wait())
        await asyncio.wait({stopping, hurry}, return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        if not stopping.done():
            await node.process.stop(0.0)
        await stopping

    async def _look(self) -> bool:
        """Refresh all that is shown; whether the broker's figures are of now."""
        self._watch_disk()
        fresh, *_ = await asyncio.gather(self.view.refresh(), *(node.ask() for node in self.nodes.values()))
        return bool(fresh)

    def _watch_disk(self) -> None:
        left = shutil.disk_usage(self.folder.path).free
        if (left < _DISK_FULL_BYTES) != self._disk_is_full:
            self._disk_is_full = not self._disk_is_full
            text = "the disk is full" if self._disk_is_full else "the disk has room again"
            self.report.line(
                Line("data", "warning", f"{text}: {left >> 20} MiB left for {self.folder.path}", {})
            )

    def _show(self, note: str) -> None:
        self._last = self._snapshot(final=False)
        self.report.figures(self._last, note)

    def _snapshot(self, final: bool) -> Snapshot:
        ledgers = {name: node.counts() for name, node in self.nodes.items()}
        health = {name: (node.health, node.process.restarts) for name, node in self.nodes.items()}
        return snapshot(self.plan, ledgers, health, self.view.backlogs, self._last, final)

    async def _pause(self, seconds: float, event: asyncio.Event | None = None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await (event or self._stop).wait()
        except TimeoutError:
            return

    async def _clean_up(self) -> None:
        self.report.close()
        await asyncio.gather(
            *(node.process.stop(1.0) for node in self.nodes.values()), return_exceptions=True
        )
        for node in self.nodes.values():
            forget_secrets(Path(node.settings.credentials))
        await self.view.close()
        await self.surroundings.stop()
        self.folder.close()
