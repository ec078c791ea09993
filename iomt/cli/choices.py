"""The arguments that say where and from which images a graph runs: those of `compile`, `apply` and others."""

import argparse
import re
import sys
from typing import TYPE_CHECKING, cast

from iomt.cli import MISUSE
from iomt.cli.around import asked
from iomt.contract.quantity import BadQuantity, seconds
from iomt.language.keys import KINDS

if TYPE_CHECKING:
    from iomt.targets.kubernetes.choices import Choices, ModelsKept, Visitors

_NAMESPACE = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_OBJECT_NAME, _LONGEST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?"), 253
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
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
    """Namespace, platform, images, volumes, version of Kubernetes."""
    from iomt.targets.kubernetes.choices import VERSIONS

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
    parser.add_argument(
        "--kube",
        metavar="VERSION",
        choices=VERSIONS,
        default=VERSIONS[-1],
        help=f"the version of Kubernetes, {VERSIONS[0]} to {VERSIONS[-1]}; the newest without it",
    )
    parser.add_argument(
        "--pull-secret",
        metavar="SECRET",
        type=_object_name,
        action="append",
        default=[],
        help="a Secret of the namespace with which images are pulled",
    )
    parser.add_argument(
        "--priority-class",
        metavar="[KIND=]NAME",
        type=_priority,
        action="append",
        default=[],
        help="the PriorityClass of all pods, or of MSensor, MAnalyzer, MStorage, MActuator or platform",
    )
    parser.add_argument(
        "--models",
        metavar="WHERE",
        type=_models,
        help="where models of the hub are: volume[=SIZE] (default, 20Gi) of one machine, shared[=SIZE] of "
        "several, claim=NAME or image=IMAGE that has them, or pod: each pod fetches its own",
    )
    parser.add_argument("--hub", metavar="URL", type=_url, help="where models come from, if not Hugging Face")
    parser.add_argument(
        "--keda",
        metavar="N",
        type=_keda,
        default="keda",
        help="the namespace of KEDA, which scales by lag and age; keda without it; none: there is no KEDA",
    )
    parser.add_argument(
        "--prometheus", metavar="URL", type=_url, help="the Prometheus that KEDA asks for the age of messages"
    )
    parser.add_argument(
        "--with",
        dest="around",
        metavar="PART[=VALUE]",
        type=asked,
        action="append",
        default=[],
        help="what else is made: ingress=HOST, route=HOST,gateway=NAME, podmonitor, alerts, dashboard, "
        "signatures=KEY_FILE, canary=NODE (docs/cluster.md)",
    )


def choices_of(arguments: argparse.Namespace) -> "Choices":
    """What was chosen on the command line."""
    from iomt.targets.kubernetes.choices import Choices, Models

    if arguments.store == "silo" and "store" not in dict(arguments.image):
        sys.stderr.write("iomt: --store silo has no image of ours: name yours with --image store=IMAGE\n")
        raise SystemExit(MISUSE)
    kept, value = arguments.models or (None, "")
    return Choices(
        namespace=arguments.namespace or "",
        platform=arguments.platform,
        images=dict(arguments.image),
        volume=arguments.volume,
        servers=arguments.servers,
        visitors=arguments.pages_from,
        store=arguments.store,
        priorities=dict(arguments.priority_class),
        pull_secrets=tuple(arguments.pull_secret),
        kube=arguments.kube,
        models=Models(kept, value, arguments.hub or ""),
        keda=arguments.keda,
        prometheus=arguments.prometheus or "",
        around=tuple(arguments.around),
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


def _object_name(text: str) -> str:
    if len(text) > _LONGEST_NAME or not _OBJECT_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of an object of Kubernetes")
    return text


def _priority(text: str) -> tuple[str, str]:
    from iomt.targets.kubernetes.choices import PLATFORM_KIND

    kind, _, name = text.rpartition("=")
    kinds = (*KINDS, PLATFORM_KIND)
    if kind and kind not in kinds:
        raise argparse.ArgumentTypeError(f"{text!r} is not KIND=NAME with a kind of {', '.join(kinds)}")
    return kind, _object_name(name)


def _volume(text: str) -> str:
    if text == "none":
        return ""
    if not _SIZE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no size like 500Mi, 10Gi or 1Ti, and not none")
    return text


def _models(text: str) -> tuple["ModelsKept", str]:
    kept, _, value = text.partition("=")
    fits: dict[str, object] = {
        "volume": not value or _SIZE.fullmatch(value),
        "shared": not value or _SIZE.fullmatch(value),
        "claim": _NAMESPACE.fullmatch(value),
        "image": value and not any(map(str.isspace, value)),
        "pod": not value,
    }
    if not fits.get(kept) or text.endswith("="):
        known = "volume, volume=20Gi, shared, shared=20Gi, claim=NAME, image=IMAGE and pod"
        raise argparse.ArgumentTypeError(f"{text!r} is none of {known}")
    return cast("ModelsKept", kept), value


def _keda(text: str) -> str:
    return "" if text == "none" else _namespace(text)


def _url(text: str) -> str:
    if not _URL.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no URL like https://hub.example.org:443")
    return text.rstrip("/")
