"""The life of a device process: settings, counts, connections, health, work, drain."""

import asyncio
import importlib
import logging
import signal
from collections.abc import Awaitable
from pathlib import Path

from iomt.contract import http, metrics
from iomt.contract.envelope import Envelope
from iomt.contract.ledger import FILE_NAME, Ledger
from iomt.contract.settings import STORE_ACCESS_KEY, STORE_SECRET_KEY, BadSettings, Settings
from iomt.runtime.capture import CaptureLoop
from iomt.runtime.connection import Broker, NotAllowed
from iomt.runtime.credentials import secret
from iomt.runtime.device import Capture, Context, Device, PermanentFault, Sensor, State
from iomt.runtime.inputs.account import DurableAccount, LatestAccount
from iomt.runtime.inputs.durable import DurableReader
from iomt.runtime.inputs.live import follow, subscribe
from iomt.runtime.inputs.newest import Newest
from iomt.runtime.inputs.timing import Timed
from iomt.runtime.objects import ObjectStore
from iomt.runtime.output import OutputPort
from iomt.runtime.secrets import Secrets
from iomt.runtime.server import listening_socket, server

_DRAIN_SECONDS = 20.0
"""What a device may take to finish after SIGTERM; pods get this and some more."""


class Shell:
    """One device process."""

    def __init__(self, settings: Settings, log: logging.Logger, secrets: Secrets) -> None:
        self.settings = settings
        self.log = log
        self._hide = secrets.hide
        self.state = State()
        self.ledger = Ledger(Path(settings.state_dir, FILE_NAME))
        self.ledger.add(metrics.STARTS)
        self.broker = Broker(settings, self.ledger, log) if settings.broker else None
        self.outputs = {
            each.port: OutputPort(each, settings, self.broker, self.ledger, log) for each in settings.outputs
        }
        self.objects = _store(settings)
        self.context = Context(
            settings, self.ledger, log, self.state, self._publish, self.objects, secrets.options()
        )
        self.device = _load(settings.runtime)(self.context)
        self._stopping = asyncio.Event()
        self._newest: Newest | None = None
        self._durable: list[DurableReader] = []
        self._following: list[asyncio.Task[None]] = []

    async def run(self) -> int:
        """Live until SIGTERM, SIGINT or a permanent fault; returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        own = self.device.routes() if isinstance(self.device, Device) else ()
        web = server(self.settings, self.state, self.ledger, self.outputs, own, self._hide)
        try:
            listener = listening_socket(self.settings)
        except OSError as error:
            where = f"{self.settings.host}:{self.settings.http_port}"
            self.log.error("cannot listen at %s: %s", where, error.strerror)
            return http.EXIT_FAULT
        serving = asyncio.create_task(web.serve(sockets=[listener]))
        try:
            return await self._work()
        finally:
            web.should_exit = True
            await asyncio.gather(serving, return_exceptions=True)

    async def _work(self) -> int:
        try:
            if not await self._until_stopped(self._start()):
                if isinstance(self.device, Sensor):
                    await self._sense(self.device)
                await self._stopping.wait()
            code = 0
        except PermanentFault as fault:
            self.state.ready, self.state.word, self.state.detail = False, "failed", str(fault)
            self.log.error("%s", fault)
            code = http.EXIT_PERMANENT
        except ModuleNotFoundError as error:
            self.state.ready, self.state.word, self.state.detail = False, "failed", _told(error)
            self.log.error("%s", _told(error))
            code = http.EXIT_PERMANENT
        except NotAllowed as refusal:
            self.state.ready, self.state.word, self.state.detail = False, "failed", str(refusal)
            code = http.EXIT_FAULT  # told by the connection; started again, for accounts may change
        except Exception as error:
            self.state.ready, self.state.word = False, "failed"
            self.log.exception("the device failed: %s: %s", type(error).__name__, error)
            code = http.EXIT_FAULT
        await self._drain()
        return code

    async def _start(self) -> None:
        self.state.word = "waiting for broker"
        if self.broker:
            await self.broker.connect()
            for port in self.outputs.values():
                await port.start()
        self.state.word = "preparing"
        if isinstance(self.device, Device):
            await self.device.prepare()
            await self._open_inputs(self.device)
        if self.broker:
            # Ready means heard: what is published from now on comes here, and a refusal has come too.
            await self.broker.flush()
            if self.broker.refusal:
                raise NotAllowed(self.broker.refusal)
        self.state.ready, self.state.word, self.state.detail = True, "running", ""
        self.log.info("running")

    async def _open_inputs(self, device: Device) -> None:
        handle = Timed(device.handle, self.ledger)
        newest = Newest(handle, self._fetch, device.concurrency, self.log)
        self._newest = newest
        for link in self.settings.inputs:
            if link.delivery == "durable":
                assert self.broker
                account = DurableAccount(self.ledger, link.link)
                reader = DurableReader(
                    link, self.broker, handle, self._fetch,
                    device.concurrency, account, self.log,
                )  # fmt: skip
                reader.start()
                self._durable.append(reader)
                continue
            newest.open(link, LatestAccount(self.ledger, link.link))
            if link.transport == "http":
                self._following.append(asyncio.create_task(follow(link, newest, self.log)))
            else:
                assert self.broker
                await subscribe(link, self.broker, newest, self.log)
        newest.start()

    async def _sense(self, sensor: Sensor) -> None:
        (port,) = self.outputs.values()
        capture = CaptureLoop(sensor, port, self.context)
        running = asyncio.create_task(capture.run())
        if await self._until_stopped(_wait(running)):
            capture.stop()
        await running
        if not self._stopping.is_set():
            self.state.word = "ended"
            self.log.info("the source came to its end")

    async def _drain(self) -> None:
        """What was taken is stored or handed back before the process goes."""
        self.state.ready = False
        self.state.word = "draining" if self.state.word != "failed" else "failed"
        for task in self._following:
            task.cancel()
        readers = [reader.stop(_DRAIN_SECONDS) for reader in self._durable]
        live = [self._newest.stop(_DRAIN_SECONDS / 4)] if self._newest else []
        releasing = [self.device.release()] if isinstance(self.device, Device) else []
        outcomes = await asyncio.gather(*releasing, *readers, *live, return_exceptions=True)
        if isinstance(self.device, Device):
            outcomes += await asyncio.gather(self.device.drain(), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                self.log.error("drain: %s: %s", type(outcome).__name__, outcome)
        for port in self.outputs.values():
            port.end_views()
            await port.drain(_DRAIN_SECONDS / 2)
        if self.broker:
            await self.broker.close()
        if self.objects:
            self.objects.close()
        self.log.info("stopped")

    async def _until_stopped(self, work: Awaitable[None]) -> bool:
        """Run ``work``, or leave it when the process is told to stop; whether it was left."""
        task = asyncio.ensure_future(work)
        stop = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if task.done():
            task.result()
            return False
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return True

    async def _publish(
        self, port: str, capture: Capture, origin: Envelope | None = None, claim: str = "", part: int = 0
    ) -> None:
        accepted = await self.outputs[port].offer(capture, origin, claim, part=part)
        if accepted is not None:
            await accepted

    async def _fetch(self, claim: str) -> bytes:
        assert self.objects, "a claim check came to a device without an object store"
        bucket, _, key = claim.partition("/")
        return await self.objects.get(bucket, key)


async def _wait(task: asyncio.Task[None]) -> None:
    await asyncio.wait({task})


def _load(runtime: str) -> type[Device] | type[Sensor]:
    module, _, name = runtime.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        raise BadSettings(f"runtime {runtime}: {_told(error)}") from error
    except (ImportError, AttributeError) as error:
        raise BadSettings(f"runtime {runtime}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Device | Sensor)):
        raise BadSettings(f"runtime {runtime} is no Device and no Sensor")
    return found


def _told(error: ModuleNotFoundError) -> str:
    cure = f"install {error.name}, or iomt with its extra `runtime` (analyzers: `runtime,models`)"
    return f"{error}: {cure}"


def _store(settings: Settings) -> ObjectStore | None:
    if not settings.store:
        return None
    return ObjectStore(settings.store, secret(settings, STORE_ACCESS_KEY), secret(settings, STORE_SECRET_KEY))
