"""How `iomt devices` says no: what is the matter, and what to do."""

import sys


def say_no(message: str, help_text: str) -> None:
    """Two lines on standard error."""
    sys.stderr.write(f"iomt devices: {message}\n  help: {help_text}\n")
