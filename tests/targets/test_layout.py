"""What holds for every picture that is laid out."""

from itertools import combinations
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from iomt.targets.diagram.layout.laid_out import Area, lay_out
from iomt.targets.diagram.layout.order import crossings, order
from iomt.targets.diagram.layout.ranks import ranks
from iomt.targets.diagram.picture import Arrow, Box, Picture
from iomt.targets.diagram.svg import render
from iomt.targets.diagram.text_width import shortened, text_width

_KINDS = ("MSensor", "MAnalyzer", "MStorage", "MActuator")
_SVG = "{http://www.w3.org/2000/svg}"


@st.composite
def pictures(draw):
    count = draw(st.integers(1, 14))
    sites = draw(st.lists(st.sampled_from(["yard", "hall", "office"]), unique=True, max_size=3))
    boxes = tuple(
        Box(f"n{number}", draw(st.sampled_from(_KINDS)), draw(st.text(max_size=30)),
            draw(st.sampled_from([None, *sites])))
        for number in range(count)
    )  # fmt: skip
    ends = st.integers(0, count - 1)
    arrows = tuple(
        Arrow(f"n{source}", f"n{target}", draw(st.sampled_from(["latest", "durable"])),
              draw(st.text(max_size=20)), draw(st.sampled_from(["", "30/s, 2.4 MB/s"])))
        for source, target in draw(st.lists(st.tuples(ends, ends), max_size=25))
        if source != target
    )  # fmt: skip
    used = {box.site for box in boxes}
    return Picture(draw(st.text(max_size=20)), boxes, arrows, tuple(site for site in sites if site in used))


def _overlap(one: Area, other: Area) -> bool:
    return (
        one.left < other.right - 0.01
        and other.left < one.right - 0.01
        and one.top < other.bottom - 0.01
        and other.top < one.bottom - 0.01
    )


@given(pictures())
@settings(max_examples=40, deadline=None)
def test_no_box_or_label_lies_over_another_and_no_line_crosses_one(drawn):
    laid_out = lay_out(drawn)
    solid = [area for _, area in laid_out.boxes] + [line.label for line in laid_out.lines]
    assert not [pair for pair in combinations(solid, 2) if _overlap(*pair)]
    for line in laid_out.lines:
        for passed in line.passes[1:-1]:
            assert passed is line.label or not any(_overlap(passed, area) for area in solid)


@given(pictures())
@settings(max_examples=40, deadline=None)
def test_everything_lies_inside_and_the_boxes_of_a_site_inside_its_frame(drawn):
    laid_out = lay_out(drawn)
    frames = dict(laid_out.sites)
    assert list(frames) == list(drawn.sites)
    for box, area in laid_out.boxes:
        assert area.left >= 0
        assert area.top >= -0.01
        assert area.right <= laid_out.width + 0.01
        assert area.bottom <= laid_out.height + 0.01
        for name, frame in frames.items():
            assert _overlap(area, frame) == (box.site == name)
    for one, other in combinations(frames.values(), 2):
        assert not _overlap(one, other)


@given(pictures())
@settings(max_examples=30, deadline=None)
def test_every_link_is_a_line_from_its_source_to_its_target_and_the_text_is_xml(drawn):
    root = ElementTree.fromstring(render(drawn))
    lines = [each for each in root.iter(f"{_SVG}path") if each.get("marker-end")]
    assert len(lines) == len(drawn.arrows)
    assert sum("box" in each.get("class", "").split() for each in root.iter(f"{_SVG}g")) == len(drawn.boxes)
    laid_out = lay_out(drawn)
    areas = {box.key: area for box, area in laid_out.boxes}
    for line in laid_out.lines:
        assert line.passes[0] == areas[line.arrow.source]
        assert line.passes[-1] == areas[line.arrow.target]
        steps = [(one.left, other.left) for one, other in zip(line.passes, line.passes[1:], strict=False)]
        assert all((left > right) == line.backward for left, right in steps)


@given(pictures())
@settings(max_examples=10, deadline=None)
def test_the_same_picture_gives_the_same_bytes(drawn):
    assert render(drawn) == render(drawn)


def test_a_circle_has_one_line_that_runs_back():
    layers, backward = ranks(3, [(0, 1), (1, 2), (2, 1)])
    assert layers == [0, 1, 2]
    assert backward == [False, False, True]


def test_a_source_stands_in_the_layer_before_what_reads_it():
    layers, _ = ranks(4, [(0, 1), (1, 2), (3, 2)])
    assert layers == [0, 1, 2, 1]


def test_lines_that_cross_are_put_in_order():
    after = [[3], [2], [], []]
    before = [[], [], [1], [0]]
    assert crossings([[0, 1], [2, 3]], after) == 1
    assert crossings(order([[0, 1], [2, 3]], before, after, [0] * 4), after) == 0


def test_the_order_keeps_bands_together_though_lines_cross():
    found = order([[0, 1], [2, 3]], [[], [], [1], [0]], [[3], [2], [], []], [0, 1, 0, 1])
    assert found == [[0, 1], [2, 3]]


def test_a_chain_of_boxes_is_a_straight_line():
    boxes = tuple(Box(f"n{number}", "MAnalyzer", "m") for number in range(5))
    arrows = tuple(Arrow(f"n{number}", f"n{number + 1}", "latest", "x") for number in range(4))
    laid_out = lay_out(Picture("chain", boxes, arrows))
    assert len({round(area.middle, 3) for _, area in laid_out.boxes}) == 1


def test_a_long_text_is_shortened_in_its_middle_to_the_width_it_has():
    short = shortened("google/mobilenet_v2_1.0_224-finetuned-on-something-long", 12, 150)
    assert short.startswith("google/")
    assert short.endswith("-long")
    assert "…" in short
    assert text_width(short, 12) <= 150
    assert shortened("yolos", 12, 150) == "yolos"


def test_wide_characters_take_more_room_and_combining_ones_none():
    assert text_width("日本", 10) > 1.5 * text_width("ab", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)
