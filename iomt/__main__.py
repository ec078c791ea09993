"""``python -m iomt`` is the command ``iomt``."""

import sys

from iomt.cli import program

sys.exit(program())
