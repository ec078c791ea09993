"""``profiles/GRAPH.yaml`` beside a graph: what `iomt tune` measured of its nodes."""

import os.path
from collections.abc import Mapping
from typing import NamedTuple

from iomt.catalogue.declaration import Profile
from iomt.diagnostics.finding import Finding
from iomt.language.graph import Graph, Node
from iomt.language.source import SourceText

KIND = "Profiles"


class Measured(NamedTuple):
    """The profiles of a graph's nodes by name, and what is wrong with their file."""

    profiles: Mapping[str, Profile]
    findings: tuple[Finding, ...] = ()
    sources: Mapping[str, SourceText] = {}

    def of(self, node: Node) -> Profile | None:
        """That of the node itself, or of the entry that it comes of."""
        return self.profiles.get(node.name) or self.profiles.get(node.entry)


NOTHING_MEASURED = Measured({})


def profiles_path(graph: Graph) -> str:
    """Where the profiles of a graph are, whether or not there are any."""
    return os.path.join(graph.directory, "profiles", f"{graph.name}.yaml")


def read_profiles(path: str | os.PathLike[str]) -> Measured:
    """Nothing where there is no file."""
    try:
        is_there = os.path.isfile(path)
    except (OSError, ValueError):  # the name of the graph is one that no file can have: told elsewhere
        is_there = False
    if not is_there:
        return NOTHING_MEASURED
    from iomt.catalogue.measured_file import read_file

    return read_file(os.fspath(path))
