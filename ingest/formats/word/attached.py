"""Write what a Word document holds in parts of their own: diagrams, charts, foreign texts."""

from contextlib import suppress

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import html
from inquote.ingest.formats.builder import TextBuilder
from inquote.ingest.formats.drawing import chart_lines, paragraphs_of
from inquote.ingest.formats.package import Package, Relation


class AttachedWriter:
    """Writes the parts that relationships of the main part lead to."""

    def __init__(
        self, builder: TextBuilder, package: Package, relations: dict[str, Relation]
    ) -> None:
        self._builder = builder
        self._package = package
        self._relations = relations

    def write(self, id: str) -> None:
        """Write the part that an id names, nothing where it has no text."""
        relation = self._relations.get(id)
        if relation is None:
            return
        if relation.kind == "aFChunk":
            self._write_foreign(self._package.read(relation.target))
            return
        root = self._package.xml(relation.target)
        if root is None:
            return
        if relation.kind == "diagramData":
            texts = paragraphs_of(root)
        elif relation.kind == "chart":
            texts = chart_lines(root)
        else:
            texts = []
        for text in texts:
            self._builder.block(text)

    def _write_foreign(self, content: bytes) -> None:
        """Write a text in HTML, block by block."""
        if b"<html" not in content[:1000].lower():
            return
        with suppress(FileSkipped):  # it holds no text
            self._builder.include(html.parse(content))
