"""The loop around a sensor: opens it, watches it, opens it again, and tells how long it was away."""

import asyncio
import logging
import os
import queue
import threading
import time

from iomt.contract import http, metrics
from iomt.runtime.device import Capture, Context, PermanentFault, Sensor, SourceFault
from iomt.runtime.output import OutputPort

_PAUSES = (0.5, 1.0)
"""Seconds between attempts: a camera takes more than a second to give its first frame after it is
opened, and frames are to come within 3 s of its return."""
_HUNG_FACTOR = 6


class CaptureLoop:
    """Runs one sensor in a thread and publishes what it gives."""

    def __init__(self, sensor: Sensor, port: OutputPort, context: Context) -> None:
        self._sensor = sensor
        self._port = port
        self._context = context
        self._log: logging.Logger = context.log
        self._stop = threading.Event()
        self._outcome: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        self._last = time.monotonic()
        self._away_since: float | None = None
        self._captured = 0

    async def run(self) -> None:
        """Capture until the source ends or `stop`. Raises `PermanentFault`."""
        loop = asyncio.get_running_loop()
        thread = threading.Thread(target=self._capture, args=(loop,), name="capture", daemon=True)
        thread.start()
        while thread.is_alive():
            self._watch()
            await asyncio.sleep(0.1)
        outcome = self._outcome.get()
        if outcome is not None:
            raise outcome

    def stop(self) -> None:
        """Capture no more; `run` returns after the frame in hand."""
        self._stop.set()

    def _watch(self) -> None:
        """A source that stops giving is told at once; a thread that hangs in C for good ends the process."""
        silent = time.monotonic() - self._last
        if not self._sensor.live or self._stop.is_set() or silent < self._sensor.stall_seconds:
            return
        if self._away_since is None:
            self._went_away(f"no frames for {silent:.1f} s")
        # Every return from the source, a fault too, starts this silence anew.
        if silent > self._sensor.stall_seconds * _HUNG_FACTOR:
            self._log.critical("the source hangs; starting the process anew")
            os._exit(http.EXIT_FAULT)

    def _capture(self, loop: asyncio.AbstractEventLoop) -> None:
        failures = 0
        try:
            while not self._stop.is_set():
                before = self._captured
                try:
                    self._give_all(loop)
                    break  # the source came to its end
                except SourceFault as fault:
                    failures = 0 if self._captured > before else failures
                    self._went_away(str(fault))
                    self._last = time.monotonic()
                    self._context.state.word = "source away"
                    self._stop.wait(_PAUSES[min(failures, len(_PAUSES) - 1)])
                    failures += 1
                    self._context.ledger.add(metrics.SOURCE_RECONNECTS)
        except PermanentFault as fault:
            self._outcome.put(fault)
        except Exception as error:
            self._outcome.put(error)
        else:
            self._outcome.put(None)

    def _give_all(self, loop: asyncio.AbstractEventLoop) -> None:
        for capture in self._sensor.open():
            self._last = time.monotonic()
            if self._away_since is not None:
                self._came_back()
            self._captured += 1
            self._offer(loop, capture)
            if self._stop.is_set():
                return
            self._last = time.monotonic()

    def _offer(self, loop: asyncio.AbstractEventLoop, capture: Capture) -> None:
        # A live source never waits for a reader: its offer returns at once, with a count if dropped.
        offer = self._port.offer(capture, wait=not self._sensor.live)
        future = asyncio.run_coroutine_threadsafe(offer, loop)
        while not self._stop.is_set():
            try:
                future.result(timeout=0.5)
                return
            except TimeoutError:
                self._last = time.monotonic()
        # Stopping: a source that waits for room keeps what it has not handed over.
        future.cancel()

    def _went_away(self, reason: str) -> None:
        if self._away_since is None:
            self._away_since = self._last
            state = self._context.state
            state.ready, state.word, state.detail = False, "stalled", reason
            self._log.warning("source away: %s", reason, extra={"source": self._context.settings.node})

    def _came_back(self) -> None:
        assert self._away_since is not None
        gap = time.monotonic() - self._away_since
        self._away_since = None
        self._context.ledger.add(metrics.SOURCE_GAP, int(gap * 1e9))
        state = self._context.state
        state.ready, state.word, state.detail = True, "running", ""
        self._log.warning(
            "source back after %.1f s without frames",
            gap,
            extra={"source": self._context.settings.node, "gap_seconds": round(gap, 3)},
        )
