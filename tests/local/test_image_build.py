"""`iomt image build`: which program is asked, for what, with which files. A script stands in for each."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from iomt import __version__
from iomt.cli import MISUSE, OK, main

_ROOT = Path(__file__).parents[2]
_SCRIPT = """\
#!/bin/sh
echo "{name} $*" >> {log}
case "$1" in
  version) exit {daemon};;
  images) echo "1 MB";;
  build|bud) for folder; do :; done; (cd "$folder" && find . -type f | sort) > {files};;
  push) exit {pushed};;
esac
"""


class Builders:
    """Programs on PATH that write down what they were asked."""

    def __init__(self, folder, monkeypatch):
        self._folder = folder
        for each in ("bin", "tools"):
            (folder / each).mkdir()
        # Those of the machine are not found.
        for each in ("sh", "find", "sort"):
            (folder / "tools" / each).symlink_to(shutil.which(each))
        monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{folder / 'tools'}")

    def add(self, name, daemon=0, pushed=0):
        path = self._folder / "bin" / name
        log, files = self._folder / "log", self._folder / "files"
        path.write_text(_SCRIPT.format(name=name, log=log, files=files, daemon=daemon, pushed=pushed))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def asked(self, verb):
        lines = (self._folder / "log").read_text().splitlines()
        return [line for line in lines if line.split()[1] == verb]

    def files(self):
        return (self._folder / "files").read_text().split()


@pytest.fixture
def builders(tmp_path, monkeypatch):
    return Builders(tmp_path, monkeypatch)


def test_docker_is_asked_first_where_its_daemon_runs(builders, capsys):
    builders.add("docker")
    builders.add("buildah")
    assert main(["image", "build", "nats"]) == OK
    (line,) = builders.asked("build")
    dockerfile = _ROOT / "k8s" / "images" / "nats" / "Dockerfile"
    assert line.startswith(f"docker build -f {dockerfile} -t iomt/nats:{__version__} ")
    assert capsys.readouterr().out == f"nats      iomt/nats:{__version__}  1 MB\n"


def test_without_its_daemon_the_next_one_is_asked(builders):
    builders.add("docker", daemon=1)
    builders.add("buildah")
    assert main(["image", "build", "nats"]) == OK
    assert builders.asked("bud")[0].startswith("buildah bud --format docker --layers -f ")


def test_podman_makes_the_format_that_every_registry_takes(builders):
    builders.add("podman")
    builders.add("buildah")
    assert main(["image", "build", "nats", "--with", "podman"]) == OK
    assert builders.asked("build")[0].startswith("podman build --format docker -f ")


def test_all_images_are_built_in_order_and_pushed_under_the_name_of_the_registry(builders, capsys):
    builders.add("podman")
    assert main(["image", "build", "--push", "registry.site:5000/hall", "--tag", "7"]) == OK
    names = [f"registry.site:5000/hall/iomt/{part}:7" for part in ("device", "analyzer", "nats", "store")]
    assert [line.split()[line.split().index("-t") + 1] for line in builders.asked("build")] == names
    assert builders.asked("push") == [f"podman push {name}" for name in names]
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(f"iomt apply GRAPH --image device={names[0]} --image analyzer={names[1]} ")


def test_what_the_builder_sees_is_what_a_device_needs_and_nothing_of_the_compiler(builders):
    builders.add("docker")
    assert main(["image", "build", "device"]) == OK
    files = builders.files()
    assert {
        "./pyproject.toml",
        "./constraints.txt",
        "./iomt/__init__.py",
        "./iomt/runtime/__main__.py",
    } <= set(files)
    assert {path.split("/")[2] for path in files if path.startswith("./iomt/")} == {
        "__init__.py", "contract", "runtime",
    }  # fmt: skip
    assert not [path for path in files if path.endswith(".pyc")]


def test_the_index_of_torch_is_for_the_analyzer_alone(builders):
    builders.add("docker")
    words = ["--torch-index", "https://wheels.site/cpu", "--python", "3.12", "--build-option=--no-cache"]
    assert main(["image", "build", "device", "analyzer", *words]) == OK
    device, analyzer = (line.partition(" -f ")[0] for line in builders.asked("build"))
    assert device == "docker build --build-arg=PYTHON=3.12 --no-cache"
    assert analyzer == (
        "docker build --build-arg=PYTHON=3.12 --build-arg=TORCH_INDEX=https://wheels.site/cpu --no-cache"
    )


def test_a_machine_without_a_builder_is_told_what_to_install(builders, capsys):
    assert main(["image", "build"]) == MISUSE
    assert capsys.readouterr().err == (
        "iomt image: none of docker, podman, buildah works here\n"
        "  help: install one of docker, podman, buildah; docker needs its daemon running\n"
    )


def test_an_unknown_image_and_a_push_that_fails_end_with_2(builders, capsys):
    builders.add("docker", pushed=3)
    assert main(["image", "build", "broker"]) == MISUSE
    assert "there is no image broker: write device, analyzer, nats, store" in capsys.readouterr().err
    assert main(["image", "build", "nats", "--push", "registry.site"]) == MISUSE
    assert capsys.readouterr().err.endswith("iomt image: docker push ended with exit code 3\n")


@pytest.mark.parametrize("words", [["--tag", "a b"], ["--push", "https://registry.site"], ["--push", ""]])
def test_a_name_that_no_registry_takes_is_misuse(builders, words):
    assert main(["image", "build", "nats", *words]) == MISUSE
