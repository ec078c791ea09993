import json
import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path

import pytest

from iomt import __version__
from iomt.cli import BROKEN_PIPE, FOUND_ERRORS, INTERRUPTED, MISUSE, OK, VERBS, main
from iomt.cli import check as check_verb
from iomt.cli import compile as compile_verb
from iomt.cli.choices import choices_of
from iomt.targets.kubernetes.choices import Choices
from tests.graphs import CAMERA, GATE, LAKE, WALL, graph_text

_ROOT = Path(__file__).parents[2]
_FINE = graph_text([GATE, LAKE], ["gate -> lake"])
_WRONG = graph_text([GATE, LAKE, WALL], ["gate -> lkae", "gate -> [lake, wall]"])


@pytest.fixture
def graph(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text, name="street.yaml"):
        Path(name).write_text(text)
        return name

    return write


def _iomt(*words, **kwargs):
    return subprocess.run(
        [sys.executable, "-m", "iomt", *words], capture_output=True, text=True, check=False, **kwargs
    )


def test_a_graph_without_mistakes_has_nothing_to_say(graph, capsys):
    assert main(["check", graph(_FINE)]) == OK
    assert capsys.readouterr().out == "street.yaml: 2 nodes, 1 link, nothing to say\n"


def test_an_error_ends_with_1_and_a_line_that_counts(graph, capsys):
    assert main(["check", graph(_WRONG)]) == FOUND_ERRORS
    out = capsys.readouterr().out
    assert out.startswith("error[unknown-node]: there is no node called lkae\n  --> street.yaml:10:15\n")
    assert out.endswith("help: did you mean lake?\n\nstreet.yaml: 1 error\n")


def test_a_warning_alone_ends_with_0(graph, capsys):
    assert main(["check", graph(graph_text([GATE, LAKE, WALL], ["gate -> lake"]))]) == OK
    assert capsys.readouterr().out.endswith("street.yaml: 1 warning\n")


def test_several_files_are_one_graph(graph, capsys):
    over = graph(f"spec: {{nodes: {{{WALL}}}, links: [gate -> wall]}}", "over.yaml")
    assert main(["check", graph(_FINE), over]) == OK
    assert capsys.readouterr().out == "street.yaml + over.yaml: 3 nodes, 2 links, nothing to say\n"
    assert main(["check", "street.yaml", over, "c.yaml"]) == FOUND_ERRORS
    assert "there is no file c.yaml" in capsys.readouterr().out


def test_json_for_programs(graph, capsys):
    assert main(["check", "--format", "json", graph(_WRONG)]) == FOUND_ERRORS
    document = json.loads(capsys.readouterr().out)
    (finding,) = document["findings"]
    assert (document["errors"], finding["rule"], finding["line"], finding["column"]) == (
        1,
        "unknown-node",
        10,
        15,
    )
    assert main(["check", "--format", "json", graph(_FINE)]) == OK
    assert json.loads(capsys.readouterr().out) == {"findings": [], "errors": 0, "warnings": 0}


def test_a_graph_as_a_diagram(graph, capsys):
    people = "people-1: {kind: MAnalyzer, model: hustvl/yolos-tiny, task: object-detection}"
    text = graph_text([GATE, LAKE, people, WALL], ["gate -> lake", "gate -> people-1 -> wall"])
    assert main(["graph", graph(text)]) == OK
    assert capsys.readouterr().out == (
        "flowchart LR\n"
        '  n_gate(["gate<br/>usb-camera"])\n'
        '  n_lake[("lake<br/>object-lake")]\n'
        '  n_people_1{{"people-1<br/>hustvl/yolos-tiny"}}\n'
        '  n_wall[/"wall<br/>monitor"/]\n'
        '  n_gate -->|"image/jpeg"| n_lake\n'
        '  n_gate -.->|"image/jpeg"| n_people_1\n'
        '  n_people_1 -.->|"detections"| n_wall\n'
    )


def test_a_graph_with_an_error_is_not_drawn(graph, capsys):
    assert main(["graph", graph(_WRONG)]) == FOUND_ERRORS
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "error[unknown-node]" in captured.err


def test_help_names_every_verb(capsys):
    assert main(["--help"]) == OK
    out = capsys.readouterr().out
    assert all(f"  {verb}" in out and summary in out for verb, summary in VERBS.items())


def test_the_version(capsys):
    assert main(["--version"]) == OK
    assert capsys.readouterr().out == f"iomt {__version__}\n"


def test_a_misspelt_verb_suggests_the_right_one(capsys):
    assert main(["chekc"]) == MISUSE
    assert "there is no verb chekc: did you mean check?" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["check"], ["check", "--format", "xml", "a.yaml"], ["graph"]])
