"""Files that are no graphs, as they are printed."""

from iomt.checks import check
from iomt.diagnostics.text import render
from tests.graphs import GATE, HEAD, LAKE, graph_text, printed, rules


def test_a_missing_file(tmp_path):
    checked = check(str(tmp_path / "none.yaml"))
    assert render(checked.findings, checked.lines).replace(f"{tmp_path}/", "") == (
        "error[unreadable-file]: there is no file none.yaml\n"
        " --> none.yaml:1:1\n"
        "  = help: check the path; it is relative to the current folder\n\n"
    )


def test_a_folder(tmp_path):
    (finding,) = check(str(tmp_path)).findings
    assert (finding.rule, finding.message) == ("unreadable-file", f"{tmp_path} is a folder")


def test_an_empty_file_and_one_of_comments(tmp_path):
    assert rules(tmp_path, "") == ["empty-file"]
    assert rules(tmp_path, "\n  \n") == ["empty-file"]
    assert rules(tmp_path, "# nothing yet\n") == ["empty-file"]


def test_bytes_that_are_no_text(tmp_path):
    assert printed(tmp_path, b"a: 1\nb: \xff\n") == (
        "error[not-utf8]: graph.yaml is not UTF-8: byte 0xff makes no character\n"
        " --> graph.yaml:2:4\n"
        "  = help: save the file as UTF-8"
    )
    assert rules(tmp_path, "a: 1".encode("utf-16")) == ["not-utf8"]


def test_a_byte_order_mark_is_a_warning_and_moves_no_column(tmp_path):
    text = graph_text([GATE, LAKE], ["gate -> lkae"])
    marked = printed(tmp_path, b"\xef\xbb\xbf" + text.encode())
    assert "warning[byte-order-mark]" in marked
    assert printed(tmp_path, text) in marked


def test_a_list_that_is_not_closed(tmp_path):
    assert printed(tmp_path, "kind: [a, b\nnext: 1\n") == (
        "error[bad-yaml]: a list in [ ] is not continued or closed\n"
        " --> graph.yaml:2:5\n"
        "  |\n"
        "2 | next: 1\n"
        "  |     ^\n"
        " ::: graph.yaml:1:7 it begins here\n"
        "  |\n"
        "1 | kind: [a, b\n"
        "  |       -\n"
        "  |\n"
        "  = help: a comma or a ] is missing before this place"
    )


def test_a_link_with_brackets_and_no_quotes_says_how_to_write_it(tmp_path):
    shown = printed(tmp_path, graph_text([GATE, LAKE], ["[gate] -> lake"]))
    assert 'help: a link that begins with [ stands in quotes: - "[a, b] -> c"' in shown


def test_a_tab(tmp_path):
    assert printed(tmp_path, "spec:\n\tnodes: {}\n") == (
        "error[tab]: a tab stands where YAML wants spaces\n"
        " --> graph.yaml:2:1\n"
        "  |\n"
        "2 |     nodes: {}\n"
        "  | ^^^^\n"
        "  |\n"
        "  = help: use two spaces for each level"
    )


def test_two_documents(tmp_path):
    assert printed(tmp_path, graph_text([GATE, LAKE], ["gate -> lake"]) + "---\nkind: other\n") == (
        "error[two-documents]: a second document begins here; one file holds one graph\n"
        "  --> graph.yaml:10:1\n"
        "   |\n"
        "10 | ---\n"
        "   | ^^^\n"
        "  ::: graph.yaml:1:1 the first document\n"
        "   |\n"
        " 1 | apiVersion: iomt.dev/v1\n"
        "   | -----------------------\n"
        "   |\n"
        "   = help: move it to a file of its own, or remove the ---"
    )


def test_a_key_that_stands_twice(tmp_path):
    assert printed(tmp_path, graph_text([GATE, LAKE, GATE], ["gate -> lake"])) == (
        "error[duplicate-key]: the key gate stands twice in the same map\n"
        " --> graph.yaml:8:5\n"
        "  |\n"
        "8 |     gate: {kind: MSensor, device: usb-camera}\n"
        "  |     ^^^^\n"
        " ::: graph.yaml:6:5 it stands here first\n"
        "  |\n"
        "6 |     gate: {kind: MSensor, device: usb-camera}\n"
        "  |     ----\n"
        "  |\n"
        "  = help: remove one, or give it another name"
    )


def test_a_list_where_a_map_belongs(tmp_path):
    assert printed(tmp_path, HEAD + "  nodes: [gate]\n") == (
        "error[wrong-type]: nodes must be a map, found a list\n"
        " --> graph.yaml:5:10\n"
        "  |\n"
        "5 |   nodes: [gate]\n"
        "  |          ^^^^^^\n"
        "  |\n"
        "  = help: write for example `gate: {kind: MSensor, device: usb-camera}`"
    )
    assert rules(tmp_path, "- a\n- b\n") == ["wrong-type"]


def test_a_few_lines_that_mean_billions_are_refused_at_once(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert rules(tmp_path, "\n".join(lines)) == ["too-large"]


def test_depth_is_bounded_also_through_aliases(tmp_path):
    assert rules(tmp_path, "[" * 100_000) == ["too-large"]
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 300))]
    assert rules(tmp_path, "\n".join(lines)) == ["too-large"]


def test_a_value_that_contains_itself(tmp_path):
    shown = printed(tmp_path, HEAD + "  nodes: &n {gate: *n}\n")
    assert "error[unknown-alias]: *n stands inside &n: it would contain itself" in shown


def test_a_control_character(tmp_path):
    shown = printed(tmp_path, "kind: Dev\x07ice\n")
    assert "error[bad-yaml]: the control character U+0007 cannot stand in YAML\n --> graph.yaml:1:10" in shown
