"""``python -m iomt.runtime SETTINGS.json``: run one device."""

import asyncio
import os
import sys
from pathlib import Path

from iomt.contract import http
from iomt.contract.settings import BadSettings, Settings
from iomt.runtime.secrets import Secrets


def main(arguments: list[str]) -> int:
    """Read the settings and live; returns the exit code (see `iomt.contract.http`)."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m iomt.runtime SETTINGS.json\n")
        return http.EXIT_SETTINGS
    try:
        settings = Settings.from_json(Path(arguments[0]).read_text())
        secrets = Secrets(settings)
    except (OSError, BadSettings) as error:
        sys.stderr.write(f"iomt.runtime: {arguments[0]}: {error}\n")
        return http.EXIT_SETTINGS
    # Only now: a wrong file is told without loading the broker's and the server's libraries.
    from iomt.runtime.device import PermanentFault
    from iomt.runtime.log import logger
    from iomt.runtime.shell import Shell

    log = logger(settings, secrets.hide)

    async def live() -> int:
        return await Shell(settings, log, secrets).run()

    try:
        import uvloop
    except ImportError:  # not made for this platform
        run = asyncio.run
    else:
        run = uvloop.run
    try:
        return run(live())
    except BadSettings as error:
        log.error("%s", error)
        return http.EXIT_SETTINGS
    except PermanentFault as fault:
        log.error("%s", fault)
        return http.EXIT_PERMANENT


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: it would wait for a thread that still loads a model or hangs in a source.
    os._exit(code)
