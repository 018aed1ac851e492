"""Parse a PowerPoint presentation: a page for each slide, headed by its title, with its notes."""

from typing import Any

from inquote.ingest.documents import Page
from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.archive import archive_kind
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.formats.drawing import A
from inquote.ingest.formats.package import Package
from inquote.ingest.formats.slides.marks import P, placeholder_of
from inquote.ingest.formats.slides.shapes import SlideWriter, text_of
from inquote.ingest.formats.word.xml import R, kind_of

_MAX_SLIDES = 5_000
_POINTS = 12_700  # of PowerPoint's units


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse a presentation, or raise `FileSkipped` if it is unsafe or damaged."""
    package = Package(content)
    name = package.main_part("a PowerPoint presentation", "ppt/presentation.xml")
    root = package.xml(name)
    if root is None:
        raise FileSkipped("it is a damaged PowerPoint presentation (its slides cannot be read)")
    width, height = _size_of(root)
    relations = package.relations(name)
    builder = TextBuilder()
    writer = SlideWriter(builder, package)
    pages: list[Page] = []
    for entry in root.iter(f"{P}sldId"):
        relation = relations.get(entry.get(f"{R}id") or "")
        if relation is None or len(pages) >= _MAX_SLIDES:
            continue
        before = len(builder.blocks)
        _write_slide(package, relation.target, writer, builder)
        written = builder.blocks[before:]
        start = written[0].start if written else builder.length
        number = len(pages) + 1
        pages.append(Page(number, start, builder.length, str(number), width, height))
    title = canonical(package.title()).strip()
    return builder.parsed(title if title not in _UNTITLED else "", pages=pages)


_UNTITLED = ("PowerPoint Presentation", "PowerPoint-Präsentation", "Présentation PowerPoint")


def _size_of(root: Any) -> tuple[float, float]:
    """Return the width and height of the slides in points."""
    size = root.find(f"{P}sldSz")
    lengths = []
    for name in ("cx", "cy"):
        stated = "" if size is None else size.get(name) or ""
        lengths.append(int(stated) / _POINTS if stated.isdecimal() and len(stated) < 12 else 0.0)
    return lengths[0], lengths[1]


def _write_slide(package: Package, part: str, writer: SlideWriter, builder: TextBuilder) -> None:
    """Write a slide, its notes and its comments; a hidden one is kept as hidden text."""
    slide = package.xml(part)
    if slide is None:
        return
    if slide.get("show") in ("0", "false"):
        for paragraph in slide.iter(f"{A}p"):
            builder.hide(f"{text_of(paragraph)}\n", "hidden slide")
        builder.write_hidden()
        return
    writer.write(part, slide)
    for relation in package.relations(part).values():
        if relation.kind == "notesSlide":
            _write_notes(package.xml(relation.target), builder)
        elif relation.kind == "comments":
            _write_comments(package.xml(relation.target), builder)


def _write_notes(root: Any, builder: TextBuilder) -> None:
    """Write the speaker's notes of a slide."""
    for shape in () if root is None else root.iter(f"{P}sp"):
        place = placeholder_of(shape)
        if place is None or place.get("type") != "body":
            continue
        for paragraph in shape.iter(f"{A}p"):
            builder.block(text_of(paragraph), kind="note")


def _write_comments(root: Any, builder: TextBuilder) -> None:
    """Write the comments on a slide."""
    for element in () if root is None else root.iter():
        if kind_of(element) == "text" and element.text:
            builder.block(element.text, kind="comment")
        elif kind_of(element) == "txBody":
            text = " ".join(text_of(paragraph) for paragraph in element.iter(f"{A}p"))
            builder.block(text, kind="comment")


FORMAT = Format("pptx", lambda content, suffix: archive_kind(content) == "pptx", parse)
