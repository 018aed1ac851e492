"""Follow the control words of rich text: groups, destinations, styles, characters."""

import re
from dataclasses import dataclass, field, replace

from inquote.ingest.formats.builder import TextBuilder
from inquote.ingest.formats.rich.paragraphs import Collector
from inquote.ingest.formats.rich.tokens import (
    DEFAULT_PAGE,
    SYMBOL_SET,
    Token,
    decoded,
    page_of_number,
    page_of_set,
    tokens_of,
)
from inquote.ingest.formats.word.margins import is_page_number
from inquote.ingest.formats.word.symbols import RAISED, decode_symbol

_SKIPPED = frozenset(
    "colortbl pict objdata objclass fldinst datafield themedata listtable listoverridetable "
    "rsidtbl generator filetbl revtbl xmlnstbl latentstyles pgptbl nonshppict shprslt sp sn sv "
    "pn pnseclvl template bkmkstart bkmkend ftnsep ftnsepc aftnsep aftnsepc userprops "
    "atnid atndate atnref atnicn atrfstart atrfend atntime annotationref mmathPr nesttableprops "
    "nonesttables author operator company keywords comment doccomm subject category manager "
    "hlinkbase xe tc private colorschememapping datastore defchp defpap wgrffmtfilter "
    "do picprop blipuid blipprop falt panose".split()
)
_KNOWN = frozenset("annotation atnauthor shpinst ud listtext pntext footnote".split())
_KEPT = {  # destinations whose text is kept apart
    **dict.fromkeys("header headerl headerr headerf".split(), "header"),
    **dict.fromkeys("footer footerl footerr footerf".split(), "footer"),
    **{"listtext": "label", "pntext": "label", "footnote": "note", "annotation": "comment"},
    **{"atnauthor": "author", "fonttbl": "fonts", "stylesheet": "styles", "title": "title"},
    **{"info": "info"},
}
_CHARACTERS = {
    **{"emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’"},
    **{"ldblquote": "“", "rdblquote": "”", "tab": " ", "line": "\n", "emspace": " "},
    **{"enspace": " ", "qmspace": " ", "nestcell": " ", "nestrow": " "},
}
_SIGNS = {"~": " ", "_": "-", "\\": "\\", "{": "{", "}": "}"}
_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop) ([1-9])", re.IGNORECASE)
_ROW_WORDS = frozenset("trhdr cellx clmgf clmrg clvmgf clvmrg".split())
_MAX_DEPTH = 8


@dataclass
class _Group:
    """What holds within a pair of braces."""

    target: str = "body"
    is_skipped: bool = False
    skip_after: int = 1  # characters that stand for the last one in old programs
    font: int = -1
    hidden: bool = False
    deleted: bool = False
    raised: str = ""
    texts: list[str] = field(default_factory=list)  # of a target that is kept apart


