"""Images of the platform and of devices, built on this machine by docker, podman or buildah."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import iomt

BUILDERS = ("docker", "podman", "buildah")
"""In the order they are looked for."""
_PACKAGE = Path(iomt.__file__).parent
_CONTENT = ("contract", "runtime")
"""Packages that a device needs; the compiler is in no image."""


class NoBuilder(Exception):
    """No program that builds images; the text says what was looked for."""


class BuildFailed(Exception):
    """The builder said no; it has told why on standard error. ``command`` is what it was asked."""

    def __init__(self, command: Sequence[str], code: int) -> None:
        super().__init__(f"{' '.join(command[:2])} ended with exit code {code}")


@dataclass(frozen=True, slots=True)
class Build:
    """One image: the folder of ``part`` has its Dockerfile, ``reference`` is its name with a tag.

    ``more`` are words for the builder as they are.
    """

    part: str
    reference: str
    arguments: Mapping[str, str]
    more: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Builder:
    """A program that builds and pushes images."""

    program: str

    def build(self, wanted: Build) -> None:
        """Make it; steps that are as before are not run again. Raises `BuildFailed`."""
        with _context() as folder:
            _run(self.command(wanted, folder))

    def command(self, wanted: Build, folder: Path) -> list[str]:
        """How it is asked to build from a folder."""
        dockerfile = _project() / "k8s" / "images" / wanted.part / "Dockerfile"
        # docker has layers and its own format anyway, and podman the layers.
        how = {
            "docker": ["build"],
            "podman": ["build", "--format", "docker"],
            "buildah": ["bud", "--format", "docker", "--layers"],
        }
        words = [f"--build-arg={name}={value}" for name, value in wanted.arguments.items()]
        named = ["-f", str(dockerfile), "-t", wanted.reference]
        return [self.program, *how[self.program], *words, *wanted.more, *named, str(folder)]

    def push(self, reference: str) -> None:
        """Send it to the registry in its name. Raises `BuildFailed`."""
        _run([self.program, "push", reference])

    def size(self, reference: str) -> str:
        """As the builder tells it, unpacked: `349 MB`."""
        command = [self.program, "images", "--format", "{{.Size}}", reference]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        # An image of several names is listed once for each.
        return next(iter(done.stdout.splitlines()), "of unknown size")


def builder(name: str = "") -> Builder:
    """The one of this name, or the first that works here. Raises `NoBuilder`."""
    asked = (name,) if name else BUILDERS
    for each in asked:
        if shutil.which(each) and _works(each):
            return Builder(each)
    raise NoBuilder(f"none of {', '.join(asked)} works here" if not name else f"{name} does not work here")


def _works(program: str) -> bool:
    """Docker alone is of no use without its daemon."""
    command = [program, "version"] if program == "docker" else [program, "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def _context() -> Iterator[Path]:
    """A folder with what Dockerfiles copy, and nothing else: no change elsewhere makes a new layer."""
    with TemporaryDirectory(prefix="iomt-image-") as name:
        folder = Path(name)
        for each in ("pyproject.toml", "constraints.txt"):
            shutil.copy2(_project() / each, folder)
        (folder / "iomt").mkdir()
        shutil.copy2(_PACKAGE / "__init__.py", folder / "iomt")
        for each in _CONTENT:
            shutil.copytree(
                _PACKAGE / each, folder / "iomt" / each, ignore=shutil.ignore_patterns("__pycache__")
            )
        yield folder


def _project() -> Path:
    """Where Dockerfiles and versions are: in the package where it was installed, or beside it."""
    packaged = _PACKAGE / "local" / "image_files"
    return packaged if packaged.is_dir() else _PACKAGE.parent


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=2, check=False)
    if done.returncode:
        raise BuildFailed(command, done.returncode)
