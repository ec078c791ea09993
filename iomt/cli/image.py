"""`iomt image build`: the images that a graph's pods run."""

import argparse
import re
import sys

from iomt import __version__
from iomt.cli import OK
from iomt.cli.saying_no import misuse, say_no
from iomt.local.images import BUILDERS, Build, Builder, BuildFailed, NoBuilder, builder
from iomt.targets.kubernetes.choices import PARTS

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_REGISTRY = re.compile(r"[a-z0-9][a-z0-9.:_/-]*[a-z0-9]")


def add(parser: argparse.ArgumentParser) -> None:
    """Which images, what they are called, and where they go."""
    parser.add_argument("what", choices=("build",), help="build: make images on this machine")
    parser.add_argument(
        "parts", metavar="PART", nargs="*", help=f"which of {', '.join(PARTS)}; all without one"
    )
    parser.add_argument(
        "--tag", metavar="TAG", type=_tag, default=__version__, help=f"their tag; without it {__version__}"
    )
    parser.add_argument(
        "--push", metavar="REGISTRY", type=_registry, help="name them REGISTRY/iomt/PART:TAG and push them"
    )
    parser.add_argument(
        "--with", dest="builder", choices=BUILDERS, default="", help="not the first of these that works here"
    )
    parser.add_argument(
        "--torch-index",
        metavar="URL",
        default="",
        help="PyTorch's index of wheels, for the analyzer: without it pip's own, which have CUDA in them",
    )
    parser.add_argument(
        "--python", metavar="VERSION", default="", help="of the base image python:VERSION-slim"
    )
    parser.add_argument(
        "--build-option",
        metavar="WORD",
        action="append",
        default=[],
        help="a word for the builder as it is, as --build-option=--no-cache",
    )


def run(arguments: argparse.Namespace) -> int:
    """0: built, and pushed where that was asked for; 2: not."""
    if unknown := [each for each in arguments.parts if each not in PARTS]:
        return misuse("image", f"there is no image {unknown[0]}: write {', '.join(PARTS)}")
    try:
        program = builder(arguments.builder)
    except NoBuilder as error:
        say_no(str(error), f"install one of {', '.join(BUILDERS)}; docker needs its daemon running", "image")
        return 2
    made = [_build(arguments, part) for part in arguments.parts or PARTS]
    try:
        sizes = [_make(program, each, push=bool(arguments.push)) for each in made]
    except BuildFailed as error:
        return misuse("image", str(error))
    for each, size in zip(made, sizes, strict=True):
        print(f"{each.part:<9} {each.reference}  {size}")
    if arguments.push or arguments.tag != __version__:
        print("\niomt apply GRAPH " + " ".join(f"--image {each.part}={each.reference}" for each in made))
    return OK


def _build(arguments: argparse.Namespace, part: str) -> Build:
    told = {"PYTHON": arguments.python}
    if part == "analyzer":
        told["TORCH_INDEX"] = arguments.torch_index
    name = f"iomt/{part}:{arguments.tag}"
    return Build(
        part,
        f"{arguments.push}/{name}" if arguments.push else name,
        {key: value for key, value in told.items() if value},
        arguments.build_option,
    )


def _make(program: Builder, wanted: Build, *, push: bool) -> str:
    sys.stderr.write(f"iomt image: {wanted.reference} with {program.program}\n")
    program.build(wanted)
    if push:
        program.push(wanted.reference)
    return program.size(wanted.reference)


def _tag(text: str) -> str:
    if not _TAG.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no tag: letters, digits, and _ . - after the first")
    return text


def _registry(text: str) -> str:
    if not _REGISTRY.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no registry like HOST:PORT or HOST/FOLDER, without https://"
        )
    return text
