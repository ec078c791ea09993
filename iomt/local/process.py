"""A child process that dies with us, is started again when it dies, and whose lines are heard."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_PR_SET_PDEATHSIG = 1
_PAUSES = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
_STEADY_SECONDS = 20.0
_LINE_MAX = 2**20


@dataclass(frozen=True, slots=True)
class Command:
    """What is started: program and arguments, what is added to the environment, its folder.

    ``niceness`` above 0 gives way to the others when cores are short.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: str | None = None
    niceness: int = 0


@dataclass(slots=True)
class Exit:
    """How a process ended. ``code`` is negative for a signal."""

    code: int
    last_lines: tuple[str, ...]


class Supervised:
    """Keeps one program running until `stop`.

    ``heard`` gets every line it writes; ``ended`` is asked on each end that was not wanted and
    says whether to start again; it also hears of the pause before that.
    """

    def __init__(
        self,
        name: str,
        command: Command,
        heard: Callable[[str], None],
        ended: Callable[[Exit], bool],
    ) -> None:
        self.name = name
        self.command = command
        self.restarts = 0
        self._heard = heard
        self._ended = ended
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._last_lines: deque[str] = deque(maxlen=12)

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    @property
    def over(self) -> bool:
        """Whether it has ended for good."""
        return self._task is not None and self._task.done()

    async def start(self) -> None:
        """Start it. Raises OSError when the program cannot be started."""
        await self._spawn()
        self._task = asyncio.create_task(self._keep())

    async def stop(self, seconds: float) -> bool:
        """SIGTERM, then SIGKILL after so long; whether it went by itself."""
        self._stopping = True
        process = self._process
        gentle = True
        if process and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(seconds):
                    await process.wait()
            except TimeoutError:
                gentle = False
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._task:
            # Its last lines are still to be read.
            await asyncio.wait({self._task}, timeout=2)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        return gentle

    async def _spawn(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self.command.arguments,
            env={**os.environ, **self.command.environment},
            cwd=self.command.directory,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=_LINE_MAX,
            # Ctrl-C in the terminal reaches us alone: devices are stopped in their order.
            start_new_session=True,
            preexec_fn=_before_exec(os.getpid(), self.command.niceness),
        )

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            assert self._process
            began = loop.time()
            await self._listen(self._process)
            code = await self._process.wait()
            if self._stopping or not self._ended(Exit(code, tuple(self._last_lines))):
                return
            failures = 0 if loop.time() - began > _STEADY_SECONDS else failures + 1
            await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES)) - 1] if failures else _PAUSES[0])
            if self._stopping:
                return
            self.restarts += 1
            await self._spawn()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than the limit: passed over
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            self._last_lines.append(text)
            self._heard(text)


def _before_exec(parent: int, niceness: int) -> Callable[[], None]:
    """Have the kernel kill the child when its parent dies (Linux; kept across exec)."""
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        if niceness:
            os.nice(niceness)
        if sys.platform == "linux":
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

    return prepare
