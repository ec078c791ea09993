"""What `iomt graph` draws, in its three formats."""

import shutil
import subprocess
from xml.etree import ElementTree

import pytest

from iomt.budget.flow import Flow
from iomt.cli import main
from iomt.targets.diagram import dot, mermaid, svg
from iomt.targets.diagram.picture import Arrow, Box, Picture, amount, picture
from tests.graphs import GATE, LAKE, LOG, PEOPLE, WALL, check_text, graph_text

_LINKS = ("gate -> lake", "{from: gate, to: people, max_rate: 5/s}", "people -> [log, wall]")
_SVG = "{http://www.w3.org/2000/svg}"


def _resolved(folder, nodes=(GATE, LAKE, PEOPLE, LOG, WALL), links=_LINKS):
    resolved = check_text(folder, graph_text(nodes, links)).resolved
    assert resolved
    return resolved


def _with_rates(resolved):
    flows = [Flow(30.0, 80_000.0), Flow(5.0, 80_000.0), Flow(5.0, None), Flow(None, None)]
    return picture(resolved, flows)


def test_a_mermaid_diagram_names_kinds_by_shapes_and_flows_on_the_arrows(tmp_path):
    assert mermaid.render(_with_rates(_resolved(tmp_path))) == (
        "flowchart LR\n"
        '  n_gate(["gate<br/>usb-camera"])\n'
        '  n_lake[("lake<br/>object-lake")]\n'
        '  n_people{{"people<br/>hustvl/yolos-tiny"}}\n'
        '  n_log[("log<br/>result-log")]\n'
        '  n_wall[/"wall<br/>monitor"/]\n'
        '  n_gate -->|"image/jpeg<br/>30/s, 2.4 MB/s"| n_lake\n'
        '  n_gate -.->|"image/jpeg<br/>5/s, 400 kB/s"| n_people\n'
        '  n_people -->|"detections<br/>5/s"| n_log\n'
        '  n_people -.->|"detections"| n_wall\n'
    )


def test_a_dot_file_says_the_same(tmp_path):
    assert dot.render(_with_rates(_resolved(tmp_path))) == (
        'digraph "street" {\n'
        "  graph [rankdir=LR, ranksep=0.8, fontname=Helvetica]\n"
        "  node [fontname=Helvetica, fontsize=12, height=0.6]\n"
        "  edge [fontname=Helvetica, fontsize=10]\n"
        '  "gate" [label="gate\\nusb-camera", shape=box, style=rounded]\n'
        '  "lake" [label="lake\\nobject-lake", shape=cylinder]\n'
        '  "people" [label="people\\nhustvl/yolos-tiny", shape=hexagon]\n'
        '  "log" [label="log\\nresult-log", shape=cylinder]\n'
        '  "wall" [label="wall\\nmonitor", shape=parallelogram]\n'
        '  "gate" -> "lake" [label="image/jpeg\\n30/s, 2.4 MB/s", style=solid]\n'
        '  "gate" -> "people" [label="image/jpeg\\n5/s, 400 kB/s", style=dashed]\n'
        '  "people" -> "log" [label="detections\\n5/s", style=solid]\n'
        '  "people" -> "wall" [label="detections", style=dashed]\n'
        "}\n"
    )


_AWKWARD = Picture(
    'a "b" \\N <c>&\n',
    (
        Box('"quoted"\\', "MSensor", "<b>&amp;\\n", 'site "one"'),
        Box("many", "MAnalyzer", "m" * 300, None, 50),
        Box("日本語-\x00\ud800", "MStorage", "ø", 'site "one"'),
    ),
    (
        Arrow('"quoted"\\', "many", "latest", "<&>", "1/s"),
        Arrow("many", "日本語-\x00\ud800", "durable", '"', "", 50),
    ),
    ('site "one"',),
)


