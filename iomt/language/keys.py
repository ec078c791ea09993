"""The keys that a graph file may have: one description, for reading, for docs and for a schema."""

from iomt.language.place_keys import PLACEMENT, SITE
from iomt.language.shape import Key, Shape

API_VERSION = "iomt.dev/v1"
GRAPH_KIND = "DeviceGraph"
LONGEST_NAME = 40
"""Characters: names become parts of Kubernetes names and bucket names, which have at most 63."""

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
        Key(
            "latency",
            "duration",
            "A promise: no later than this after its capture, a message is there.",
            examples=("500ms",),
        ),
    ),
)

_OPTIONS = Key(
    "options",
    "free",
    "What the device can be told; each device says what it knows.",
    examples=("{threshold: 0.7}",),
)
_WHAT = (
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
)

NODE = Shape(
    "a node",
    (
        Key("kind", "choice", "What it is.", required=True, choices=KINDS),
        *_WHAT,
        Key(
            "each",
            "each",
            "One node for each item: a list of words or maps, a range, or a map from words to options.",
            examples=("[north, south]", "1..50", '{north: {url: "rtsp://10.0.0.12/1"}, south: {}}'),
        ),
        *PLACEMENT,
        _OPTIONS,
    ),
)

TEMPLATE = Shape("a template", (*_WHAT, *PLACEMENT, _OPTIONS))

_PART = Shape("a node", tuple(key._replace(required=False) for key in NODE.keys))

PROFILE = Shape(
    "a profile",
    (
        Key("sites", "free", "Sites that are other ones, or have other things.", shape=SITE),
        Key("privacy", "choice", "site: media of people must not leave its site.", choices=("site",)),
        Key("templates", "free", "Templates that are other ones.", shape=TEMPLATE),
        Key("nodes", "free", "Nodes that are other ones: key by key, and null for none.", shape=_PART),
        Key("links", "list", "Links that come to the others, or replace those with equal ends.", shape=LINK),
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
                    Key(
                        "sites",
                        "named",
                        "The places where nodes run, and what there is.",
                        shape=SITE,
                        examples=("{hall: {cores: 4, memory: 8Gi}}",),
                    ),
                    Key(
                        "privacy",
                        "choice",
                        "site: media of people must not leave its site.",
                        choices=("site",),
                    ),
                    Key(
                        "templates",
                        "kinds",
                        "What nodes of a kind, or with a device, have where they say nothing.",
                        shape=TEMPLATE,
                        examples=("{MSensor: {site: hall}}",),
                    ),
                    Key("nodes", "named", "The media things by name.", required=True, shape=NODE),
                    Key(
                        "links",
                        "list",
                        "How media flows between them.",
                        shape=LINK,
                        examples=('"[gate, lobby] -> lake"',),
                    ),
                    Key(
                        "profiles",
                        "named",
                        "What is other for one purpose, by name: laid on the graph where it is asked for.",
                        shape=PROFILE,
                        examples=("{dev: {nodes: {wall: null}}}",),
                    ),
                ),
            ),
        ),
    ),
)
