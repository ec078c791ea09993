"""The keys that a graph file may have: one description, for reading, for docs and for a schema."""

from dataclasses import dataclass, field
from typing import Literal

API_VERSION = "iomt.dev/v1"
GRAPH_KIND = "DeviceGraph"
LONGEST_NAME = 40
"""Characters: names become parts of Kubernetes names and bucket names, which have at most 63."""

Type = Literal[
    "text", "name", "choice", "map", "named", "list", "free", "rate", "buffer", "ends", "number", "flag"
]
"""What a value must be. ``named`` is a map from names to maps, ``free`` any map, ``ends`` one or
several ends of links, ``list`` a list of what the key says itself."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key. ``later`` marks a key that a following version will know."""

    name: str
    type: Type
    doc: str
    required: bool = False
    choices: tuple[str, ...] = ()
    shape: "Shape | None" = None
    examples: tuple[str, ...] = ()
    later: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of one map; ``what`` is what people call it."""

    what: str
    keys: tuple[Key, ...]
    by_name: dict[str, Key] = field(init=False, repr=False, compare=False)
    required: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {key.name: key for key in self.keys})
        object.__setattr__(self, "required", tuple(key.name for key in self.keys if key.required))

    @property
    def known(self) -> list[str]:
        """The names that this version knows."""
        return [key.name for key in self.keys if not key.later]


def _later(name: str, doc: str) -> Key:
    return Key(name, "free", doc, later=True)


KINDS = ("MSensor", "MAnalyzer", "MStorage", "MActuator")
KIND_SPELLINGS = {"MAnalyser": "MAnalyzer"}

LINK = Shape(
    "a link",
    (
        Key(
            "from",
            "ends",
            "Where the media comes from.",
            required=True,
            examples=("gate", "gate.frames", "[gate, lobby]"),
        ),
        Key("to", "ends", "Where it goes.", required=True, examples=("wall", "wall.frames")),
        Key(
            "delivery",
            "choice",
            "latest drops the oldest for a slow reader; durable loses nothing. By default what suits it.",
            choices=("latest", "durable"),
        ),
        Key(
            "max_rate",
            "rate",
            "At most this many messages; the others are left out, and counted.",
            examples=("5/s", "6/min"),
        ),
        Key(
            "buffer",
            "buffer",
            "What waits for a slow reader: messages on a latest link, bytes on a durable one.",
            examples=("4", "2Gi"),
        ),
        Key(
            "transport",
            "choice",
            "Over the broker, straight from device to device, or out of a storage's bucket.",
            choices=("nats", "http", "bucket"),
        ),
    ),
)

NODE = Shape(
    "a node",
    (
        Key("kind", "choice", "What it is.", required=True, choices=KINDS),
        Key("device", "text", "A name of the catalogue.", examples=("video-file", "object-lake")),
        Key(
            "model",
            "text",
            "For an MAnalyzer: a Hugging Face id, or a folder relative to the graph file.",
            examples=("hustvl/yolos-tiny", "./models/mine"),
        ),
        Key("revision", "text", "Which version of the model: a branch, tag or commit.", examples=("main",)),
        Key(
            "task",
            "text",
            "What the model does, where its config cannot be read.",
            examples=("object-detection",),
        ),
        Key(
            "options",
            "free",
            "What the device can be told; each device says what it knows.",
            examples=("{threshold: 0.7}",),
        ),
        _later("site", "Where it runs."),
        _later("replicas", "How many of it run."),
        _later("autoscale", "How many of it run, by load."),
        _later("resources", "Processor and memory."),
        _later("gpu", "Graphics processors."),
        _later("each", "One node per item of a list."),
    ),
)

GRAPH = Shape(
    "a graph",
    (
        Key("apiVersion", "choice", "The version of this language.", required=True, choices=(API_VERSION,)),
        Key("kind", "choice", "What the file is.", required=True, choices=(GRAPH_KIND,)),
        Key(
            "metadata",
            "map",
            "What it is called.",
            required=True,
            shape=Shape(
                "metadata",
                (
                    Key(
                        "name",
                        "name",
                        "The graph's name; everything derived begins with it.",
                        required=True,
                        examples=("street",),
                    ),
                ),
            ),
        ),
        Key(
            "spec",
            "map",
            "What there is and how media flows.",
            required=True,
            shape=Shape(
                "spec",
                (
                    Key("nodes", "named", "The media things by name.", required=True, shape=NODE),
                    Key(
                        "links",
                        "list",
                        "How media flows between them.",
                        shape=LINK,
                        examples=('"[gate, lobby] -> lake"',),
                    ),
                    _later("sites", "The places where nodes run."),
                    _later("privacy", "What may leave a site."),
                    _later("templates", "Options that several nodes share."),
                ),
            ),
        ),
    ),
)
