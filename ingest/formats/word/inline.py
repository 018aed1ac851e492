"""Read what stands in a paragraph: its text with all changes accepted, and what it refers to."""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from inquote.ingest.formats.builder import TextBuilder
from inquote.ingest.formats.drawing import described
from inquote.ingest.formats.word.equations import equation_text
from inquote.ingest.formats.word.looks import Looks
from inquote.ingest.formats.word.notes import Notes
from inquote.ingest.formats.word.symbols import RAISED, decode_symbol, raise_mark
from inquote.ingest.formats.word.xml import (
    R,
    W,
    find,
    is_on,
    kind_of,
    value,
    version_of,
    whole,
)

_SKIPPED = frozenset(
    "pPr rPr sdtPr sdtEndPr del moveFrom instrText delText delInstrText fldData rt "
    "tblPr trPr tcPr".split()
)
_CHARACTERS = {"tab": " ", "ptab": " ", "noBreakHyphen": "-", "br": "\n", "cr": "\n"}
_RAISABLE = frozenset("0123456789+-=()")
_MAX_RAISED = 6  # characters
_PRIVATE = re.compile("[\uf020-\uf0ff]")  # where the characters of symbol fonts stand


class Reference(NamedTuple):
    """A place that refers to a note or a comment: its kind ("footnote"), its id, its own mark."""

    kind: str
    id: str
    mark: str = ""


@dataclass
class Line:
    """What stands in a paragraph; `boxes` are text boxes.

    `drawings` are the ids of diagrams and charts, `pictures` what is said of pictures,
    `page_fields` the texts of fields that count pages.
    """

    parts: list[str] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    page_fields: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The visible text."""
        return "".join(self.parts).strip()


@dataclass
class _Field:
    """A field that has begun: its instruction, and whether its result has."""

    instruction: str = ""
    has_result: bool = False


class InlineReader:
    """Reads paragraphs; what is hidden in them goes to the builder."""

    def __init__(self, looks: Looks, builder: TextBuilder, notes: Notes) -> None:
        self._looks = looks
        self._builder = builder
        self._notes = notes
        self._fields: list[_Field] = []

    def read(self, paragraph: Any) -> Line:
        """Return what stands in a paragraph."""
        line = Line()
        self._fields = [field for field in self._fields if field.has_result]
        self._walk(paragraph, line)
        return line

    def _walk(self, element: Any, line: Line) -> None:
        for child in element:
            kind = kind_of(child)
            if kind in _SKIPPED:
                if kind == "instrText" and self._fields:
                    self._fields[-1].instruction += child.text or ""
            elif kind in ("t", "sym"):
                self._add_text(child, _text_of(child, kind), line)
            elif kind in _CHARACTERS:
                self._add_text(child, _CHARACTERS[kind], line)
            elif kind in ("oMath", "oMathPara"):
                self._add_text(child, equation_text(child), line)
            elif kind == "txbxContent":
                line.boxes.append(child)
            elif kind == "AlternateContent":
                chosen = version_of(child)
                if chosen is not None:
                    self._walk(chosen, line)
            elif not self._refer(child, kind, line):
                self._walk(child, line)

    def _refer(self, element: Any, kind: str, line: Line) -> bool:
        """Note an element that refers to something; return whether it is one."""
        if kind in ("footnoteReference", "endnoteReference", "commentReference"):
            self._refer_to_note(element, kind.removesuffix("Reference"), line)
        elif kind == "fldChar":
            self._turn_field(element, line)
        elif kind == "fldSimple":
            instruction = element.get(f"{W}instr") or ""
            self._fields.append(_Field(instruction, has_result=True))
            self._walk(element, line)
            self._fields.pop()
        elif kind == "docPr":
            line.pictures.append(described(element.get("descr") or ""))
        elif kind in ("relIds", "chart"):
            line.drawings.append(element.get(f"{R}dm") or element.get(f"{R}id") or "")
        elif kind == "ruby":
            self._walk(element, line)
            reading = "".join(part.text or "" for part in element.iter(f"{W}t") if _in_rt(part))
            line.parts.append(f"({reading})" if reading else "")
        else:
            return False
        return True

    def _refer_to_note(self, element: Any, kind: str, line: Line) -> None:
        """Note a reference, and write its mark where the author's program would draw one."""
        id = element.get(f"{W}id") or ""
        mark = ""
        if element.get(f"{W}customMarkFollows") not in (None, "0", "false"):
            following = element.getnext()
            mark = "" if following is None else (following.text or "").strip()
        elif kind != "comment":
            raised = raise_mark(self._notes.mark(kind, id))
            is_word = bool(line.parts) and line.parts[-1][-1:].isalnum()
            self._add_text(element, f" {raised}" if is_word and raised else raised, line)
        line.references.append(Reference(kind, id, mark))

    def _turn_field(self, element: Any, line: Line) -> None:
        """Begin a field, begin its result, or end it."""
        turn = element.get(f"{W}fldCharType")
        if turn == "begin":
            self._fields.append(_Field())
            line.parts.append(_form_value(element.find(f"{W}ffData")))
        elif turn == "separate" and self._fields:
            self._fields[-1].has_result = True
        elif turn == "end" and self._fields:
            self._fields.pop()

    def _add_text(self, element: Any, text: str, line: Line) -> None:
        if not all(field.has_result for field in self._fields):
            return
        reason = self._looks.reason(element)
        if reason:
            self._builder.hide(text, reason)
            return
        self._builder.part_hidden()
        line.parts.append(text)
        if any(_counts_pages(field.instruction) for field in self._fields):
            line.page_fields.append(text)


def _text_of(element: Any, kind: str) -> str:
    """Return the characters of a piece of text, digits raised or lowered as they are set."""
    if kind == "sym":
        return decode_symbol(element.get(f"{W}font") or "", element.get(f"{W}char") or "")
    text = (element.text or "").replace("\xad", "")
    run = element.getparent()
    if _PRIVATE.search(text):
        fonts = find(run, "rPr", "rFonts")
        font = "" if fonts is None else fonts.get(f"{W}ascii") or ""
        text = _PRIVATE.sub(lambda place: decode_symbol(font, f"{ord(place.group()):X}"), text)
    table = RAISED.get(value(run.find(f"{W}rPr"), "vertAlign"))
    if table and len(text) <= _MAX_RAISED and _RAISABLE.issuperset(text):
        return str(text).translate(table)
    return str(text)


def _in_rt(element: Any) -> bool:
    return any(kind_of(parent) == "rt" for parent in element.iterancestors())


def _form_value(data: Any) -> str:
    """Return what a check box or a list of an old form shows, else ""."""
    box, choices = find(data, "checkBox"), find(data, "ddList")
    if box is not None:
        name = "checked" if box.find(f"{W}checked") is not None else "default"
        return "☒" if is_on(box, name) else "☐"
    if choices is not None:
        entries = [entry.get(f"{W}val") or "" for entry in choices.iter(f"{W}listEntry")]
        at = whole(value(choices, "result") or value(choices, "default"))
        return entries[at] if 0 <= at < len(entries) else ""
    return ""


def _counts_pages(instruction: str) -> bool:
    name = instruction.split()[:1]
    return bool(name) and name[0].upper() in ("PAGE", "NUMPAGES", "SECTIONPAGES")
