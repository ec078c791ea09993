"""What a process has used of the machine, as the kernel of Linux tells it."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProcessUse:
    """``cpu``: seconds on processors so far; ``memory``: the most bytes it held at once."""

    cpu: float
    memory: int


def process_use(pid: int, proc: Path = Path("/proc")) -> ProcessUse | None:
    """None where the process is gone, or the system has no ``/proc``."""
    try:
        fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
        status = (proc / str(pid) / "status").read_text()
    except OSError:
        return None
    peak = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "")
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return ProcessUse(cpu, int(peak.split()[1]) * 1024 if peak else 0)


def machine_class() -> str:
    """What a figure depends on and may be told: ``2 cores, x86_64``; never the name of the machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return f"{cores} core{'s' * (cores != 1)}, {platform.machine()}"
