"""The secrets of a run: from the user's folder or the environment into the credentials of its devices."""

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from iomt.checks import Checked
from iomt.contract.secret import FOLDER, KEY, Reference, reference, references
from iomt.diagnostics.finding import Finding
from iomt.plan.plan import Plan

_NOT_IN_VARIABLE = re.compile("[^A-Z0-9]")


def find_secrets(
    plan: Plan, checked: Checked, folder: Path | None, environment: Mapping[str, str]
) -> tuple[dict[Reference, str], list[Finding]]:
    """The text of every secret that the plan's devices refer to, and those that are nowhere."""
    assert checked.resolved
    found: dict[Reference, str] = {}
    findings = []
    for device in plan.devices:
        node = checked.resolved.graph.nodes[device.name]
        for path, value in references(device.options):
            wanted = reference(value)
            if wanted is None or wanted in found:
                continue
            text = _look(wanted, folder, environment)
            if text is None:
                message = f"{device.name} needs the secret {wanted}, and it is nowhere"
                span = node.option_spans.get(path, node.span)
                findings.append(Finding("missing-secret", message, span, _cure(wanted, folder)))
            else:
                found[wanted] = text
    return found, findings


def write_secrets(credentials: Path, options: Mapping[str, object], secrets: Mapping[Reference, str]) -> None:
    """Those that options refer to, for their owner only, as a Secret is mounted into a pod."""
    for _, value in references(dict(options)):
        wanted = reference(value)
        if wanted and wanted in secrets:
            path = credentials / wanted.file
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.touch(0o600)
            path.write_text(secrets[wanted], "utf-8")


def forget_secrets(credentials: Path) -> None:
    """A data folder that is kept does not keep them."""
    shutil.rmtree(credentials / FOLDER, ignore_errors=True)


def _look(wanted: Reference, folder: Path | None, environment: Mapping[str, str]) -> str | None:
    for path in _files(wanted, folder):
        try:
            return path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            continue
    return environment.get(_variable(wanted))


def _files(wanted: Reference, folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder / wanted.name / wanted.key
        if wanted.key == KEY:
            yield folder / wanted.name


def _variable(wanted: Reference) -> str:
    return "IOMT_SECRET_" + _NOT_IN_VARIABLE.sub("_", str(wanted).upper())


def _cure(wanted: Reference, folder: Path | None) -> str:
    if folder is None:
        return f"set {_variable(wanted)}, or name a folder with the file {wanted}: --secrets DIR"
    return f"write it to {folder / str(wanted)}, or set {_variable(wanted)}"
