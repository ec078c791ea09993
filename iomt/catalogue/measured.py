"""``profiles/GRAPH.yaml`` beside a graph: what `iomt tune` measured of its nodes."""

from dataclasses import dataclass, field
from pathlib import Path

from iomt.catalogue.declaration import Profile
from iomt.catalogue.declared_profile import read_profile
from iomt.diagnostics.finding import Finding
from iomt.language.document import Document, Mapping
from iomt.language.fields import Fields
from iomt.language.graph import Graph, Node
from iomt.language.keys import API_VERSION
from iomt.language.reader import read_document
from iomt.language.shape import Key, Shape
from iomt.language.source import SourceText, read_source

KIND = "Profiles"
PROFILES = Shape(
    "a file of profiles",
    (
        Key("apiVersion", "choice", "The version of this language.", required=True, choices=(API_VERSION,)),
        Key("kind", "choice", "What the file is.", required=True, choices=(KIND,)),
        Key("spec", "named", "Profiles by the names of the nodes.", required=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """The profiles of a graph's nodes by name, and what is wrong with their file."""

    profiles: dict[str, Profile] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    sources: dict[str, SourceText] = field(default_factory=dict)

    def of(self, node: Node) -> Profile | None:
        """That of the node itself, or of the entry that it comes of."""
        return self.profiles.get(node.name) or self.profiles.get(node.entry)


def profiles_path(graph: Graph) -> Path:
    """Where the profiles of a graph are, whether or not there are any."""
    return Path(graph.directory, "profiles", f"{graph.name}.yaml")


def read_profiles(path: Path) -> Measured:
    """Nothing where there is no file; no profile of a file with errors."""
    if not path.is_file():
        return Measured()
    source, findings = read_source(str(path))
    document, syntax = read_document(source) if source.text.strip() else (None, [])
    found = [*findings, *syntax]
    profiles = _profiles(document, found) if document else {}
    return Measured({} if found else profiles, tuple(found), {str(path): source})


def _profiles(document: Document, found: list[Finding]) -> dict[str, Profile]:
    fields = Fields(document)
    top = fields.take(document.root, PROFILES, "the file", document.root)
    for name in ("apiVersion", "kind"):
        if name in top:
            rule = "unknown-version" if name == "apiVersion" else "unknown-kind"
            fields.choice(top[name], PROFILES.by_name[name], rule)
    profiles = {}
    if isinstance(spec := top.get("spec"), Mapping):
        profiles = {key.text: read_profile(fields, value, key.text) for key, value in spec.entries}
    elif spec is not None:
        fields.wrong_type(spec, "spec", "a map from nodes to profiles")
    found += fields.findings
    return profiles
