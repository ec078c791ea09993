"""The keys that a device declaration may have, described as those of a graph are."""

from iomt.language.keys import API_VERSION, KINDS
from iomt.language.shape import Key, Shape

INPUT = Shape(
    "an input port",
    (
        Key(
            "media",
            "list",
            "The media types it takes; * stands for any.",
            required=True,
            examples=("[image/jpeg]",),
        ),
        Key("delivery", "choice", "What links that end here are by default.", choices=("latest", "durable")),
    ),
)

OUTPUT = Shape(
    "an output port",
    (
        Key("media", "list", "The media type it gives.", required=True, examples=("[image/jpeg]",)),
        Key("like", "text", "The input port whose media it repeats."),
    ),
)

MODEL_INPUT = Shape(
    "what a model takes",
    (
        Key("width", "number", "Pixels."),
        Key("height", "number", "Pixels."),
        Key("sample_rate", "number", "Samples per second."),
    ),
)

WEIGHTS = Shape(
    "a model's weights",
    (
        Key("bytes", "number", "Their size."),
        Key("format", "choice", "How they are kept.", choices=("safetensors", "pickle")),
    ),
)

SPEC = Shape(
    "spec",
    (
        Key("summary", "text", "What it is, in one line.", required=True, examples=("A network camera.",)),
        Key(
            "runtime",
            "text",
            "The Python class that runs, module:Class; what suits the task without it.",
            examples=("mine.cameras:Mine",),
        ),
        Key("accepts", "named", "Input ports by name.", shape=INPUT),
        Key("produces", "named", "Output ports by name.", shape=OUTPUT),
        Key("options", "free", "A JSON Schema of its options."),
        Key("paths", "list", "The options that name files beside the graph."),
        Key("listens", "text", "The option with a TCP port that the user opens."),
        Key("needs", "list", "What it needs beyond the broker.", choices=("store",)),
        Key("model", "text", "For an analyzer: a Hugging Face id, or a folder relative to this file."),
        Key("revision", "text", "Which version of the model: a commit, tag or branch."),
        Key("task", "text", "For an analyzer: what its model does."),
        Key("labels", "list", "The labels that its model knows."),
        Key("licence", "text", "The model's licence.", examples=("apache-2.0",)),
        Key("input", "map", "What the model makes of its input.", shape=MODEL_INPUT),
        Key("weights", "map", "Size and kind of the model's weights.", shape=WEIGHTS),
        Key("custom_code", "flag", "Whether the model comes with a program of its own."),
        Key("profile", "free", "Measured seconds and memory."),
    ),
)

DECLARATION = Shape(
    "a device declaration",
    (
        Key("apiVersion", "choice", "The version of this language.", required=True, choices=(API_VERSION,)),
        Key("kind", "choice", "What it declares.", required=True, choices=KINDS),
        Key(
            "metadata",
            "map",
            "Its name, which is that of the file.",
            required=True,
            shape=Shape(
                "metadata",
                (Key("name", "name", "The device's name.", required=True, examples=("my-camera",)),),
            ),
        ),
        Key("spec", "map", "What it takes, gives and can be told.", required=True, shape=SPEC),
    ),
)
