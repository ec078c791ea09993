"""The command `iomt` as users type it, of the Python that runs the benchmark."""

import sys
from pathlib import Path

_SCRIPT = Path(sys.executable).with_name("iomt")
IOMT = [str(_SCRIPT)] if _SCRIPT.exists() else [sys.executable, "-m", "iomt"]