def test_a_command_line_that_cannot_be_understood_ends_with_2(words, capsys):
    assert main(words) == MISUSE
    assert "usage: iomt" in capsys.readouterr().err


def test_colours_come_on_a_terminal_and_not_with_no_color(graph):
    graph(_WRONG)
    for extra, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        surroundings = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"} | extra
        leader, follower = os.openpty()
        subprocess.run(
            [sys.executable, "-m", "iomt", "check", "street.yaml"],
            stdout=follower,
            env=surroundings,
            check=False,
        )
        os.close(follower)
        assert (b"\x1b[" in os.read(leader, 65536)) is coloured
        os.close(leader)


def test_a_reader_that_goes_away_is_no_traceback(graph):
    many = graph_text([GATE, LAKE], [f"gate -> x{n}" for n in range(3000)])
    command = [sys.executable, "-m", "iomt", "check", graph(many)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(5) == b"error"
        process.stdout.close()
        assert process.wait(30) == BROKEN_PIPE
        assert process.stderr.read() == b""


_VERBS_THAT_PRINT = pytest.mark.parametrize("verb", ["check", "compile", "plan", "grants"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@_VERBS_THAT_PRINT
def test_a_full_disk_is_told_in_one_line(graph, verb):
    command = [
        sys.executable,
        "-m",
        "iomt",
        verb,
        graph(graph_text([CAMERA, LAKE, WALL], ["gate -> [lake, wall]"])),
    ]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == MISUSE
    assert done.stderr == "iomt: cannot write: No space left on device\n"


@_VERBS_THAT_PRINT
def test_who_closed_standard_output_wants_the_exit_code_alone(graph, verb):
    path = graph(graph_text([CAMERA, LAKE, WALL], ["gate -> [lake, wall]"]))
    script = f'exec "{sys.executable}" -m iomt {verb} "{path}" >&-'
    done = subprocess.run(["sh", "-c", script], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (OK, "")


def test_ctrl_c_is_no_traceback(tmp_path):
    fifo = tmp_path / "graph.yaml"
    os.mkfifo(fifo)
    with subprocess.Popen(
        [sys.executable, "-m", "iomt", "check", str(fifo)], stderr=subprocess.PIPE
    ) as process:
        with fifo.open("wb"):  # returns once the other side waits for what comes
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == INTERRUPTED
        assert process.stderr.read() == b""


def _modules(*words):
    script = (
        "import sys\nfrom iomt.cli import main\nmain(sys.argv[1:])\n"
        "print('MODULES', *sorted(name.partition('.')[0] for name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True, cwd=_ROOT
    )
    return set(done.stderr.split("MODULES ")[1].split())


def test_check_imports_nothing_heavy():
    modules = _modules("check", str(_ROOT / "graphs" / "composed.yaml"))
    assert "iomt" in modules
    heavy = {"torch", "transformers", "kubernetes", "networkx", "numpy", "jsonschema", "rich", "asyncio"}
    assert not modules & heavy


def test_plain_arguments_are_those_that_argparse_gives():
    parser = ArgumentParser()
    check_verb.add(parser)
    words = ["one.yaml", "two.yaml"]
    assert vars(check_verb.plain(words)) == vars(parser.parse_args(words))


def test_a_plain_compile_chooses_what_argparse_does():
    parser = ArgumentParser()
    compile_verb.add(parser)
    words = ["one.yaml", "two.yaml"]
    plain, parsed = vars(compile_verb.plain(words)), parser.parse_args(words)
    assert plain.pop("is_plain") is True
    assert plain.items() <= vars(parsed).items()
    assert parsed.is_plain is False
    assert choices_of(parsed) == Choices()


def test_a_plain_check_imports_nothing_that_costs_as_much_as_python_itself(tmp_path):
    path = tmp_path / "graph.yaml"
    path.write_text(graph_text([GATE, LAKE, WALL], ["gate -> lake", "{from: gate, to: wall, max_rate: 5/s}"]))
    dear = {"yaml", "dataclasses", "inspect", "pathlib", "difflib", "json", "urllib", "argparse"}
    assert not _modules("check", str(path)) & dear


def test_help_costs_at_most_three_times_python_itself():
    def fastest(*words):
        times = []
        for _ in range(9):
            start = time.perf_counter()
            subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
            times.append(time.perf_counter() - start)
        return min(times)

    ratios = (fastest("-m", "iomt", "--help") / fastest("-c", "pass") for _ in range(5))
    assert any(ratio <= 3 for ratio in ratios)


def test_a_file_that_stands_for_a_whole_graph_is_checked_by_the_command(graph):
    done = _iomt("check", graph(_FINE))
    assert (done.returncode, done.stderr) == (OK, "")
