"""What a model is held to, read from its files without its weights; and why it cannot be used."""

import json
from dataclasses import dataclass, field
from typing import Any

from iomt.catalogue.declaration import Device
from iomt.catalogue.licence import CARD, licence_in_card
from iomt.catalogue.model_folder import CONFIG, labels_of
from iomt.catalogue.model_input import input_of
from iomt.catalogue.model_weights import weights_of, weights_refusal
from iomt.catalogue.tasks import TASKS, known, task_of
from iomt.contract import media
from iomt.language.suggest import nearest

PROCESSORS = ("preprocessor_config.json", "processor_config.json")
SMALL = (CONFIG, *PROCESSORS, CARD)
"""The files that are read."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """What is looked at of a model.

    ``called`` is what the user wrote, ``model`` what the declaration is to say, ``revision`` the
    commit, empty for a folder.
    ``texts`` are the files of `SMALL` that it has, ``sizes`` the bytes of all its files by name;
    ``whole`` tells whether that list is known to be all of them. ``licence`` and ``tag`` (a task)
    are what the hub says, empty where it was not asked.
    """

    called: str
    model: str
    revision: str = ""
    texts: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    whole: bool = True
    licence: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a model cannot be used, and what to do."""

    message: str
    help: str


def examine(
    files: ModelFiles, name: str, task: str = "", *, allow_code: bool = False
) -> tuple[Device | None, list[Refusal]]:
    """The declaration that a model's files give, None where there are refusals.

    ``task`` is what the user says that it does, empty where its config is to tell.
    """
    config, refusal = _config(files)
    if refusal:
        return None, [refusal]
    processors = [_object(files.texts[each]) for each in PROCESSORS if each in files.texts]
    found, refusals = _task(files, config, task)
    custom = any(each.get("auto_map") for each in (config, *processors))
    if custom and not allow_code:
        refusals.append(
            Refusal(
                f"{files.called} comes with a program of its own (auto_map in its configuration)",
                "take a model that transformers knows itself; --allow-code declares it all the same",
            )
        )
    if problem := weights_refusal(files.sizes, whole=files.whole):
        refusals.append(Refusal(f"{files.called} {problem[0]}", problem[1]))
    if found and not processors and TASKS[found].accepts != media.TEXT:
        refusals.append(
            Refusal(
                f"{files.called} has no {PROCESSORS[0]}, which says how its input is made",
                "copy it from the model that it was trained from",
            )
        )
    if refusals:
        return None, refusals
    licence = files.licence or licence_in_card(files.texts.get(CARD, b"").decode("utf-8", "replace"))
    return (
        Device(
            name=name,
            kind="MAnalyzer",
            summary=TASKS[found].summary,
            runtime="",
            model=files.model,
            revision=files.revision,
            task=found,
            labels=tuple(each for each in labels_of(config, found) if _can_be_asked_for(each)),
            licence=licence,
            input=input_of(config, processors),
            weights=weights_of(files.sizes),
            custom_code=custom,
        ),
        [],
    )


def _can_be_asked_for(label: str) -> bool:
    """Not one of nothing but blanks, nor half a character, which JSON allows and no file can hold."""
    return bool(label.strip()) and not any("\ud800" <= each <= "\udfff" for each in label)


def _config(files: ModelFiles) -> tuple[dict[str, Any], Refusal | None]:
    if CONFIG not in files.texts:
        message = f"{files.called} is no model of transformers: it has no {CONFIG}"
        return {}, Refusal(message, "give a model that has one; `save_pretrained()` writes it")
    config = _object(files.texts[CONFIG])
    if not config:
        return {}, Refusal(f"{CONFIG} of {files.called} cannot be read", "fetch the model again")
    return config, None


def _object(text: bytes) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _task(files: ModelFiles, config: dict[str, Any], wanted: str) -> tuple[str, list[Refusal]]:
    """What the model does: by the name of its network, by the user's word or the hub's where that is open."""
    if wanted and wanted not in TASKS:
        near = nearest(wanted, TASKS)
        help_text = f"did you mean {near}?" if near else known()
        return "", [Refusal(f"iomt does not know the task {wanted}", help_text)]
    listed = config.get("architectures")
    architectures = [str(each) for each in listed] if isinstance(listed, list) else []
    found = task_of(architectures)
    if not found and (says := wanted or files.tag) in TASKS and _may_do(architectures, says):
        return says, []
    if not found:
        what = f"is {architectures[0]}" if architectures else f"names no architecture in its {CONFIG}"
        return "", [Refusal(f"{files.called} {what}: iomt does not know what that does", known())]
    if wanted and wanted != found:
        message = f"{files.called} ({architectures[0]}) does {found}, not {wanted}"
        return "", [Refusal(message, "leave --task out, or take another model")]
    return found, []


def _may_do(architectures: list[str], task: str) -> bool:
    """A network without a head makes vectors, one that writes text may do so of pictures or sound."""
    ends = {"image-feature-extraction": "Model", "image-to-text": "ForConditionalGeneration",
            "automatic-speech-recognition": "ForConditionalGeneration"}  # fmt: skip
    return any(each.endswith(ends.get(task, "\n")) for each in architectures)
