"""Read the headers and footers of a Word document's pages, each text once."""

import re
from collections.abc import Iterator
from typing import Any

from inquote.ingest.formats.package import Package, Relation
from inquote.ingest.formats.word.inline import InlineReader, Line
from inquote.ingest.formats.word.xml import R, W, is_on, kind_of, unwrapped

_PAGE_WORDS = frozenset(
    "page pages pg p of seite seiten von sur de página páginas pagina pagine pag pág di van "
    "side av af sida strana z str стр из страница 第 页 共 ページ".split()
)
_WORD = re.compile(r"\w+")


class Margins:
    """The headers and footers that the sections of a document show."""

    def __init__(
        self, package: Package, relations: dict[str, Relation], reader: InlineReader
    ) -> None:
        self._package = package
        self._relations = relations
        self._reader = reader

    def texts(self, kind: str, main: Any, settings: Any) -> list[str]:
        """Return the texts of the "header" or "footer" parts, a text for each line, once each."""
        texts: dict[str, None] = {}
        for target in self._parts(kind, main, settings):
            root = self._package.xml(target)
            for line in () if root is None else self._lines(root):
                text = " ".join(line.text.split())
                if text and not _is_page_number(line, text):
                    texts[text] = None
        return list(texts)

    def _parts(self, kind: str, main: Any, settings: Any) -> Iterator[str]:
        """Yield the names of the parts of a kind that a page shows."""
        shows_even = is_on(settings, "evenAndOddHeaders")
        seen = set()
        for section in main.iter(f"{W}sectPr"):
            for reference in section.iterchildren(f"{W}{kind}Reference"):
                pages = reference.get(f"{W}type") or "default"
                is_shown = {"first": is_on(section, "titlePg"), "even": shows_even}.get(pages, True)
                relation = self._relations.get(reference.get(f"{R}id") or "")
                if is_shown and relation is not None and relation.target not in seen:
                    seen.add(relation.target)
                    yield relation.target

    def _lines(self, container: Any) -> Iterator[Line]:
        """Yield the lines of a part, a row of a table as one line, then its text boxes."""
        for element in unwrapped(container):
            kind = kind_of(element)
            if kind == "p":
                line = self._reader.read(element)
                yield line
                for box in line.boxes:
                    yield from self._lines(box)
            elif kind in ("tbl", "tc"):
                yield from self._lines(element)
            elif kind == "tr":
                yield from self._row(element)

    def _row(self, row: Any) -> Iterator[Line]:
        """Yield a table's row as one line, with " | " between its cells."""
        whole = Line()
        for cell in unwrapped(row):
            for line in self._lines(cell):
                if line.text:
                    whole.parts += [" | " if whole.parts else "", line.text]
                    whole.page_fields += line.page_fields
        yield whole


def _is_page_number(line: Line, text: str) -> bool:
    """Return whether a line is nothing but the number of a page."""
    if not line.page_fields:
        return False
    for number in line.page_fields:
        text = text.replace(number.strip(), " ", 1) if number.strip() else text
    return is_page_number(text)


def is_page_number(text: str) -> bool:
    """Return whether a text, its numbers taken away, is no more than "page of"."""
    return all(word.lower() in _PAGE_WORDS for word in _WORD.findall(text))
