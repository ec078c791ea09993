import json
import shutil
from pathlib import Path

import pytest
import torch

from iomt.runtime.analyzers.threads import available_cores
from iomt.runtime.device import PermanentFault
from tests.asking import ask
from tests.runtime.analyzers.conftest import Prepare
from tests.specimens import DIGITS, SHAPES, SOUNDS, digit, jpeg


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A model folder of one's own, to break."""
    return Path(shutil.copytree(DIGITS, tmp_path / "copy"))


def change(folder: Path, **values: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    config.update(values)
    (folder / "config.json").write_text(json.dumps(config))


def test_the_task_is_found_from_the_config(prepare: Prepare) -> None:
    assert prepare(DIGITS).accepts("image/jpeg")
    assert not prepare(DIGITS).accepts("audio/pcm;rate=16000")
    assert prepare(SOUNDS).accepts("audio/pcm;rate=16000")


def test_a_task_that_the_model_has_may_be_written_too(prepare: Prepare) -> None:
    assert ask(prepare(DIGITS, task="image-classification"), jpeg(digit("0"))).items[0].label == "0"


def test_a_task_that_the_model_was_not_trained_for_is_refused(prepare: Prepare) -> None:
    says = "copy is image-classification .*, not object-detection: leave `task` out"
    with pytest.raises(PermanentFault, match=says.replace("copy", "digits-resnet")):
        prepare(DIGITS, task="object-detection")


def test_a_task_that_nobody_supports_lists_those_that_are(prepare: Prepare) -> None:
    with pytest.raises(
        PermanentFault, match=r"'translation' .* not supported; these are: object-detection, "
    ):
        prepare(DIGITS, task="translation")


def test_a_model_of_another_kind_is_named_with_the_tasks_there_are(prepare: Prepare, copy: Path) -> None:
    change(copy, architectures=["ResNetModel"])
    with pytest.raises(
        PermanentFault, match="model copy is ResNetModel: not supported; tasks that are: object"
    ):
        prepare(copy)


def test_a_config_without_architecture_is_told(prepare: Prepare, copy: Path) -> None:
    change(copy, architectures=None)
    with pytest.raises(PermanentFault, match="is a resnet that names no architecture"):
        prepare(copy)


def test_a_missing_folder_says_how_both_kinds_of_model_are_written(prepare: Prepare, tmp_path: Path) -> None:
    with pytest.raises(PermanentFault, match=r"there is no model folder .*nowhere.* OWNER/NAME"):
        prepare(tmp_path / "nowhere")


def test_a_folder_that_is_no_model_says_how_to_get_a_whole_one(prepare: Prepare, tmp_path: Path) -> None:
    with pytest.raises(PermanentFault, match=r"is no model: it has no config\.json; `hf download"):
        prepare(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "cannot be loaded"),
        ("{}", "cannot be loaded"),
        ('{"model_type": "nonesuch"}', "cannot be loaded.*`nonesuch`"),
        ('{"model_type": "x", "auto_map": {"AutoConfig": "own.X"}}', "a program of its own .* never run"),
    ],
)
def test_a_config_that_is_none_is_told_without_a_trace(
    prepare: Prepare, copy: Path, text: str, says: str
) -> None:
    (copy / "config.json").write_text(text)
    with pytest.raises(PermanentFault, match=says) as fault:
        prepare(copy)
    assert "\n" not in str(fault.value)


def test_a_program_that_comes_with_a_model_is_never_run(prepare: Prepare, copy: Path) -> None:
    mark = copy / "ran"
    (copy / "own.py").write_text(f"open({str(mark)!r}, 'w')\nfrom transformers import ResNetConfig as Own\n")
    change(copy, model_type="own", auto_map={"AutoConfig": "own.Own"})
    with pytest.raises(PermanentFault, match="never run"):
        prepare(copy)
    assert not mark.exists()


def test_weights_as_a_pickle_are_refused_with_a_way_out(prepare: Prepare, copy: Path) -> None:
    (copy / "model.safetensors").unlink()
    torch.save({}, copy / "pytorch_model.bin")
    with pytest.raises(PermanentFault, match=r"pickle only.*take one with model\.safetensors, or convert it"):
        prepare(copy)


def test_missing_weights_are_told(prepare: Prepare, copy: Path) -> None:
    (copy / "model.safetensors").unlink()
    with pytest.raises(PermanentFault, match="has no weights"):
        prepare(copy)


def test_a_part_of_the_weights_that_is_missing_is_told(prepare: Prepare, copy: Path) -> None:
    (copy / "model.safetensors").unlink()
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(PermanentFault, match="is not whole"):
        prepare(copy)


def test_weights_that_were_cut_off_are_told(prepare: Prepare, copy: Path) -> None:
    with (copy / "model.safetensors").open("r+b") as weights:
        weights.truncate(100_000)
    with pytest.raises(PermanentFault, match=r"model copy cannot be loaded.*check the files in"):
        prepare(copy)


def test_weights_of_another_model_are_not_filled_up_with_chance(prepare: Prepare, copy: Path) -> None:
    shutil.copy(SHAPES / "model.safetensors", copy)
    with pytest.raises(PermanentFault, match=r"do not fit its config: .* tensors are missing"):
        prepare(copy)


def test_a_missing_processor_is_told(prepare: Prepare, copy: Path) -> None:
    (copy / "preprocessor_config.json").unlink()
    with pytest.raises(PermanentFault, match=r"has no preprocessor_config\.json"):
        prepare(copy)


def test_the_revision_of_a_folder_changes_with_its_weights_only(prepare: Prepare, copy: Path) -> None:
    body = jpeg(digit("0"))
    first = ask(prepare(DIGITS), body).revision
    assert ask(prepare(copy), body).revision == first, "the same files elsewhere"
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-4:] = b"\0\0\0\0"
    (copy / "model.safetensors").write_bytes(weights)
    assert ask(prepare(copy), body).revision != first
    assert len(first) == 12


def test_a_pod_with_half_a_core_gets_one_thread(tmp_path: Path) -> None:
    (tmp_path / "half").write_text("50000 100000\n")
    (tmp_path / "none").write_text("max 100000\n")
    assert available_cores(tmp_path / "half") == 1
    assert available_cores(tmp_path / "none") == available_cores(tmp_path / "missing") >= 1
