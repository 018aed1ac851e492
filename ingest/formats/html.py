"""HTML: the words that a browser shows, block by block; navigation is kept as an aside.

What is an aside: `nav`, `footer`, `aside`, `dialog`, a `header` outside an article, elements with such a role, a `form`
without headings and with few words, lists and paragraphs that are nothing but three links or more, and, where the page
has one `main` (or else one `article`) with a fair share of its words, everything outside of it. A page all of which
would be aside has none. Scripts, styles and hidden elements are not text.
"""

import re
from collections.abc import Iterator
from typing import Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.formats.encoding import encoding_of

_UNSEEN = frozenset(
    "script style template noscript noframes head svg iframe object canvas audio video select datalist".split()
)
_ASIDE = frozenset("nav footer aside dialog menu".split())
_ASIDE_ROLES = frozenset(
    "navigation banner contentinfo complementary search menu menubar dialog".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul caption".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:opacity|font-size)\s*:\s*0(?:px|em|rem|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_TAG = re.compile(
    r"<!--(?:(?!-->).)*-->|<(script|style)\b(?:(?!</\1).)*</\1[^>]*>|<[^>]*>",
    re.DOTALL | re.IGNORECASE,
)
_CHARSET = re.compile(rb"<meta\s[^>]*charset\s*=|<\?xml[^>]*encoding", re.IGNORECASE)
_FEW_LINKS = 3
_FAIR_SHARE = 0.2  # of the words of a page that its main element holds
_SHORT_FORM = 60  # words of a form that is there to be filled in
_SUPERSCRIPTS = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
_SUBSCRIPTS = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse an HTML file; the title is the `title` element's, else the first heading's."""
    from lxml import etree, html

    encoding = encoding or _encoding(content)
    if encoding:
        content, encoding = content.decode(encoding, "replace").encode(), "utf-8"
    parser = html.HTMLParser(
        huge_tree=True, encoding=encoding, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(content, parser)
    except (etree.LxmlError, ValueError, AssertionError):
        root = None
    if root is None or any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        return _stripped(
            content, encoding
        )  # such as tags nested deeper than 2,048, where lxml drops the rest
    builder = TextBuilder()
    _Walker(builder, _main(root)).walk(root)
    text, sections = builder.build()
    if not text:
        return _stripped(content, encoding)
    asides = builder.asides if _leaves_prose(text, builder) else []
    title = " ".join((root.findtext(".//title") or "").split())
    first = next((section.title for section in sections if section.title), "")
    return Parsed(text, sections, canonical(title) or first, _source(root), asides=tuple(asides))


def _stripped(content: bytes, encoding: str | None) -> Parsed:
    """The text between the tags, for markup that the parser gives up on; raises `FileSkipped` where there is none."""
    from html import unescape

    text = unescape(_TAG.sub(" ", content.decode(encoding or "utf-8", "replace")))
    builder = TextBuilder()
    builder.block(_SPACES.sub(" ", text))
    body, sections = builder.build()
    if not body.strip():
        raise FileSkipped("it holds no text that a browser would show")
    return Parsed(body, sections)


def _encoding(content: bytes) -> str | None:
    """The encoding of a page that does not state one, told as that of a text; None where it does."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) or _CHARSET.search(
        content[:4096]
    ):
        return None
    return encoding_of(content)


def _main(root: Any) -> Any:
    """The one element that the page says is its content, if it holds a fair share of the words; None else."""
    for name in ("main", "article"):
        found = list(root.iter(name)) or [
            e for e in root.iter("div") if name == "main" and e.get("role") == "main"
        ]
        if len(found) == 1 and _word_count(found[0]) >= _FAIR_SHARE * _word_count(root):
            return found[0]
    return None


def _word_count(element: Any) -> int:
    return sum(len(text.split()) for text in element.itertext())


def _leaves_prose(text: str, builder: TextBuilder) -> bool:
    """Whether anything but headings is left of a text without its asides."""
    beside = sum(end - start for start, end in builder.asides) + sum(
        len(title) for title, _, _ in builder.headings
    )
    return beside < len("".join(builder.parts).strip()) - 2 * len(builder.parts)


def _source(root: Any) -> str:
    """The address that the page gives as its own."""
    for link in root.iter("link"):
        if (link.get("rel") or "").lower() == "canonical":
            return canonical(link.get("href") or "").strip()
    return ""