class Reader:
    """Reads rich text into a builder."""

    def __init__(self, builder: TextBuilder) -> None:
        self.title = ""
        self.margins: dict[str, list[str]] = {"header": [], "footer": []}
        self._builder = builder
        self._collector = Collector(builder)
        self._group = _Group()
        self._stack: list[_Group] = []
        self._page = DEFAULT_PAGE
        self._default_font = -1
        self._fonts: dict[int, tuple[str, str]] = {}  # code page, name
        self._symbol_fonts: set[int] = set()
        self._headings: dict[int, int] = {}  # the level of a style
        self._style = 0
        self._bytes: list[str] = []
        self._to_skip = 0
        self._surrogate = 0
        self._notes = 0
        self._author = ""
        self._is_optional = False  # whether the next destination may be skipped

    def read(self, text: str) -> None:
        """Read the whole of a text."""
        for token in tokens_of(text):
            if token.kind == "byte" or token.kind == "text":
                self._add_bytes(token)
                continue
            self._flush()
            if token.kind == "open":
                self._stack.append(self._group)
                self._group = replace(self._group)
                self._to_skip = 0
            elif token.kind == "close":
                self._close()
            elif token.kind == "sign":
                self._take_sign(token.text)
            else:
                self._take_word(token.text, token.number)
        self._flush()
        while self._stack:
            self._close()
        self._collector.end()

    def _add_bytes(self, token: Token) -> None:
        text = token.text[self._to_skip :]
        self._to_skip = max(0, self._to_skip - len(token.text))
        self._bytes.append(text)

    def _flush(self) -> None:
        """Decode the bytes that have come together."""
        if not self._bytes:
            return
        text = "".join(self._bytes)
        self._bytes = []
        font = self._group.font if self._group.font >= 0 else self._default_font
        if font in self._symbol_fonts:
            name = self._fonts[font][1]
            text = "".join(decode_symbol(name, f"{ord(sign):X}") for sign in text if sign != " ")
        else:
            page = self._fonts.get(font, ("", ""))[0]
            text = decoded(text, page or self._page)
        self._add(text)

    def _add(self, text: str) -> None:
        """Add characters where the group's text belongs."""
        group = self._group
        if group.is_skipped or group.deleted:
            return
        if group.target == "label":
            self._collector.paragraph.label.append(text)
        elif group.target != "body":
            group.texts.append(text)
        elif group.hidden:
            self._builder.hide(text, "hidden text")
        else:
            self._builder.part_hidden()
            is_short = len(text) < 7 and RAISED["superscript"].keys() >= set(map(ord, text))
            raised = group.raised if is_short else ""
            self._collector.paragraph.parts.append(text.translate(RAISED.get(raised, {})))

    def _close(self) -> None:
        """Close a group, and take what it kept apart."""
        if not self._stack:
            return
        group, self._group = self._group, self._stack.pop()
        self._to_skip = 0
        if group.target in ("fonts", "styles") and not group.is_skipped:
            self._name_entry(group)
        if group.is_skipped or group.texts is self._group.texts:
            return
        text = " ".join("".join(group.texts).split())
        if group.target in self.margins:
            has_page = "\0" in text
            text = " ".join(text.replace("\0", " ").split())
            if text and not (has_page and is_page_number(text)):
                self.margins[group.target].append(text)
        elif group.target == "note":
            self._notes += 1
            self._collector.add_aside("note", str(self._notes), f"{self._notes} {text}")
        elif group.target == "comment":
            lead = f"{self._author}: " if self._author else ""
            self._collector.add_aside("comment", "", f"{lead}{text}")
            self._author = ""
        elif group.target == "author":
            self._author = text
        elif group.target == "title":
            self.title = text

    def _take_sign(self, sign: str) -> None:
        if sign == "*":
            self._is_optional = True
        elif sign in "\r\n":
            self._end_paragraph()
        elif sign in _SIGNS:
            self._add(_SIGNS[sign])

    def _take_word(self, word: str, number: int | None) -> None:
        """Take a control word."""
        is_optional, self._is_optional = self._is_optional, False
        if word in _SKIPPED or (is_optional and word not in _KNOWN):
            self._group.is_skipped = True
        elif word in _KEPT and not self._group.is_skipped:
            self._group.target = _KEPT[word]
            self._group.texts = []
        elif word == "shptxt":
            self._group.target = "body"
        elif word == "shpinst":
            self._group.target = "shape"
            self._group.texts = []
        elif word == "upr":
            self._group.is_skipped = True
        elif word == "ud":
            self._group.is_skipped = False
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])
        elif word == "u" and number is not None:
            self._add_unicode(number & 0xFFFF)
        elif not self._group.is_skipped:
            self._take_property(word, number)

    def _add_unicode(self, code: int) -> None:
        """Add a character by its number, the halves of a pair together."""
        self._to_skip = self._group.skip_after
        if 0xD800 <= code < 0xDC00:
            self._surrogate = code
        elif 0xDC00 <= code < 0xE000:
            pair = 0x10000 + ((self._surrogate - 0xD800) << 10) + (code - 0xDC00)
            self._add(chr(pair) if self._surrogate else "\ufffd")
            self._surrogate = 0
        else:
            font = self._fonts.get(self._group.font, ("", ""))[1]
            is_private = 0xF020 <= code < 0xF100
            self._add(decode_symbol(font, f"{code:X}") if is_private else chr(code))

    def _take_property(self, word: str, number: int | None) -> None:
        """Take a control word that says how the text after it is, or what ends before it."""
        group = self._group
        if word in ("par", "sect", "page", "column"):
            self._end_paragraph()
        elif word in ("cell", "row", "trowd") or word in _ROW_WORDS:
            self._take_table(word)
        elif group.target in ("fonts", "styles"):
            self._take_entry(word, number)
        elif word in ("pard", "intbl", "ilvl", "outlinelevel", "s"):
            self._take_paragraph(word, number or 0)
        elif word == "ansicpg":
            self._page = page_of_number(number or 0)
        elif word == "mac":
            self._page = "mac_roman"
        elif word == "deff":
            self._default_font = number if number is not None else -1
        else:
            self._take_run(word, number)

    def _take_run(self, word: str, number: int | None) -> None:
        """Take a control word that says how the characters after it are."""
        group = self._group
        if word == "f":
            group.font = number if number is not None else -1
        elif word == "uc":
            group.skip_after = max(0, min(8, number if number is not None else 1))
        elif word == "v":
            group.hidden = number != 0
        elif word == "deleted":
            group.deleted = number != 0
        elif word in ("super", "sub"):
            group.raised = "" if number == 0 else f"{'super' if word == 'super' else 'sub'}script"
        elif word == "nosupersub":
            group.raised = ""
        elif word == "plain":
            group.hidden, group.deleted, group.raised, group.font = False, False, "", -1
        elif word == "chpgn" and group.target in self.margins:
            group.texts.append("\0")

    def _take_table(self, word: str) -> None:
        if self._group.target != "body":
            return
        if word == "cell":
            self._collector.end_cell()
        elif word == "row":
            self._collector.end_row()
        elif word == "trowd":
            self._collector.begin_row()
        else:
            self._collector.describe(word)

    def _take_paragraph(self, word: str, number: int) -> None:
        if self._group.target != "body":
            return
        paragraph = self._collector.paragraph
        if word == "pard":
            paragraph.in_table = False
            paragraph.level = paragraph.depth = 0
        elif word == "intbl":
            paragraph.in_table = True
        elif word == "ilvl":
            paragraph.depth = max(0, min(_MAX_DEPTH, number))
        elif word == "outlinelevel":
            paragraph.level = min(6, number + 1) if 0 <= number < 9 else 0
        else:
            paragraph.level = self._headings.get(number, paragraph.level)

    def _take_entry(self, word: str, number: int | None) -> None:
        """Take a control word of the tables of fonts and styles."""
        at = number if number is not None else 0
        if word == "f" and self._group.target == "fonts":
            self._group.font = at
            self._group.texts = []
            self._fonts[at] = ("", "")
        elif word == "fcharset":
            self._fonts[self._group.font] = (page_of_set(at), "")
            if at == SYMBOL_SET:
                self._symbol_fonts.add(self._group.font)
        elif word == "s" and self._group.target == "styles":
            self._style = at

    def _name_entry(self, group: _Group) -> None:
        """Take the name of a font or a style, which ends with a semicolon."""
        name = "".join(group.texts).strip(" ;")
        group.texts.clear()
        if group.target == "fonts" and group.font in self._fonts:
            self._fonts[group.font] = (self._fonts[group.font][0], name)
            return
        heading = _HEADING.match(name)
        if heading:
            self._headings[self._style] = min(6, int(heading.group(1)))

    def _end_paragraph(self) -> None:
        if self._group.target == "body":
            self._collector.end_paragraph()
        elif not self._group.is_skipped:
            self._group.texts.append(" ")
