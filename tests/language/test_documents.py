"""Trees of one file and of several."""

from iomt.diagnostics.finding import Span
from iomt.language.document import Document, Mapping, Scalar
from iomt.language.places import inside
from iomt.language.reader import read_document
from iomt.language.source import SourceText

_BASE = SourceText("base.yaml", "one: 1\ntwo: [a, b]\n")
_OVERLAY = SourceText("site/overlay.yaml", "# first\n\nthree: 'gate -> lake'\ntwo: {c: 4}\n")


def _together():
    """The keys of two files in one tree."""
    (base, _), (overlay, _) = read_document(_BASE), read_document(_OVERLAY, 1)
    entries = [*base.root.entries, *overlay.root.entries]
    root = Mapping(entries, base.root.start, base.root.end)
    return Document(root, (_BASE, _OVERLAY))


def test_each_value_of_several_files_knows_its_own():
    document = _together()
    spans = [
        (key.text, str(document.span(key)), document.span(value)) for key, value in document.root.entries
    ]
    assert spans == [
        ("one", "base.yaml:1:1", Span("base.yaml", 1, 6, 1, 7)),
        ("two", "base.yaml:2:1", Span("base.yaml", 2, 6, 2, 12)),
        ("three", "site/overlay.yaml:3:1", Span("site/overlay.yaml", 3, 8, 3, 22)),
        ("two", "site/overlay.yaml:4:1", Span("site/overlay.yaml", 4, 6, 4, 12)),
    ]
    assert [document.source_of(value) for _, value in document.root.entries] == [
        _BASE, _BASE, _OVERLAY, _OVERLAY,
    ]  # fmt: skip


def test_a_part_of_a_text_is_found_in_its_own_file():
    document = _together()
    arrow = document.root.entries[2][1]
    assert inside(document, arrow, 8, 4) == Span("site/overlay.yaml", 3, 17, 3, 21)


def test_places_of_a_later_file_come_after_those_of_an_earlier():
    values = [value for _, value in _together().root.entries]
    assert [value.start for value in values] == sorted(value.start for value in values)


def test_findings_of_a_second_file_name_it():
    _, findings = read_document(SourceText("overlay.yaml", "a: 1\na: 2\n"), 1)
    (finding,) = findings
    assert (str(finding.span), str(finding.related[0].span)) == ("overlay.yaml:2:1", "overlay.yaml:1:1")


def test_a_line_of_millions_of_characters_has_its_place():
    wide = 5_000_000
    document, findings = read_document(SourceText("graph.yaml", "{a: '" + "x" * wide + "', b: c}\n"))
    assert not findings
    _, (key, value) = document.root.entries
    assert isinstance(value, Scalar)
    assert document.span(key) == Span("graph.yaml", 1, wide + 9, 1, wide + 10)


def test_spans_compare_by_file_and_place_and_print_as_editors_read_them():
    first, second = Span("a.yaml", 9, 1, 9, 2), Span("a.yaml", 10, 1, 10, 2)
    assert first < second < Span("b.yaml", 1, 1, 1, 2)
    assert (str(first), first) == (
        "a.yaml:9:1",
        Span(file="a.yaml", line=9, column=1, end_line=9, end_column=2),
    )
