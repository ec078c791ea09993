"""`iomt fmt`."""

import os
import stat
from pathlib import Path

import pytest

from iomt.cli import FOUND_ERRORS, MISUSE, OK, main
from tests.graphs import GATE, LAKE, graph_text

_NORMAL = graph_text([GATE, LAKE], ["gate -> lake"])
_OTHER = _NORMAL.replace("kind: MSensor, ", "kind:   MSensor,").replace("gate:", "gate: ")


@pytest.fixture(autouse=True)
def graph(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("street.yaml")
    path.write_text(_OTHER)
    return path


def test_a_graph_is_rewritten_once(graph, capsys):
    assert main(["fmt", "street.yaml"]) == OK
    assert graph.read_text() == _NORMAL
    assert main(["fmt", "street.yaml"]) == OK
    assert capsys.readouterr().out == "street.yaml: rewritten\nstreet.yaml: in its normal form\n"


def test_check_writes_nothing_and_ends_with_1_for_another_form(graph, capsys):
    Path("normal.yaml").write_text(_NORMAL)
    assert main(["fmt", "--check", "normal.yaml"]) == OK
    assert main(["fmt", "--check", "normal.yaml", "street.yaml"]) == FOUND_ERRORS
    assert capsys.readouterr().out.endswith("street.yaml: would be rewritten\n")
    assert graph.read_text() == _OTHER


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a: [", "bad-yaml"),
        ("a: 1\na: 2\n", "duplicate-key"),
        ("a: 1\n---\nb: 2\n", "two-documents"),
        ("a: *b\n", "unknown-alias"),
        ("- a\n", "wrong-type"),
        ("# nothing\n", "empty-file"),
        ("", "empty-file"),
    ],
)
def test_a_file_of_which_something_would_be_lost_is_left_as_it_is(graph, text, rule, capsys):
    graph.write_text(text)
    assert main(["fmt", "street.yaml"]) == FOUND_ERRORS
    err = capsys.readouterr().err
    assert f"error[{rule}]" in err
    assert err.endswith("street.yaml: left as it is\n")
    assert graph.read_text() == text


def test_a_graph_with_other_mistakes_is_rewritten(graph):
    graph.write_text(_OTHER.replace("lake\n", "lkae\n"))
    assert main(["fmt", "street.yaml"]) == OK
    assert graph.read_text() == _NORMAL.replace("lake\n", "lkae\n")


def test_a_text_whose_normal_form_would_mean_something_else_is_left(graph, capsys):
    text = f"? {'x' * 2000}\n: y\n"
    graph.write_text(text)
    assert main(["fmt", "street.yaml"]) == FOUND_ERRORS
    assert capsys.readouterr().err == "street.yaml: left as it is: rewritten it would not mean the same\n"
    assert graph.read_text() == text


def test_mode_and_links_stay_and_nothing_else_is_left_behind(graph):
    graph.chmod(0o640)
    Path("link.yaml").symlink_to("street.yaml")
    assert main(["fmt", "link.yaml"]) == OK
    assert Path("link.yaml").is_symlink()
    assert graph.read_text() == _NORMAL
    assert stat.S_IMODE(graph.stat().st_mode) == 0o640
    assert sorted(each.name for each in Path().iterdir()) == ["link.yaml", "street.yaml"]


def test_a_byte_order_mark_and_other_line_ends_go(graph):
    graph.write_bytes(b"\xef\xbb\xbf" + _NORMAL.replace("\n", "\r\n").encode())
    assert main(["fmt", "street.yaml"]) == OK
    assert graph.read_bytes() == _NORMAL.encode()


def test_a_file_that_cannot_be_written_is_told(graph, capsys, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device", str(path.name))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert main(["fmt", "street.yaml"]) == MISUSE
    assert "No space left on device" in capsys.readouterr().err
    assert graph.read_text() == _OTHER


def test_a_pipe_cannot_be_rewritten(capsys):
    os.mkfifo("pipe.yaml")
    assert main(["fmt", "pipe.yaml"]) == MISUSE
    assert capsys.readouterr().err == "iomt fmt: pipe.yaml is no file that can be replaced\n"


def test_what_is_not_there_is_a_finding(capsys):
    assert main(["fmt", "none.yaml", "."]) == FOUND_ERRORS
    err = capsys.readouterr().err
    assert "error[unreadable-file]: there is no file none.yaml" in err
    assert "error[unreadable-file]: . is a folder" in err


def test_what_init_writes_is_in_its_normal_form():
    assert main(["init"]) == OK
    assert main(["fmt", "--check", "graph.yaml"]) == OK