def _reads(program: str, text: str) -> str:
    done = subprocess.run([program, "-Tplain"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.skipif(not shutil.which("dot"), reason="graphviz is not installed")
def test_graphviz_reads_what_is_written_for_it(tmp_path):
    plain = _reads("dot", dot.render(_with_rates(_resolved(tmp_path))))
    assert len([line for line in plain.splitlines() if line.startswith("node ")]) == 5
    assert len([line for line in plain.splitlines() if line.startswith("edge ")]) == 4
    held_by_utf8 = dot.render(_AWKWARD).replace("\ud800", "").replace("\x00", "")
    assert len([line for line in _reads("dot", held_by_utf8).splitlines() if line.startswith("edge ")]) == 2


def test_an_svg_has_a_box_for_every_node_and_a_line_for_every_link_in_the_style_of_its_delivery(tmp_path):
    root = ElementTree.fromstring(svg.render(_with_rates(_resolved(tmp_path))))
    groups = [each.get("class", "").split() for each in root.iter(f"{_SVG}g")]
    assert sorted(each[1] for each in groups if each[:1] == ["box"]) == [
        "actuator", "analyzer", "sensor", "storage", "storage",
    ]  # fmt: skip
    titles = [
        each.findtext(f"{_SVG}title") for each in root.iter(f"{_SVG}g") if "link" in each.get("class", "")
    ]
    assert [each for each in titles if each] == [
        "gate to lake: image/jpeg (30/s, 2.4 MB/s), durable",
        "gate to people: image/jpeg (5/s, 400 kB/s), latest",
        "people to log: detections (5/s), durable",
        "people to wall: detections, latest",
    ]
    assert root.findtext(f"{_SVG}desc").startswith("gate: sensor usb-camera; lake: storage object-lake;")


def test_names_that_xml_cannot_hold_are_escaped_or_left_out():
    root = ElementTree.fromstring(svg.render(_AWKWARD))
    assert root.findtext(f"{_SVG}title") == 'a "b" \\N <c>&\n'
    texts = [each.text for each in root.iter(f"{_SVG}text")]
    assert "many × 50" in texts
    assert "日本語-" in texts
    assert "<&>" in texts
    assert next(each for each in texts if each.startswith("mmm") and "…" in each)


def test_an_svg_has_both_light_and_dark_colours(tmp_path):
    assert "@media (prefers-color-scheme:dark)" in svg.render(picture(_resolved(tmp_path)))


def _cameras(count):
    return [f"cam-{number}: {{kind: MSensor, device: usb-camera}}" for number in range(count)]


def _of_one_entry(resolved, prefix):
    """As the reader leaves nodes that came of one entry with `each`."""

    def moved(node):
        inner = node.node._replace(entry=prefix) if node.name.startswith(prefix) else node.node
        return node._replace(node=inner)

    nodes = {name: moved(node) for name, node in resolved.nodes.items()}
    links = tuple(
        link._replace(source=nodes[link.source.name], target=nodes[link.target.name])
        for link in resolved.links
    )
    return resolved._replace(nodes=nodes, links=links)


@pytest.mark.parametrize(("count", "boxes"), [(6, 7), (7, 2)])
def test_more_than_six_nodes_of_one_entry_are_one_box_with_their_count(tmp_path, count, boxes):
    links = [f"cam-{number} -> lake" for number in range(count)]
    resolved = _of_one_entry(_resolved(tmp_path, [*_cameras(count), LAKE], links), "cam")
    drawn = picture(resolved, [Flow(10.0, 1000.0)] * count)
    assert len(drawn.boxes) == boxes
    if boxes == 2:
        assert drawn.boxes[0].name == "cam × 7"
        (arrow,) = drawn.arrows
        assert (arrow.count, arrow.amount) == (7, "70/s, 70 kB/s")


def test_a_group_whose_name_is_taken_or_that_is_linked_within_is_drawn_one_by_one(tmp_path):
    named = [*_cameras(7), LAKE.replace("lake:", "cam:")]
    resolved = _resolved(tmp_path, named, [f"cam-{number} -> cam" for number in range(7)])
    assert len(picture(_of_one_entry(resolved, "cam-")).boxes) == 2
    assert len(picture(_of_one_entry(resolved, "cam")).boxes) == 8


def test_a_rate_that_one_of_the_group_does_not_know_is_not_told(tmp_path):
    links = [f"cam-{number} -> lake" for number in range(7)]
    resolved = _of_one_entry(_resolved(tmp_path, [*_cameras(7), LAKE], links), "cam")
    assert picture(resolved, [Flow(10.0, 1.0)] * 6 + [Flow()]).arrows[0].amount == ""


def test_sites_are_frames_around_their_nodes():
    boxes = (Box("a", "MSensor", "x", "yard"), Box("b", "MStorage", "y"))
    drawn = Picture("two", boxes, (Arrow("a", "b", "durable", "image/jpeg"),), ("yard",))
    assert '  subgraph s0["yard"]\n    n_a(["a<br/>x"])\n  end\n' in mermaid.render(drawn)
    assert '  subgraph cluster_0 {\n    label="yard"\n    "a" [' in dot.render(drawn)
    root = ElementTree.fromstring(svg.render(drawn))
    assert [each.get("class") for each in root.iter(f"{_SVG}rect")] == ["ground", "site"]


@pytest.mark.parametrize(
    ("flow", "text"),
    [
        (Flow(), ""),
        (Flow(None, 10.0), ""),
        (Flow(29.97, 80_000.0), "30/s, 2.4 MB/s"),
        (Flow(0.2, 1000.0), "12/min, 200 B/s"),
        (Flow(0.001, None), "3.6/h"),
        (Flow(1.0, 999.7), "1/s, 1 kB/s"),
        (Flow(2.5, 4e12), "2.5/s, 10 TB/s"),
    ],
)
def test_rates_are_written_as_people_say_them(flow, text):
    assert amount(flow) == text


def _graph(folder):
    path = folder / "graph.yaml"
    path.write_text(graph_text([GATE, LAKE], ["gate -> lake"]))
    return str(path)


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ([], "flowchart LR\n"),
        (["--format", "dot"], "digraph "),
        (["--format", "svg"], "<svg "),
    ],
)
def test_the_format_is_mermaid_unless_it_is_named(tmp_path, capfdbinary, words, begins):
    assert main(["graph", _graph(tmp_path), *words]) == 0
    assert capfdbinary.readouterr().out.decode().startswith(begins)


@pytest.mark.parametrize(
    ("name", "begins"), [("a.svg", "<svg "), ("a.gv", "digraph "), ("a.txt", "flowchart")]
)
def test_the_name_of_the_file_names_the_format(tmp_path, name, begins):
    assert main(["graph", _graph(tmp_path), "--output", str(tmp_path / name)]) == 0
    assert (tmp_path / name).read_text().startswith(begins)


def test_a_file_that_cannot_be_written_is_said_in_a_line(tmp_path, capsys):
    assert main(["graph", _graph(tmp_path), "-o", str(tmp_path / "away" / "a.svg")]) == 2
    told = capsys.readouterr().err
    assert told.startswith("iomt graph: ")
    assert told.count("\n") == 1
    assert "No such file or directory" in told
