"""What can be known of the Dockerfiles without building them; tests/testbed builds and runs them."""

import re
from pathlib import Path

import pytest

from iomt import __version__
from iomt.targets.kubernetes.choices import PARTS

_ROOT = Path(__file__).parents[2]
_IMAGES = _ROOT / "k8s" / "images"


def _instructions(part):
    text = (_IMAGES / part / "Dockerfile").read_text()
    return [line for line in text.replace(" \\\n", " ").splitlines() if line and not line.startswith("#")]


def test_every_part_has_a_dockerfile():
    assert {path.name for path in _IMAGES.iterdir()} == {*PARTS, "files"}


@pytest.mark.parametrize("part", PARTS)
def test_no_image_runs_as_root_and_its_user_is_a_number(part):
    users = [line for line in _instructions(part) if line.startswith("USER")]
    assert users == ["USER 65532:65532"]


@pytest.mark.parametrize("part", PARTS)
def test_the_command_in_its_head_names_the_image_that_manifests_ask_for(part):
    text = (_IMAGES / part / "Dockerfile").read_text()
    assert f"docker build -t iomt/{part}:{__version__} -f k8s/images/{part}/Dockerfile ." in text


def test_device_and_analyzer_share_their_first_layers():
    device, analyzer = _instructions("device"), _instructions("analyzer")
    shared = next(number for number, line in enumerate(device) if line.startswith("COPY iomt"))
    assert analyzer[:shared] == device[:shared]


@pytest.mark.parametrize("part", PARTS)
def test_what_an_image_copies_is_not_kept_from_it(part):
    ignore = (_ROOT / ".dockerignore").read_text().splitlines()
    copied = {
        word for line in _instructions(part) if re.match("COPY [^-]", line) for word in line.split()[1:-1]
    }
    for each in copied - {"iomt"}:
        assert f"!{each}" in ignore
    assert {"!iomt/__init__.py", "!iomt/contract", "!iomt/runtime"} <= set(ignore)
