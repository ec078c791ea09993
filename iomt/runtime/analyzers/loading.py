"""From a model's files to a task that is ready: config, network, processor. Imports torch."""

from typing import Any

import torch
import transformers
from transformers.models.auto import modeling_auto

from iomt.runtime.analyzers.folder import PROCESSORS, ModelFolder
from iomt.runtime.analyzers.selection import Selection
from iomt.runtime.analyzers.task import Loaded, Task
from iomt.runtime.analyzers.tasks import TASKS
from iomt.runtime.device import PermanentFault

ACCELERATOR = "cuda"
"""What torch calls a GPU, also one of AMD's."""

# Files only, nothing run that came with a model.
_LOCAL = {"local_files_only": True, "trust_remote_code": False}


def load(folder: ModelFolder, task: str, options: dict[str, Any]) -> Task[Any]:
    """``task`` may be empty: then the model's config tells. Raises `PermanentFault`."""
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    config = _from_files(folder, transformers.AutoConfig)
    kind = _task_of(folder.name, config, task)
    network = _network(folder, kind)
    processor = _processor(folder, kind)
    loaded = Loaded(network, processor)
    return kind(loaded, Selection.from_options(options, loaded.names.values(), kind.threshold, kind.top))


def place() -> str:
    """Where models compute here: on the GPU that the process sees, else on the processor."""
    return ACCELERATOR if torch.cuda.is_available() else "cpu"


def _task_of(model: str, config: Any, wanted: str) -> type[Task[Any]]:
    """By the name of the network's class in the config: the head it was trained with."""
    names = list(config.architectures or ())
    able = [task for task in TASKS.values() if set(names) & _architectures(task)]
    supported = ", ".join(TASKS)
    if wanted and wanted not in TASKS:
        raise PermanentFault(f"task {wanted!r} of model {model} is not supported; these are: {supported}")
    if not able:
        what = " and ".join(names) or f"a {config.model_type} that names no architecture"
        raise PermanentFault(f"model {model} is {what}: not supported; tasks that are: {supported}")
    if wanted and TASKS[wanted] not in able:
        raise PermanentFault(
            f"model {model} is {able[0].name} ({names[0]}), not {wanted}: "
            "leave `task` out, or take another model"
        )
    return TASKS[wanted] if wanted else able[0]


def _architectures(task: type[Task[Any]]) -> set[str]:
    table = getattr(modeling_auto, task.architectures)
    return {name for value in table.values() for name in ((value,) if isinstance(value, str) else value)}


def _network(folder: ModelFolder, kind: type[Task[Any]]) -> torch.nn.Module:
    network, report = _from_files(
        folder, getattr(transformers, kind.network), use_safetensors=True, output_loading_info=True
    )
    parameters = {name for name, _ in network.named_parameters()}
    if missing := sorted(parameters & set(report["missing_keys"])):
        # transformers would fill them with random numbers, and the answers would be noise.
        raise PermanentFault(
            f"the weights of model {folder.name} do not fit its config: {len(missing)} of {len(parameters)} "
            f"tensors are missing, such as {missing[0]}; copy the whole folder again"
        )
    try:
        return network.eval().to(place())  # type: ignore[no-any-return]
    except torch.OutOfMemoryError as error:
        raise PermanentFault(
            f"model {folder.name} does not fit beside what is on the GPU already: {_first_line(error)}; "
            "let fewer nodes share it, or take a smaller model"
        ) from error


def _processor(folder: ModelFolder, kind: type[Task[Any]]) -> Any:
    if not any((folder.path / name).is_file() for name in PROCESSORS):
        raise PermanentFault(
            f"model {folder.name} has no {PROCESSORS[0]}, which says how its input is made: "
            "copy it from the model it was trained from"
        )
    return _from_files(folder, getattr(transformers, kind.processor))


def _from_files(folder: ModelFolder, loader: Any, **more: Any) -> Any:
    try:
        return loader.from_pretrained(str(folder.path), **_LOCAL, **more)
    except ImportError as error:
        raise PermanentFault(
            f"model {folder.name} needs a package that is not installed: {_first_line(error)}"
        ) from error
    except Exception as error:  # transformers and safetensors raise many kinds, all about these files
        if "custom code" in str(error):
            raise PermanentFault(
                f"model {folder.name} needs a program of its own from the hub, which is never run: "
                "take a model that transformers knows itself"
            ) from error
        raise PermanentFault(
            f"model {folder.name} cannot be loaded: {_first_line(error)}; check the files in {folder.path}"
        ) from error


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
