import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iomt.runtime.actuators.command import Command
from iomt.runtime.device import Failed, GaveUp, Message, PermanentFault

Make = Callable[..., Any]


def run(command: Command, message: Message) -> None:
    async def handle() -> None:
        await command.prepare()
        await command.handle(message)

    asyncio.run(handle())


def python(*lines: str) -> list[str]:
    return [sys.executable, "-c", "\n".join(lines)]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int) -> None:
    limit = time.monotonic() + 5
    while lives(pid):
        assert time.monotonic() < limit, f"process {pid} is left"
        time.sleep(0.01)


def test_the_program_gets_the_event_on_its_standard_input(
    tmp_path: Path, make_context: Make, make_message: Make
) -> None:
    copy = tmp_path / "event.json"
    script = python(
        "import sys, pathlib", f"pathlib.Path({str(copy)!r}).write_bytes(sys.stdin.buffer.read())"
    )
    run(Command(make_context(run=script, when="count(person) > 1")), make_message(2))
    assert json.loads(copy.read_text())["found"] == {"person": 2}


def test_no_shell_reads_the_arguments(make_context: Make, make_message: Make, caplog: Any) -> None:
    caplog.set_level("INFO")
    run(Command(make_context(run=["echo", "$HOME;", "`id`"])), make_message())
    assert "$HOME; `id`" in caplog.text


def test_a_program_that_reads_nothing_is_no_failure(make_context: Make, make_message: Make) -> None:
    run(Command(make_context(run=["true"])), make_message(500))


def test_another_exit_code_fails_with_the_last_line(make_context: Make, make_message: Make) -> None:
    script = python("print('starting')", "raise SystemExit('no siren found')")
    with pytest.raises(Failed, match=r"exit code 1: no siren found"):
        run(Command(make_context(run=script, attempts=2)), make_message())
    with pytest.raises(GaveUp, match="after 2 attempts"):
        run(Command(make_context(run=script, attempts=2)), make_message(attempt=2))


def test_only_the_end_of_a_long_output_is_logged(make_context: Make, make_message: Make, caplog: Any) -> None:
    caplog.set_level("INFO")
    run(Command(make_context(run=python("print('x' * 1_000_000)", "print('the end')"))), make_message())
    assert "the end" in caplog.text
    assert len(caplog.text) < 5000


def test_the_timeout_kills_the_whole_group(tmp_path: Path, make_context: Make, make_message: Make) -> None:
    pids = tmp_path / "pids"
    script = python(
        "import os, pathlib, subprocess, time",
        "child = subprocess.Popen(['sleep', '60'])",
        f"pathlib.Path({str(pids)!r}).write_text(f'{{os.getpid()}} {{child.pid}}')",
        "time.sleep(60)",
    )
    with pytest.raises(Failed, match="ran longer than 1 s and was killed"):
        run(Command(make_context(run=script, attempts=2, timeout="1s")), make_message())
    for pid in pids.read_text().split():
        wait_until_gone(int(pid))


def test_a_child_left_behind_does_not_hold_the_alarm(
    make_context: Make, make_message: Make, caplog: Any
) -> None:
    caplog.set_level("INFO")
    script = python("import subprocess", "print(subprocess.Popen(['sleep', '60']).pid, flush=True)")
    started = time.monotonic()
    run(Command(make_context(run=script, timeout="30s")), make_message())
    assert time.monotonic() - started < 10
    os.kill(int(caplog.records[-1].getMessage().split()[-1]), 9)


def test_a_program_that_does_not_exist_is_permanent(make_context: Make) -> None:
    with pytest.raises(PermanentFault, match="no program 'sirenctl' was found"):
        asyncio.run(Command(make_context(run=["sirenctl"])).prepare())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can bind a child's life to its parent's")
def test_the_program_dies_with_its_parent() -> None:
    parent = """
import asyncio, sys
from iomt.runtime.actuators.command import _die_with_parent
async def main():
    process = await asyncio.create_subprocess_exec(
        "sleep", "60", start_new_session=True, preexec_fn=_die_with_parent())
    print(process.pid, flush=True)
    await process.wait()
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.kill()
    wait_until_gone(child)
