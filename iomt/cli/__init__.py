"""The command `iomt`: one verb a module, imported only when it is the one that was asked for.

A verb's module has two functions, see `Verb`. Its line of help stands here, and the verb itself is
told by hand: ``iomt --help`` imports neither a verb nor argparse, and costs little more than Python.
"""

import errno
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from iomt import __version__

if TYPE_CHECKING:
    import argparse

OK, FOUND_ERRORS, MISUSE = 0, 1, 2
"""Exit codes. A misuse is a command line that cannot be understood."""
INTERRUPTED, BROKEN_PIPE = 130, 141
"""As a shell reports SIGINT and SIGPIPE."""

VERBS = {
    "init": "write a graph to begin with, and the schema that editors complete it by",
    "check": "say what is wrong with a graph, all of it at once",
    "explain": "show the page of a rule, or why an object of a graph is as it is",
    "schema": "print the JSON Schema of a graph, for editors",
    "fmt": "rewrite a graph in its normal form, comments and all",
    "graph": "draw a graph with types and rates: Mermaid, DOT or SVG",
    "plan": "add up what a graph will cost: rates, bytes, model time, storage, latency",
    "tune": "run nodes of a graph on this machine, and record what they take and give",
    "grants": "show who may say what to whom, and by which line of the graph",
    "run": "run a graph on this machine, broker and object store included",
    "compile": "render a graph for Kubernetes, Helm or Docker Compose",
    "image": "build the images that a graph's pods run, and push them",
    "apply": "bring a Kubernetes cluster in line with a graph, and wait until it is ready",
    "diff": "show what apply would change in a Kubernetes cluster, and what was changed there by hand",
    "status": "say how a graph is in its cluster: pods, restarts, models, rates, what waits and what is lost",
    "logs": "show what a node says in its cluster",
    "tap": "show the newest messages of a link in its cluster, with their headers",
    "rollback": "bring a Kubernetes cluster back to a form of a graph that was ready there",
    "prove": "try in the cluster, as each device, what its links allow and all that they do not",
    "delete": "take a graph out of a Kubernetes cluster",
    "devices": "list and show devices, and declare a model as one",
}
_PLAIN = {"check", "compile"}
"""Verbs that have a function `plain`, which does without argparse: it takes as long as a short check."""
_CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
_USAGE = "usage: iomt [--help] [--version] VERB ..."


class Verb(Protocol):
    """What a module ``iomt.cli.<verb>`` offers."""

    def add(self, parser: "argparse.ArgumentParser") -> None:
        """Declare the verb's arguments on its own parser."""

    def run(self, arguments: "argparse.Namespace") -> int:
        """Do it; returns the exit code."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; returns its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        try:
            code = _run(words)
        except SystemExit as leaving:  # argparse leaves this way after --help and after a misuse
            code = leaving.code if isinstance(leaving.code, int) else MISUSE
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `iomt check ... | head`
        _write_nowhere()
        return BROKEN_PIPE
    except OSError as error:
        if error.errno not in _CANNOT_WRITE or error.filename is not None:
            raise
        _write_nowhere()
        sys.stderr.write(f"iomt: cannot write: {error.strerror}\n")
        return MISUSE


def program() -> int:
    """The command as a process of its own, which need not clean up what ends with it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started it: `>&-`
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
    code = main()
    if sys.argv[1:2] and sys.argv[1] in _PLAIN:
        # As mypy leaves: to free every object would take a tenth of a short check.
        sys.stderr.flush()
        os._exit(code)
    gc.freeze()  # Python would look through all of it for cycles before it leaves
    return code


def _write_nowhere() -> None:
    """From now on: Python flushes standard output once more at exit, and would complain there."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    if words and words[0] in ("--help", "-h"):
        print(_help())
        return OK
    if words and words[0] == "--version":
        print(f"iomt {__version__}")
        return OK
    if not words or words[0] not in VERBS:
        return _misuse(words)
    name, summary = words[0], VERBS[words[0]]
    gc.disable()  # what is imported stays, so looking for what could go is lost time
    module: Any = __import__(f"iomt.cli.{name}", fromlist=[name])  # importlib would cost an import
    verb: Verb = module
    gc.freeze()
    gc.enable()
    if name in _PLAIN and words[1:] and not any(word.startswith("-") for word in words):
        return verb.run(module.plain(words[1:]))
    from argparse import ArgumentParser, HelpFormatter

    def formatter(prog: str) -> HelpFormatter:
        return HelpFormatter(prog, width=_width())

    description = f"{summary[0].upper()}{summary[1:]}."
    parser = ArgumentParser(
        prog=f"iomt {name}", description=description, allow_abbrev=False, formatter_class=formatter
    )
    verb.add(parser)
    return verb.run(parser.parse_args(words[1:]))


def _width() -> int:
    """Of help. argparse asks `shutil` for each argument, whose import takes longer than all of its work."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns):
        return int(columns) - 2
    try:
        return (os.get_terminal_size(sys.__stdout__.fileno()).columns or 80) - 2  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80 - 2


def _help() -> str:
    width = max(len(name) for name in VERBS)
    verbs = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in VERBS.items())
    return (
        f"{_USAGE}\n\nCameras, AI models, lakes and alarms as one graph.\n\nverbs:\n{verbs}\n\n"
        "`iomt VERB --help` tells more about one of them."
    )


def _misuse(words: list[str]) -> int:
    if not words:
        print(_help(), file=sys.stderr)
        return MISUSE
    from iomt.language.suggest import cure

    help_text = cure(words[0], VERBS, "see iomt --help")
    print(f"{_USAGE}\niomt: there is no verb {words[0]}: {help_text}", file=sys.stderr)
    return MISUSE
