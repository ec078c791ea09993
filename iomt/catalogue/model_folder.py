"""What a local Hugging Face model folder says of itself: its task, its labels and its licence."""

from typing import TYPE_CHECKING, Any, NamedTuple

from iomt.catalogue.licence import CARD, licence_in_card
from iomt.catalogue.tasks import TASKS, known, task_of
from iomt.diagnostics.finding import Finding, Span

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = "config.json"
_CARD_BYTES = 64 << 10
"""The front matter of a card is shorter; what follows it is for people."""
_WHAT_A_MODEL_IS = (
    "a model is the folder with its config.json, relative to the graph file, "
    "or a Hugging Face id such as hustvl/yolos-tiny"
)


class ModelFolder(NamedTuple):
    """A model on disk. ``path`` is absolute; ``labels`` in the order of their numbers.

    ``licence`` is the identifier in its card: empty where that names none, None where there is no card.
    """

    path: str
    task: str
    labels: tuple[str, ...]
    licence: str | None = None


def read_model_folder(model: str, directory: str, span: Span) -> ModelFolder | Finding:
    """The model that stands in a folder, or why it cannot be used."""
    import json  # these two only where a model is a folder
    from pathlib import Path

    try:
        path = (Path(directory) / Path(model).expanduser()).resolve()
        problem = "" if path.is_dir() else "is a file" if path.exists() else "does not exist"
    except (OSError, ValueError, RuntimeError) as error:
        path, problem = Path(model), f"cannot be used: {error}"
    if problem:
        return Finding("missing-model", f"the model folder {model} {problem}", span, _WHAT_A_MODEL_IS)
    config = path / CONFIG
    try:
        data = json.loads(config.read_bytes())
    except FileNotFoundError:
        message = f"{model} is no model: there is no {CONFIG} in it"
        return Finding(
            "not-a-model", message, span, "give the folder that save_pretrained() or a download wrote"
        )
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "nested too deeply"
        return Finding(
            "not-a-model", f"{model}/{CONFIG} cannot be read: {reason}", span, "fetch the model again"
        )
    architectures = data.get("architectures") if isinstance(data, dict) else None
    if not isinstance(architectures, list) or not architectures:
        message = f"{model}/{CONFIG} names no architecture"
        return Finding(
            "not-a-model", message, span, "it needs a list `architectures`, as save_pretrained() writes it"
        )
    task = task_of([str(each) for each in architectures])
    if not task:
        message = f"{architectures[0]} of {model} does a task that iomt does not know"
        return Finding("unsupported-task", message, span, known())
    return ModelFolder(str(path), task, labels_of(data, task), _licence(path))


def labels_of(config: dict[str, Any], task: str) -> tuple[str, ...]:
    """The labels of a model's results, in the order of their numbers; none where it gives no labels."""
    by_number = config.get("id2label")
    if not isinstance(by_number, dict) or not TASKS[task].labelled:
        return ()
    numbered = [(int(key) if str(key).isdecimal() else 0, str(label)) for key, label in by_number.items()]
    return tuple(label for _, label in sorted(numbered, key=lambda each: each[0]))


def _licence(path: "Path") -> str | None:
    try:
        with (path / CARD).open("rb") as card:
            return licence_in_card(card.read(_CARD_BYTES).decode("utf-8", "replace"))
    except OSError:
        return None
