"""Files that a pod reads in one folder, in as many ConfigMaps as they need."""

from collections.abc import Iterator, Mapping, Sequence

from iomt.targets.kubernetes.manifest import Body, Manifest, Owner, manifest

ROOM = 900_000
"""Bytes of one file: a ConfigMap holds 1 MiB."""


def map_names(name: str, files: Mapping[str, str]) -> list[str]:
    """Of the ConfigMaps: the first file's is called ``name``; nodes have no dots in their names."""
    return [f"{name}.{file.partition('.')[0]}" if number else name for number, file in enumerate(files)]


def config_maps(owner: Owner, name: str, files: Mapping[str, str]) -> Iterator[Manifest]:
    """One for each file."""
    for each, (file, text) in zip(map_names(name, files), files.items(), strict=True):
        yield manifest("v1", "ConfigMap", owner, each, data={file: text})


def config_volume(names: Sequence[str]) -> Body:
    """What a volume with the files of all of them says."""
    if len(names) == 1:
        return {"configMap": {"name": names[0]}}
    return {"projected": {"sources": [{"configMap": {"name": each}} for each in names]}}
