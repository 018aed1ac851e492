"""Read what stands in a paragraph of an OpenDocument text, and what it refers to."""

from dataclasses import dataclass, field
from typing import Any

from inquote.ingest.formats.builder import TextBuilder
from inquote.ingest.formats.drawing import described
from inquote.ingest.formats.opendocument.styles import Styles
from inquote.ingest.formats.opendocument.xml import OFFICE, SVG, TEXT
from inquote.ingest.formats.word.xml import kind_of, whole

_MAX_SPACES = 100
_SKIPPED = frozenset(
    "tracked-changes bookmark bookmark-start bookmark-end soft-page-break index-title-template "
    "forms sequence-decls variable-decls user-field-decls".split()
)
_PAGES = ("page-number", "page-count")


@dataclass
class Line:
    """What stands in a paragraph: its visible text, its notes and comments, its text boxes."""

    parts: list[str] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    has_words: bool = False  # besides the numbers of pages

    @property
    def text(self) -> str:
        """The visible text."""
        return "".join(self.parts).strip()


class InlineReader:
    """Reads paragraphs; what is hidden in them goes to the builder."""

    def __init__(self, styles: Styles, builder: TextBuilder) -> None:
        self._styles = styles
        self._builder = builder

    def read(self, paragraph: Any) -> Line:
        """Return what stands in a paragraph."""
        line = Line()
        hides = self._styles.hides("paragraph", paragraph.get(f"{TEXT}style-name") or "")
        self._walk(paragraph, line, hides)
        return line

    def _walk(self, element: Any, line: Line, hides: bool) -> None:
        self._add(element.text, line, hides)
        for child in element:
            self._read_child(child, line, hides)
            self._add(child.tail, line, hides)

    def _read_child(self, child: Any, line: Line, hides: bool) -> None:
        kind = kind_of(child)
        if kind == "s":
            count = min(_MAX_SPACES, max(1, whole(child.get(f"{TEXT}c"), 1)))
            self._add(" " * count, line, hides)
        elif kind in ("tab", "line-break"):
            line.parts.append(" " if kind == "tab" else "\n")
        elif kind in ("note", "annotation"):
            line.notes.append(child)
        elif kind == "text-box":
            line.boxes.append(child)
        elif kind == "desc" and child.tag == f"{SVG}desc":
            line.pictures.append(described(child.text or ""))
        elif kind in _PAGES:
            line.parts.append(child.text or "")
        elif kind == "ruby-text":
            self._add(f"({child.text})" if child.text else "", line, hides)
        elif kind == "span":
            style = child.get(f"{TEXT}style-name") or ""
            self._walk(child, line, hides or self._styles.hides("text", style))
        elif kind == "hidden-text":
            self._builder.hide(child.get(f"{TEXT}string-value") or "", "hidden text")
        elif kind not in _SKIPPED and not child.tag.startswith((OFFICE, SVG)):
            self._walk(child, line, hides)

    def _add(self, text: str | None, line: Line, hides: bool) -> None:
        if not text:
            return
        if hides:
            self._builder.hide(text, "hidden text")
            return
        # White space is one space in OpenDocument; more are told by an element.
        words = text if not text.strip() and "\n" not in text else " ".join(text.split())
        before = " " if text[:1].isspace() and text.strip() else ""
        after = " " if text[-1:].isspace() and text.strip() else ""
        self._builder.part_hidden()
        line.parts.append(f"{before}{words}{after}".replace("\xad", ""))
        line.has_words = line.has_words or any(map(str.isalnum, text))
