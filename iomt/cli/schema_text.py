"""The text of the schema that `iomt schema` prints and `iomt init` writes."""

import json
from collections.abc import Iterable
from pathlib import Path

from iomt.catalogue.graph_schema import graph_schema
from iomt.catalogue.load import load_catalogue
from iomt.diagnostics import text


def schema_text(folders: Iterable[Path]) -> tuple[str, str]:
    """The schema with the devices of these folders, and what is wrong with their declarations."""
    catalogue, findings = load_catalogue(folders)

    def lines(file: str) -> tuple[str, ...]:
        source = catalogue.sources.get(file)
        return source.lines if source and source.text else ()

    schema = json.dumps(graph_schema(catalogue), indent=2, ensure_ascii=False) + "\n"
    return schema, text.render(findings, lines)
