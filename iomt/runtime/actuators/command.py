"""The alarm that runs a program, the event as JSON on its standard input."""

import asyncio
import ctypes
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable

from iomt.contract.quantity import seconds
from iomt.runtime.actuators.alarm import Alarm
from iomt.runtime.actuators.event import Event
from iomt.runtime.device import Failed, PermanentFault

_TAIL_BYTES = 2000
_AFTER_EXIT_SECONDS = 0.5
_PR_SET_PDEATHSIG = 1


class Command(Alarm):
    """Options ``run`` (program and arguments, read by no shell) and ``timeout``.

    The program runs in a process group of its own that is killed as a whole at the timeout, and on
    Linux it is killed when this process dies. An exit code other than 0 is a failure.
    """

    async def prepare(self) -> None:
        """Find the program."""
        self._run: list[str] = self.context.options["run"]
        self._timeout = seconds(self.context.options.get("timeout", "10s"))
        program = shutil.which(self._run[0])
        if program is None:
            raise PermanentFault(
                f"option `run`: no program {self._run[0]!r} was found: write its whole path, and see that "
                "it may be executed"
            )
        self._program = program
        await super().prepare()

    async def act(self, event: Event) -> None:
        """Run the program to its end."""
        # Files, not pipes of asyncio: its `wait` also waits for the pipes, which a program that
        # leaves a child behind never closes.
        reading, writing = os.pipe()
        try:
            with tempfile.TemporaryFile() as body:
                body.write(event.to_json())
                body.seek(0)
                process = await self._start(body.fileno(), writing)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        tail = _Tail()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: tail, os.fdopen(reading, "rb", 0)
        )
        try:
            async with asyncio.timeout(self._timeout):
                code = await process.wait()
            await asyncio.wait([tail.ended], timeout=_AFTER_EXIT_SECONDS)
        except TimeoutError as error:
            raise Failed(f"{self._run[0]} ran longer than {self._timeout:g} s and was killed") from error
        finally:
            await _kill(process)
            transport.close()
            self._tell(event, tail.text())
        if code:
            said = tail.text().splitlines()
            raise Failed(f"{self._run[0]} {_ended(code)}" + (f": {said[-1]}" if said else ""))

    async def _start(self, stdin: int, stdout: int) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                self._program,
                *self._run[1:],
                stdin=stdin,
                stdout=stdout,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(),
            )
        except OSError as error:
            raise Failed(f"{self._run[0]} could not be started: {error.strerror}") from error

    def _tell(self, event: Event, output: str) -> None:
        if output:
            self.context.log.info("%s: %s", self._run[0], output, extra={"source": event.source})


class _Tail(asyncio.Protocol):
    """The last of what a program printed."""

    def __init__(self) -> None:
        self._bytes = b""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self._bytes = (self._bytes + data)[-_TAIL_BYTES:]

    def connection_lost(self, _: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    def text(self) -> str:
        return self._bytes.decode(errors="replace").strip()


async def _kill(process: asyncio.subprocess.Process) -> None:
    """Kill the whole group of a program that has not ended."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _ended(code: int) -> str:
    return f"ended with exit code {code}" if code > 0 else f"was ended by {signal.Signals(-code).name}"


def _die_with_parent() -> Callable[[], None] | None:
    """What the child does before the program starts: ask Linux to be killed with its parent."""
    if sys.platform != "linux":
        return None
    # Loaded before the fork: between fork and exec nothing may be allocated or locked.
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask
