"""The catalogue: which devices there are, each read when it is first asked for."""

import os
from collections.abc import Iterable
from functools import lru_cache

from iomt.catalogue.declaration import Device
from iomt.catalogue.declared import BAD, read_device
from iomt.catalogue.task_device import completed
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText

Folder = str | os.PathLike[str]
_ENDING = ".yaml"


class Catalogue:
    """Devices by name: a folder's file name is the device's name, so that only what a graph uses is read.

    ``sources`` are the texts of the user's own declarations, for printing what is wrong with them.
    """

    def __init__(self, folders: Iterable[Folder]) -> None:
        self._paths = {
            name.removesuffix(_ENDING): os.path.join(folder, name)
            for folder in folders
            for name in os.listdir(folder)
            if name.endswith(_ENDING) and name != _ENDING
        }
        self._devices: dict[str, Device | None] = {}
        self.sources: dict[str, SourceText] = {}

    @property
    def names(self) -> list[str]:
        """Every device, sorted."""
        return sorted(self._paths)

    def device(self, name: str) -> Device | None:
        """The device, None where there is none or its declaration has findings."""
        if name not in self._devices:
            self._devices[name] = self._read(name)[0] if name in self._paths else None
        return self._devices[name]

    def examine(self, folder: Folder) -> list[Finding]:
        """Read everything a user's folder declares, and say what is wrong."""
        findings: list[Finding] = []
        for name, path in self._paths.items():
            if os.path.dirname(path) == os.fspath(folder):
                self._devices[name], found = self._read(name)
                findings += found
        return findings

    def _read(self, name: str) -> tuple[Device | None, list[Finding]]:
        path = self._paths[name]
        device, findings, source = read_device(path)
        self.sources[path] = source
        if device and not findings and os.path.dirname(path) != builtin_folder():
            findings = _schema_findings(device, source)
            device = completed(device, builtin_folder())
        return (None if findings else device), findings


@lru_cache(maxsize=1)
def builtin_folder() -> str:
    """Where the built-in declarations are: inside an installed wheel, or at the top of a checkout."""
    here = os.path.dirname(os.path.realpath(__file__))
    packaged = os.path.join(here, "builtin")
    return (
        packaged
        if os.path.isdir(packaged)
        else os.path.join(os.path.dirname(os.path.dirname(here)), "devices")
    )


def load_catalogue(directories: Iterable[Folder]) -> tuple[Catalogue, list[Finding]]:
    """The built-in devices and those of the directories that exist; a later one replaces an earlier.

    The declarations of the directories are all checked.
    """
    builtin = builtin_folder()
    own = [each for each in directories if os.path.isdir(each) and not os.path.samefile(each, builtin)]
    catalogue = Catalogue([builtin, *own])
    return catalogue, [finding for folder in own for finding in catalogue.examine(folder)]


def _schema_findings(device: Device, source: SourceText) -> list[Finding]:
    """Whether the options of a user's device are a JSON Schema; costs an import, so only for those."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(device.options)
    except SchemaError as error:
        where = ".".join(str(each) for each in error.absolute_path) or "options"
        message = f"options is no JSON Schema: {where}: {error.message}"
        return [Finding(BAD, message, source.start(), "see json-schema.org, draft 2020-12")]
    return []
