"""YAML text to a `Document`, by whichever of the two readers suits it."""

from iomt.diagnostics.finding import Finding
from iomt.language.document import FILE_SHIFT, Document
from iomt.language.quick_reader import read_quickly
from iomt.language.source import SourceText


def read_document(source: SourceText, number: int = 0) -> tuple[Document | None, list[Finding]]:
    """The tree of the file's first document, None where the YAML itself is broken.

    ``number`` is that of the file among several that become one `Document`; such a tree says where it
    stands only in a document that has the file at that place of its ``sources``.
    """
    first = number << FILE_SHIFT
    read = read_quickly(source.text, first)
    if read is not None:
        return Document(read[0], (source,), read[1]), []
    from iomt.language.full_reader import read_fully

    return read_fully(source, first)
