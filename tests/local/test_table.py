"""The tables of a run, on terminals of several widths and in a pipe."""

import io

import pytest
from rich.console import Console

from iomt.local.accounts import LinkAccount
from iomt.local.nodes import Health
from iomt.local.report import Outcome, TextReport
from iomt.local.snapshot import LinkFigures, NodeFigures, Snapshot
from iomt.local.table import links_table, nodes_table
from iomt.plan.plan import PlannedLink

CAMERAS = ("camera-at-the-north-gate", "camera-at-the-south-gate")
LINKS = [(camera, "frames", "lake", "media", "durable") for camera in CAMERAS] + [
    (CAMERAS[0], "frames", "people-counter", "media", "latest"),
    ("people-counter", "results", "lake", "media", "durable"),
]


def books(
    source: str, port: str, target: str, target_port: str, delivery: str, **more: object
) -> LinkFigures:
    link = PlannedLink(
        source, port, target, target_port, "image/jpeg", delivery,  # type: ignore[arg-type]
        "nats", "s", "st", "c", 0.0, 1, "g.yaml:9",
    )  # fmt: skip
    return LinkFigures(LinkAccount(link, 1_234_567, 1_234_000, 12, {"replaced": 555}, **more), 29.97)  # type: ignore[arg-type]


def now(*links: LinkFigures) -> Snapshot:
    long = Health(
        "stalled", False, "no frames for 12.3 s from rtsp://10.0.0.12/stream1, which answers nothing"
    )
    nodes = (
        NodeFigures(CAMERAS[0], "MSensor", Health("running", True), 0, 29.97, None, 0.03),
        NodeFigures(CAMERAS[1], "MSensor", long, 3, 0.0, None, 12.34),
        NodeFigures("people-counter", "MAnalyzer", Health("running", True), 0, 12.5, 1234.5, 0.25),
    )
    return Snapshot(nodes, links or tuple(books(*each) for each in LINKS), {}, 0.0)


def drawn(table: object, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, emoji=False).print(table)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_line_is_wider_than_the_terminal_and_no_figure_is_cut(width: int) -> None:
    links, nodes = drawn(links_table(now(), width), width), drawn(nodes_table(now(), width), width)
    assert len(links) == 1 + len(LINKS)
    assert len(nodes) == 4
    assert all(len(line.rstrip()) <= width for line in [*links, *nodes])
    for title in ("link", "delivery", "per s", "published", "delivered", "waiting", "dropped"):
        assert title in links[0]
    for line in links[1:]:
        assert line.split()[2:] == ["30.0", "1234567", "1234000", "12", "555", "replaced"]
    assert nodes[2].split()[-4:] == ["0.0", "12.34", "s", "3"]


def test_names_lose_their_ports_then_their_middle_where_the_room_is_short() -> None:
    wide, less, narrow = (drawn(links_table(now(), width), width)[1] for width in (160, 100, 80))
    assert wide.startswith("camera-at-the-north-gate.frames->lake.media ")
    assert less.startswith("camera-at-the-north-gate->lake ")
    assert narrow.startswith("camera-")
    assert "…" in narrow.split()[0]
    assert narrow.split()[0].endswith("->lake")


def test_two_links_between_the_same_nodes_keep_the_ports_that_tell_them_apart() -> None:
    twice = now(
        books("gate", "frames", "lake", "media", "durable"),
        books("gate", "sound", "lake", "media", "durable"),
    )
    first, second = (line.split()[0] for line in drawn(links_table(twice, 80), 80)[1:])
    assert "frames" in first
    assert "sound" in second


def test_redeliveries_have_a_column_when_there_are_some() -> None:
    assert "redelivered" not in drawn(links_table(now(), 80), 80)[0]
    again = now(books(*LINKS[0], redelivered=7))
    head, line = drawn(links_table(again, 120), 120)
    assert head.rstrip().endswith("redelivered")
    assert line.split()[-1] == "7"


def test_in_a_pipe_nothing_is_left_out_and_nothing_becomes_a_picture(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = TextReport()
    report.note("runtime sensors:boom: [bold]")
    report.ended(Outcome(now(), ("g.yaml:3: a:boom: it broke",), 12.0))
    told = capsys.readouterr().out
    assert "runtime sensors:boom: [bold]" in told
    assert "fault g.yaml:3: a:boom: it broke" in told
    for camera in CAMERAS:
        assert f"{camera}.frames->lake.media" in told
