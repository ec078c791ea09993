"""Reading ``profiles/GRAPH.yaml``; most graphs have none, so this is not even imported for them."""

from iomt.catalogue.declaration import Profile
from iomt.catalogue.declared_profile import read_profile
from iomt.catalogue.measured import KIND, Measured
from iomt.diagnostics.finding import Finding
from iomt.language.document import Document, Mapping
from iomt.language.fields import Fields
from iomt.language.keys import API_VERSION
from iomt.language.reader import read_document
from iomt.language.shape import Key, Shape
from iomt.language.source import read_source

PROFILES = Shape(
    "a file of profiles",
    (
        Key("apiVersion", "choice", "The version of this language.", required=True, choices=(API_VERSION,)),
        Key("kind", "choice", "What the file is.", required=True, choices=(KIND,)),
        Key("spec", "named", "Profiles by the names of the nodes.", required=True),
    ),
)


def read_file(path: str) -> Measured:
    """No profile of a file with errors."""
    source, findings = read_source(path)
    document, syntax = read_document(source) if source.text.strip() else (None, [])
    found = [*findings, *syntax]
    profiles = _profiles(document, found) if document else {}
    return Measured({} if found else profiles, tuple(found), {path: source})


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
