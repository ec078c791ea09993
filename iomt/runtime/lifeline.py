"""Dying with the parent, so that a killed `iomt run` leaves no process behind."""

import ctypes
import os
import signal
import sys

LIFELINE = "IOMT_LIFELINE"
"""Set by a parent that wants its devices to die with it; a pod does not set it."""
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Have the kernel end this process when its parent dies, if the parent asked for it (Linux)."""
    parent = os.environ.get(LIFELINE)
    if not parent or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it died before the call above
        os._exit(1)