class _Walker:
    """Goes through the elements without recursion, collecting inline text until a block opens or closes."""

    def __init__(self, builder: TextBuilder, main: Any) -> None:
        self.builder = builder
        self.main = main
        self.inline: list[str] = []
        self.asides: list[Any] = []  # the open elements that make their content an aside
        self.numbers: list[
            int | None
        ] = []  # one an open list: the next item's number, None for bullets
        self.marker = ""  # of the item just opened, until its first line is written
        self.rows: list[
            tuple[list[str], list[str]]
        ] = []  # of each open table row its cells, and the text before it
        self.after = ""  # what was written last: "row" of a table, "item" of a list that is still open, or neither
        self.verbatim = 0  # how many pre elements are open
        self.raised: list[dict[int, int]] = []  # one an open sup or sub element
        self.inside_main = main is None

    def walk(self, root: Any) -> None:
        """Write everything that is shown."""
        for event, element in _events(root):
            if event == "open":
                self._open(element)
                self._say(element.text)
            elif event == "close":
                self._close(element)
            if event != "open":
                self._say(element.tail)
        self._flush()

    def _say(self, text: str | None) -> None:
        if text:
            text = text if self.verbatim else _SPACES.sub(" ", text)
            self.inline.append(text.translate(self.raised[-1]) if self.raised else text)

    def _open(self, element: Any) -> None:
        name = element.tag
        if name == "br":
            self.inline.append("\n")
        elif name == "img" and element.get("alt"):
            self.inline.append(f" {element.get('alt')} ")
        elif name in ("sup", "sub"):
            self.raised.append(_SUPERSCRIPTS if name == "sup" else _SUBSCRIPTS)
        if name not in _BLOCKS:
            return
        if name not in ("td", "th"):
            self._flush()
        if element is self.main:
            self.inside_main = True
        if _is_aside(element):
            self.asides.append(element)
        if name == "pre":
            self.verbatim += 1
        elif name in ("ul", "ol", "menu", "dir"):
            self.numbers.append(_whole_number(element.get("start"), 1) if name == "ol" else None)
        elif name == "li":
            self._item(element)
        elif name == "tr":
            self.rows.append(([], self.inline))
            self.inline = []

    def _close(self, element: Any) -> None:
        name = element.tag
        if name in ("sup", "sub"):
            self.raised.pop()
        if name not in _BLOCKS:
            return
        if name in ("td", "th") and self.rows:
            self.rows[-1][0].append(" ".join("".join(self.inline).split()))
            self.inline = []
        elif name == "tr":
            self._row()
        elif name in _HEADINGS:
            self._heading(_HEADINGS[name])
        else:
            self._flush()
        if name == "pre":
            self.verbatim -= 1
        elif name in ("ul", "ol", "menu", "dir") and self.numbers:
            self.numbers.pop()
            self.after = self.after if self.numbers else ""
        elif name == "li":
            self.marker = ""
        if self.asides and self.asides[-1] is element:
            self.asides.pop()
        if element is self.main:
            self.inside_main = False

    def _item(self, element: Any) -> None:
        number = self.numbers[-1] if self.numbers else None
        if number is not None:
            number = _whole_number(element.get("value"), number)
        self.marker = "- " if number is None else f"{number}. "
        if number is not None:
            self.numbers[-1] = number + 1

    def _heading(self, level: int) -> None:
        if self.rows:
            return self._flush()
        title, self.inline = "".join(self.inline), []
        if self.numbers or self._aside:
            self._put(title)
        else:
            self.builder.heading(title, level)

    @property
    def _aside(self) -> bool:
        return bool(self.asides) or not self.inside_main

    def _row(self) -> None:
        """Write the row that closes; one of a table within a cell becomes words of that cell."""
        if not self.rows:
            return
        cells, before = self.rows.pop()
        line = " | ".join(cells) if "".join(cells) else ""
        if self.rows:
            self.inline = [*before, " ", line.replace(" | ", ", "), " "]
        else:
            self.inline = []
            self._put(line, row=True)

    def _flush(self) -> None:
        """Write the text of the block that opens or closes; within a cell it is parted by a space only."""
        if self.rows:
            self.inline.append(" ")
            return
        text, self.inline = "".join(self.inline), []
        lines = (
            text.split("\n")
            if self.verbatim
            else (" ".join(line.split()) for line in text.split("\n"))
        )
        self._put("\n".join(lines).strip("\n"))

    def _put(self, text: str, *, row: bool = False) -> None:
        """Write a block; the items of a list and the rows of a table follow one another closely."""
        if not text.strip():
            return
        kind = "row" if row else "item" if self.numbers else ""
        close = kind == self.after != "" and (row or bool(self.marker))
        indent = "  " * max(0, len(self.numbers) - 1)
        self.builder.block(
            indent + self.marker + text, gap="\n" if close else "\n\n", aside=self._aside
        )
        self.marker, self.after = "", kind


def _events(root: Any) -> Iterator[tuple[str, Any]]:
    """("open", e) and ("close", e) for each shown element, ("skip", e) for one that is not; `e.tail` follows both."""
    stack: list[tuple[Any, Iterator[Any]]] = [(root, iter(root))]
    yield "open", root
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield "close", element
        elif not isinstance(child.tag, str) or _is_unseen(child):
            yield "skip", child
        else:
            yield "open", child
            stack.append((child, iter(child)))


def _is_unseen(element: Any) -> bool:
    return (
        element.tag in _UNSEEN
        or element.get("hidden") is not None
        or bool(_HIDDEN.search(element.get("style") or ""))
    )


def _is_aside(element: Any) -> bool:
    if element.tag in _ASIDE or (element.get("role") or "").lower() in _ASIDE_ROLES:
        return True
    if element.tag == "header":
        return not any(
            above.tag in ("article", "main", "section") for above in element.iterancestors()
        )
    if element.tag == "form":
        headed = any(part.tag in _HEADINGS for part in element.iter())
        return not headed and _word_count(element) <= _SHORT_FORM
    return element.tag in ("ul", "ol", "p") and _is_only_links(element)


def _is_only_links(element: Any) -> bool:
    links = list(element.iter("a"))
    if len(links) < _FEW_LINKS:
        return False
    linked = sum(len("".join("".join(link.itertext()).split())) for link in links)
    return linked >= 0.9 * len("".join("".join(element.itertext()).split()))


def _whole_number(written: str | None, otherwise: int) -> int:
    return int(written) if written and written.isdecimal() and len(written) < 9 else otherwise


_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")
_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})


def _is_html(content: bytes, suffix: str) -> bool:
    """Return whether bytes begin as a page does, or are named as one and hold a tag."""
    start = (
        content[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    )  # of UTF-16 too
    if start.startswith(b"<?xml") and b"<html" in start:
        return True
    return start.startswith(_STARTS) or (suffix in _SUFFIXES and b"<" in content)


FORMAT = Format("html", _is_html, parse)
