"""Find the footnotes, endnotes and comments of a Word document by their ids."""

from typing import Any

from inquote.ingest.formats.package import Package, Relation
from inquote.ingest.formats.word.numerals import numeral
from inquote.ingest.formats.word.xml import W, find, value, whole

_PARTS = {"footnotes": "footnote", "endnotes": "endnote", "comments": "comment"}
_FORMATS = {"footnote": "decimal", "endnote": "lowerRoman"}


class Notes:
    """The notes and comments of a document, and how many of each kind were referred to."""

    def __init__(
        self, package: Package, relations: dict[str, Relation], settings: Any, main: Any
    ) -> None:
        """Read the parts that the main part names."""
        self._elements: dict[tuple[str, str], Any] = {}
        self._formats = dict(_FORMATS)
        self._counts: dict[str, int] = {}
        self._marks: dict[tuple[str, str], str] = {}
        for relation in relations.values():
            kind = _PARTS.get(relation.kind)
            root = package.xml(relation.target) if kind else None
            for element in () if root is None else root.iter(f"{W}{kind}"):
                if element.get(f"{W}type") in (None, "normal"):
                    self._elements[kind or "", element.get(f"{W}id") or ""] = element
        section = None if main is None else find(main, "body", "sectPr")
        for place in (settings, section):
            for kind in _FORMATS:
                self._read_format(kind, find(place, f"{kind}Pr"))

    def _read_format(self, kind: str, properties: Any) -> None:
        """Read how the notes of a kind are numbered, and from which number."""
        self._formats[kind] = value(properties, "numFmt") or self._formats[kind]
        start = value(properties, "numStart")
        if start:
            self._counts[kind] = whole(start, 1) - 1

    def take(self, kind: str, id: str) -> Any:
        """Return the note or comment of an id, once; None where there is none."""
        return self._elements.pop((kind, id), None)

    def mark(self, kind: str, id: str) -> str:
        """Return the mark of a note, which its first reference counts; "" where there is none."""
        if (kind, id) in self._elements and (kind, id) not in self._marks:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._marks[kind, id] = numeral(self._counts[kind], self._formats[kind])
        return self._marks.get((kind, id), "")
