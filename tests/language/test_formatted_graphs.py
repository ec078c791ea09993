"""`iomt fmt` of graphs that say all that the language knows: the same graph, and a fixed point."""

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iomt.diagnostics.finding import Span
from iomt.language.comments import read_comments
from iomt.language.formatted import formatted
from iomt.language.parse import parse
from iomt.language.reader import read_document
from iomt.language.source import SourceText

_NAMES = st.sampled_from(["gate", "north", "no", "on", "null-1", "x1", "a-b"])
_ITEMS = (
    st.lists(_NAMES, min_size=1, max_size=3, unique=True)
    | st.just("1..3")
    | st.just({"from": 1, "to": 2})
    | st.dictionaries(_NAMES, st.just({"quality": 70}) | st.none() | st.just({}), min_size=1, max_size=3)
    | st.lists(_NAMES, min_size=1, max_size=2, unique=True).map(
        lambda names: [{"name": name, "host": f"10.0.0.{n}", "loop": True} for n, name in enumerate(names)]
    )
)
_OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "url": st.sampled_from(
            ["rtsp://10.0.0.1/{item}", "{item.host}", {"secret": "gate/url"}, "a: b # c", ""]
        ),
        "quality": st.sampled_from([70, "70", 0.5, "1e3", None, "{item}"]),
        "run": st.lists(st.sampled_from(["sh", "-c", "echo '#'\n\nexit 0\n", "no", "~"]), max_size=3),
    },
)
_RESOURCES = st.fixed_dictionaries(
    {},
    optional={
        "cpu": st.sampled_from(["500m", 1, 0.5]),
        "memory": st.just("1Gi"),
        "limits": st.sampled_from([{"cpu": 2}, {"cpu": 2, "memory": "2Gi"}, {}]),
    },
)
_NODE = st.fixed_dictionaries(
    {"kind": st.just("MSensor"), "device": st.sampled_from(["rtsp-camera", "usb-camera"])},
    optional={
        "each": _ITEMS,
        "site": st.sampled_from(["hall", "{item}"]),
        "replicas": st.integers(1, 3),
        "autoscale": st.sampled_from([{"min": 1, "max": 4, "cpu": "70%"}, {"min": 1, "max": 2, "lag": 5}]),
        "resources": _RESOURCES,
        "gpu": st.sampled_from([1, {"count": 2, "resource": "amd.com/gpu"}]),
        "options": _OPTIONS,
    },
)
_LINK = st.sampled_from(["gate -> north", "[gate, no] -> x1.frames", "gate->on"]) | st.fixed_dictionaries(
    {"from": _NAMES | st.lists(_NAMES, min_size=1, max_size=2), "to": _NAMES},
    optional={
        "latency": st.just("2s"),
        "max_rate": st.just("5/s"),
        "buffer": st.sampled_from([3, "512Mi"]),
        "delivery": st.sampled_from(["latest", "durable"]),
        "transport": st.sampled_from(["nats", "http", "bucket"]),
    },
)
_SPEC = st.fixed_dictionaries(
    {"nodes": st.dictionaries(_NAMES, _NODE, min_size=1, max_size=3), "links": st.lists(_LINK, max_size=3)},
    optional={
        "privacy": st.just("site"),
        "sites": st.just(
            {
                "hall": {
                    "cores": 4,
                    "memory": "8Gi",
                    "gpus": 1,
                    "uplink": "20Mbit/s",
                    "selector": {"zone": "a"},
                }
            }
        ),
        "templates": st.dictionaries(
            st.sampled_from(["MSensor", "rtsp-camera"]),
            st.fixed_dictionaries({}, optional={"options": _OPTIONS, "resources": _RESOURCES}),
            max_size=2,
        ),
    },
)
_PLACES = ("span", "spans", "_span", "_spans", "written", "item", "document", "text", "offset", "length")


def _document(text):
    document, findings = read_document(SourceText("graph.yaml", text))
    assert document is not None, text
    assert not findings, text
    return document


def _without_places(value):
    if isinstance(value, Span):
        return None
    if hasattr(value, "_asdict"):
        return {
            name: _without_places(inner)
            for name, inner in value._asdict().items()
            if not name.endswith(_PLACES)
        }
    if isinstance(value, dict):
        return {name: _without_places(inner) for name, inner in value.items()}
    return [_without_places(each) for each in value] if isinstance(value, list | tuple) else value


def _meaning(text):
    graph, findings = parse(_document(text))
    return repr(_without_places(graph)), sorted((each.rule, each.message) for each in findings)


@settings(max_examples=30, deadline=None)
@given(
    spec=_SPEC,
    flow=st.sampled_from([None, False, True]),
    width=st.just(10_000),
    every=st.integers(1, 5),
)
def test_a_graph_with_every_key_reads_to_an_equal_graph_and_is_a_fixed_point(spec, flow, width, every):
    whole = {"spec": spec, "kind": "DeviceGraph", "metadata": {"name": "hall"}, "apiVersion": "iomt.dev/v1"}
    text = yaml.dump(whole, default_flow_style=flow, width=width, sort_keys=False)
    lines = text.split("\n")
    commented = "\n".join(
        f"# c{number}\n{line}" if number % every == 0 and line and not _goes_on(lines, number) else line
        for number, line in enumerate(lines)
    )
    after = formatted(_document(commented))
    assert _meaning(after) == _meaning(commented)
    assert formatted(_document(after)) == after
    told = [
        [each.text for each in read_comments(SourceText("graph.yaml", each))] for each in (commented, after)
    ]
    assert sorted(told[0]) == sorted(told[1])


def _goes_on(lines, number):
    """Whether a text that began on an earlier line may still be open here."""
    return not lines[number].lstrip().startswith("- ") and ":" not in lines[number]
