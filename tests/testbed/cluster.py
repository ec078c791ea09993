"""The cluster that tests run on, and the images in it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from iomt import __version__

ROOT = Path(__file__).parents[2]
KUBECONFIG = os.environ.get("IOMT_TEST_KUBECONFIG", "")
KUBECTL = shutil.which(os.environ.get("IOMT_TEST_KUBECTL", "kubectl"))
IMAGES = os.environ.get("IOMT_TEST_IMAGES", "")
"""`device=IMAGE,analyzer=IMAGE`, with the example's clips and model, and what they connect to."""
LOAD = os.environ.get("IOMT_TEST_LOAD_IMAGE", "")
"""A command that builds an image and gives it to the cluster: NAME FOLDER -f DOCKERFILE [--build-arg K=V]."""


def built(folder: Path) -> list[str]:
    """The arguments that name the images, with the examples' files in them; built unless they are there."""
    if IMAGES:
        return [word for each in IMAGES.split(",") for word in ("--image", each)]
    for part in ("nats", "store", "device", "analyzer"):
        _load(f"iomt/{part}:{__version__}", ROOT, part)
    (folder / "devices" / "models").mkdir(parents=True)
    (folder / "media").mkdir()
    for clip in (ROOT / "graphs" / "media").glob("conveyor-*.mp4"):
        shutil.copy(clip, folder / "media")
    for model in ("devices/models/shapes-rtdetr", "devices/models/digits-resnet"):
        shutil.copytree(ROOT / model, folder / model)
    named = []
    for part in ("device", "analyzer"):
        _load(f"iomt-test/{part}:1", folder, "files", f"BASE=iomt/{part}:{__version__}")
        named += ["--image", f"{part}=iomt-test/{part}:1"]
    return named


def _load(name: str, context: Path, dockerfile: str, *build: str) -> None:
    file = ROOT / "k8s" / "images" / dockerfile / "Dockerfile"
    words = [word for each in build for word in ("--build-arg", each)]
    subprocess.run([LOAD, name, str(context), "-f", str(file), *words], check=True, stdout=sys.stderr)


def kubectl(*words: str) -> str:
    """Run it; returns what it prints."""
    assert KUBECTL
    command = [KUBECTL, "--kubeconfig", KUBECONFIG, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(namespace: str, kinds: str) -> list[dict]:
    """All of some kinds, as the API server has them."""
    return json.loads(kubectl("-n", namespace, "get", kinds, "-o", "json"))["items"]


def iomt(*words: str, killed_after: float | None = None) -> subprocess.CompletedProcess[str] | None:
    """Run a verb against the cluster; None where it had to be killed after some seconds."""
    command = [sys.executable, "-m", "iomt", *words]
    environment = os.environ | {"KUBECONFIG": KUBECONFIG}
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, timeout=killed_after
        )
    except subprocess.TimeoutExpired:  # by then it got a SIGKILL
        return None
