"""The keys that say where a node runs, how often, and with what."""

from iomt.language.shape import Key, Shape

SITE = Shape(
    "a site",
    (
        Key("cores", "cores", "Processor cores that nodes may use there.", examples=("4", "500m")),
        Key("memory", "size", "Memory that nodes may use there.", examples=("8Gi",)),
        Key("gpus", "count", "Graphics processors there; 0 says that it has none.", examples=("1",), least=0),
        Key("uplink", "bandwidth", "What may leave the site.", examples=("20Mbit/s", "2.5MB/s")),
        Key("selector", "labels", "Labels of the machines that belong to it.", examples=("{zone: hall}",)),
        Key(
            "prefers",
            "labels",
            "Labels of those among them that its nodes run on rather.",
            examples=("{disk: ssd}",),
        ),
        Key(
            "taints",
            "labels",
            "Taints of the machines, which its nodes do not mind.",
            examples=("{dedicated: cameras}",),
        ),
        Key(
            "devices",
            "labels",
            "Device files of the machines, and what Kubernetes counts them as.",
            examples=("{/dev/video0: smarter-devices/video0}",),
        ),
    ),
)

LIMITS = Shape(
    "limits",
    (
        Key("cpu", "cores", "Cores that one replica may use at most.", examples=("2", "1500m")),
        Key("memory", "size", "Memory that one replica may use at most.", examples=("1Gi",)),
    ),
)

RESOURCES = Shape(
    "resources",
    (
        Key("cpu", "cores", "Cores that one replica asks for.", examples=("500m", "2")),
        Key("memory", "size", "Memory that one replica asks for.", examples=("512Mi",)),
        Key("limits", "map", "What one replica may use at most.", shape=LIMITS),
    ),
)

AUTOSCALE = Shape(
    "autoscale",
    (
        Key(
            "min",
            "count",
            "At least this many replicas; 0: none while nothing waits.",
            required=True,
            examples=("1",),
            least=0,
        ),
        Key("max", "count", "At most this many replicas.", required=True, examples=("4",)),
        Key("lag", "count", "Messages that may wait for each replica.", examples=("20",)),
        Key("cpu", "share", "How busy the cores that it asks for may be.", examples=("70%",)),
        Key("age", "duration", "How old a message may be when it is taken.", examples=("2s",)),
    ),
)
TARGETS = ("lag", "cpu", "age")
"""What replicas can be counted by: one of these keys."""

GPU = Shape(
    "gpu",
    (
        Key("count", "count", "Graphics processors of one replica.", required=True, examples=("1",)),
        Key(
            "resource",
            "text",
            "What Kubernetes counts them as; nvidia.com/gpu without it.",
            examples=("amd.com/gpu",),
        ),
    ),
)

PLACEMENT = (
    Key("site", "text", "Where it runs: one of spec.sites.", examples=("hall",)),
    Key("replicas", "count", "How many of it run.", examples=("2",)),
    Key(
        "autoscale",
        "map",
        "How many of it run, by what waits for it.",
        shape=AUTOSCALE,
        examples=("{min: 1, max: 4, lag: 20}",),
    ),
    Key(
        "resources",
        "map",
        "Processor and memory of one replica.",
        shape=RESOURCES,
        examples=("{cpu: 500m, memory: 512Mi}",),
    ),
    Key("gpu", "count-or-map", "Graphics processors of one replica.", shape=GPU, examples=("1",)),
)
PLACED = tuple(key.name for key in PLACEMENT)
"""Those of a node that say how it runs."""
"""Keys of a node."""
