"""An analyzer: a Hugging Face model, by id or folder, and what it says of each frame or window."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.routing import BaseRoute

from iomt.contract import media, metrics
from iomt.contract.results import Item, Result
from iomt.runtime.analyzers.folder import ModelFolder, is_folder, open_folder
from iomt.runtime.analyzers.http_route import analyze_route
from iomt.runtime.analyzers.threads import available_cores
from iomt.runtime.device import Capture, Context, Device, Message, Rejected

if TYPE_CHECKING:
    from iomt.runtime.analyzers.task import Task

T = TypeVar("T")

_NO_GPU = ("", "void", "none")
"""What NVIDIA_VISIBLE_DEVICES says where no GPU was given (NVIDIA's container toolkit)."""


@dataclass(frozen=True, slots=True)
class About:
    """What an item is of, as far as a result tells it."""

    source: str
    frame: int
    captured_ns: int
    media_type: str
    part: int = 0


class HuggingFaceAnalyzer(Device):
    """Options ``threshold``, ``labels``, ``top``, ``threads``; the model stands in the settings.

    Everything of torch happens in one worker thread: its settings belong to a thread, and two
    forwards side by side on the same cores take longer than one after the other.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="model")
        self._task: Task[Any] | None = None
        self._folder: ModelFolder | None = None

    async def prepare(self) -> None:
        """Find, load and try the model. Raises `PermanentFault` with what to do."""
        self.context.state.word = "loading model"
        await self._in_worker(self._load)

    async def handle(self, message: Message) -> None:
        """Publish what the model says of one frame or window."""
        envelope = message.envelope
        about = About(
            envelope.source, envelope.frame, envelope.captured_ns, envelope.media_type, envelope.part
        )
        result, gives = await self.analyze(message.body, about)
        capture = Capture(result.to_json(), result.captured_ns, gives, result.width, result.height)
        await self.context.publish("results", capture, origin=envelope)

    async def analyze(self, body: bytes, about: About) -> tuple[Result, str]:
        """The result and its media type. Raises `Rejected` for what the model cannot read."""
        result, spent_ns = await self._in_worker(lambda: self._analyze(body, about))
        # Counted here, in the event loop: a ledger has one writing thread.
        self.context.ledger.add(metrics.MODEL_RUNS)
        self.context.ledger.add(metrics.MODEL_SECONDS, spent_ns)
        assert self._task
        return result, self._task.gives

    async def drain(self) -> None:
        """Let the worker thread go."""
        await asyncio.to_thread(self._worker.shutdown)

    def routes(self) -> Sequence[BaseRoute]:
        """``POST /analyze``."""
        return (analyze_route(self),)

    @property
    def loaded(self) -> bool:
        """Whether `analyze` may be called."""
        return self._task is not None

    def accepts(self, media_type: str) -> bool:
        """Whether the model reads this type at all."""
        return self._task is not None and media.accepts(self._task.accepts, media_type)

    async def _in_worker(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._worker, call)

    def _load(self) -> None:
        settings, log = self.context.settings, self.context.log
        begun = time.monotonic()
        if is_folder(settings.model):
            self._folder = open_folder(Path(settings.model))
        else:
            os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
            os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
            from iomt.runtime.analyzers.hub import open_from_hub

            self._folder = open_from_hub(settings.model, settings.revision, log)
        # Before torch is imported: threads that spin while they wait take the cores from the other
        # nodes (measured under load: 429 ms a frame with it, 50 without).
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        import torch

        from iomt.runtime.analyzers.loading import ACCELERATOR, load, place

        if place() != ACCELERATOR and os.environ.get("NVIDIA_VISIBLE_DEVICES", "void") not in _NO_GPU:
            log.warning(
                "a GPU was given to this node, and the torch of its image cannot use it: "
                "build the analyzer's image with CUDA"
            )
        threads = int(self.context.options.get("threads", available_cores()))
        torch.set_num_threads(threads)
        task = load(self._folder, settings.task, self.context.options)
        with torch.inference_mode():
            task.analyze(task.example())
        self._task = task
        log.info(
            "model %s (%s) ready after %.1f s, on %s",
            self._folder.name, task.name, time.monotonic() - begun,
            torch.cuda.get_device_name() if place() == ACCELERATOR else f"{threads} threads",
            extra={"model": self._folder.name, "revision": self._folder.revision, "task": task.name},
        )  # fmt: skip

    def _analyze(self, body: bytes, about: About) -> tuple[Result, int]:
        """In the worker thread: the result, and nanoseconds from pixels to labels."""
        import torch

        assert self._task
        assert self._folder
        if not self.accepts(about.media_type):
            raise Rejected(
                f"{about.media_type!r} is nothing that {self._task.name} reads: {self._task.accepts}"
            )
        item = self._task.read(body, about.media_type)
        begun = time.perf_counter_ns()
        with torch.inference_mode():
            found: list[Item] = self._task.analyze(item)
        spent_ns = time.perf_counter_ns() - begun
        width, height = self._task.size(item)
        result = Result(
            node=self.context.settings.node,
            source=about.source,
            frame=about.frame,
            captured_ns=about.captured_ns,
            task=self._task.name,
            model=self._folder.name,
            revision=self._folder.revision,
            seconds=round(spent_ns / 1e9, 6),
            width=width,
            height=height,
            items=tuple(found),
            part=about.part,
        )
        return result, spent_ns
