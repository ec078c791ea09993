"""Graphs for tests of the front end."""

from textwrap import indent

from iomt.checks import check
from iomt.diagnostics.text import render

HEAD = "apiVersion: iomt.dev/v1\nkind: DeviceGraph\nmetadata: {name: street}\nspec:\n"
GATE = "gate: {kind: MSensor, device: usb-camera}"
CAMERA = 'gate: {kind: MSensor, device: rtsp-camera, options: {url: "rtsp://10.0.0.12/1"}}'
LAKE = "lake: {kind: MStorage, device: object-lake}"
WALL = "wall: {kind: MActuator, device: monitor}"
LOG = "log: {kind: MStorage, device: result-log}"
PEOPLE = "people: {kind: MAnalyzer, model: hustvl/yolos-tiny, revision: v1, task: object-detection}"


def graph_text(nodes, links=()):
    """A graph of these lines; the first node stands in line 6."""
    text = HEAD + "  nodes:\n" + "".join(indent(node, "    ") + "\n" for node in nodes)
    return text + ("  links:\n" + "".join(f"    - {link}\n" for link in links) if links else "")


def check_text(folder, text):
    """Check a text as the file graph.yaml of a folder."""
    path = folder / "graph.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check(str(path))


def printed(folder, text):
    """What `iomt check` prints about a text, the folder left out."""
    checked = check_text(folder, text)
    return render(checked.findings, checked.lines).replace(f"{folder}/", "").rstrip("\n")


def rules(folder, text):
    """The rules of the findings, in order."""
    return [finding.rule for finding in check_text(folder, text).findings]
