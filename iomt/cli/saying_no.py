"""How verbs say no: what is the matter and, where it is not plain, what to do."""

import sys

from iomt.cli import MISUSE


def say_no(message: str, help_text: str, verb: str = "devices") -> None:
    """Two lines on standard error."""
    sys.stderr.write(f"iomt {verb}: {message}\n  help: {help_text}\n")


def misuse(verb: str, text: str) -> int:
    """Say what is wrong with the command line or the surroundings; the exit code of that."""
    sys.stderr.write(f"iomt {verb}: {text}\n")
    return MISUSE
