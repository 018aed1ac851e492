"""Write what a page states of itself in its head and shows nowhere: title, author, date."""

import re
from typing import Any

from inquote.ingest.english import EMPTY_TITLES
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.formats.html_parts import heading_level

_WORD = re.compile(r"\w+")
_PARTS = re.compile(r" [|·•»«:–—-]{1,2} ")
_AUTHORS = ("author", "dc.creator", "dcterms.creator", "citation_author")
_DATES = ("date", "dc.date", "dcterms.created", "article:published_time", "citation_date")
_MAX_VALUE = 200  # characters


def title_of(root: Any) -> str:
    """Return the title in a page's head, else ""."""
    return canonical(" ".join((root.findtext(".//title") or "").split()))


def write_head(builder: TextBuilder, root: Any) -> None:
    """Write the title as a heading unless a heading shows it, and the author and the date."""
    title = title_of(root)
    if title and not _is_shown(title, root):
        builder.heading(title, 1)
    stated: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        stated.setdefault(name, " ".join(canonical(meta.get("content") or "").split()))
    lines = []
    shown = ""
    for label, names in (("author", _AUTHORS), ("date", _DATES)):
        value = next((stated[name] for name in names if stated.get(name)), "")
        if value and len(value) <= _MAX_VALUE and not value.startswith(("http:", "https:")):
            shown = shown or " ".join("".join(root.itertext()).split())
            if value not in shown:
                lines.append(f"{label}: {value}")
    builder.block("\n".join(lines))


def _is_shown(title: str, root: Any) -> bool:
    """Return whether a title says nothing, or a heading says it too."""
    words = _words(title)
    if not words or words <= EMPTY_TITLES:
        return True
    parts = list(filter(None, map(_words, _PARTS.split(title))))
    for element in root.iter():
        if isinstance(element.tag, str) and heading_level(element):
            heading = _words("".join(element.itertext()))
            if heading and (heading <= words or any(part <= heading for part in parts)):
                return True
    return False


def _words(text: str) -> set[str]:
    """Return the words of a text in small letters, single letters aside."""
    return {word for word in _WORD.findall(text.casefold()) if len(word) > 1 or word > "\x7f"}
