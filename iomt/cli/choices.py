"""The arguments that say where and from which images a graph runs: those of `compile`, `apply` and others."""

import argparse
import re
import sys
from typing import TYPE_CHECKING

from iomt.cli import MISUSE
from iomt.contract.quantity import BadQuantity, seconds

if TYPE_CHECKING:
    from iomt.targets.kubernetes.choices import Choices, Visitors

_NAMESPACE = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SIZE = re.compile(r"[1-9][0-9]*(Mi|Gi|Ti)")


def add_context(parser: argparse.ArgumentParser) -> None:
    """Which cluster."""
    parser.add_argument(
        "--context", metavar="C", help="a context of the kubeconfig; without it the current one"
    )


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """Which cluster, and how long it may take."""
    add_context(parser)
    parser.add_argument(
        "--timeout", metavar="TIME", type=_duration, default=300.0, help="how long to wait; without it 5m"
    )


def add_namespace(parser: argparse.ArgumentParser) -> None:
    """Where the objects live."""
    parser.add_argument(
        "--namespace", metavar="N", type=_namespace, help="the namespace; without it the graph's name"
    )


def add_choices(parser: argparse.ArgumentParser) -> None:
    """Namespace, platform, images, volumes."""
    add_namespace(parser)
    parser.add_argument(
        "--platform",
        choices=("embedded", "external"),
        default="embedded",
        help="embedded (default): broker and object store come with the graph; external: they are there",
    )
    parser.add_argument(
        "--image",
        metavar="PART=IMAGE",
        type=_image,
        action="append",
        default=[],
        help="an image of your own for one of the parts device, analyzer, nats, store",
    )
    parser.add_argument(
        "--volume",
        metavar="SIZE",
        type=_volume,
        default="10Gi",
        help="what broker and store keep their data in, 10Gi each without it; none: gone with their pods",
    )
    parser.add_argument(
        "--servers",
        metavar="N",
        type=int,
        choices=(1, 2, 3),
        default=1,
        help="servers of the broker, each with every stream: 1 (default), 2 or 3; with 3 one may be away",
    )
    parser.add_argument(
        "--store",
        choices=("juicefs", "silo"),
        default="juicefs",
        help="the object store: JuiceFS's gateway (default); silo: a fork of MinIO, with --image store=IMAGE",
    )
    parser.add_argument(
        "--pages-from",
        metavar="NAMESPACE[:LABEL=VALUE,...]",
        type=_visitors,
        help="pods that may open pages, an Ingress controller's for example; without it all of the cluster",
    )


def choices_of(arguments: argparse.Namespace) -> "Choices":
    """What was chosen on the command line."""
    from iomt.targets.kubernetes.choices import Choices

    if arguments.store == "silo" and "store" not in dict(arguments.image):
        sys.stderr.write("iomt: --store silo has no image of ours: name yours with --image store=IMAGE\n")
        raise SystemExit(MISUSE)
    return Choices(
        arguments.namespace or "",
        arguments.platform,
        dict(arguments.image),
        arguments.volume,
        servers=arguments.servers,
        visitors=arguments.pages_from,
        store=arguments.store,
    )


def _duration(text: str) -> float:
    try:
        return seconds(text)
    except BadQuantity as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _namespace(text: str) -> str:
    if not _NAMESPACE.fullmatch(text) or text.startswith("kube-"):
        raise argparse.ArgumentTypeError(f"{text!r} is no name for a namespace of yours")
    return text


def _image(text: str) -> tuple[str, str]:
    from iomt.targets.kubernetes.choices import PARTS

    part, _, image = text.partition("=")
    if part not in PARTS or not image or any(map(str.isspace, image)):
        raise argparse.ArgumentTypeError(f"{text!r} is not PART=IMAGE with a part of {', '.join(PARTS)}")
    return part, image


def _visitors(text: str) -> "Visitors":
    from iomt.targets.kubernetes.choices import Visitors

    namespace, colon, written = text.partition(":")
    pairs = [each.partition("=") for each in written.split(",")] if colon else []
    if not _NAME.fullmatch(namespace) or not all(key and value for key, _, value in pairs):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAMESPACE or NAMESPACE:LABEL=VALUE,LABEL=VALUE")
    return Visitors(namespace, {key: value for key, _, value in pairs})


def _volume(text: str) -> str:
    if text == "none":
        return ""
    if not _SIZE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no size like 500Mi, 10Gi or 1Ti, and not none")
    return text
