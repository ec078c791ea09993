"""How `iomt devices` and `iomt tune` say no: what is the matter, and what to do."""

import sys


def say_no(message: str, help_text: str, verb: str = "devices") -> None:
    """Two lines on standard error."""
    sys.stderr.write(f"iomt {verb}: {message}\n  help: {help_text}\n")
