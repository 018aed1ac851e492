"""Parse an HTML page: the words that a browser shows, block by block.

The page's asides, such as its navigation, stay in the text and are marked; `html_parts.py` holds
the rules. A page that would consist of asides has none. What the page's own styles hide is marked
too; `style/` holds the rules. Scripts and styles are not text.
"""

from typing import Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical, first_title
from inquote.ingest.formats.html_encoding import decode_page
from inquote.ingest.formats.html_head import title_of, write_head
from inquote.ingest.formats.html_parts import Parts
from inquote.ingest.formats.html_walker import SPACES, Walker
from inquote.ingest.formats.style.page import page_of
from inquote.ingest.formats.tags import TAG


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse an HTML page.

    The title is the `title` element's, else the first heading's. Raises `FileSkipped` for a page
    without text.
    """
    from lxml import etree, html

    page, warning = decode_page(content, encoding)
    parser = html.HTMLParser(
        huge_tree=True, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(page.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return _strip_tags(page, warning)
    # lxml drops what goes beyond its limits, such as tags nested deeper than 2,048.
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        return _strip_tags(page, warning)
    builder = TextBuilder()
    write_head(builder, root)
    head = builder.length
    Walker(builder, page_of(root), Parts(root)).walk(root)
    if builder.length == head:
        return _strip_tags(page, warning)
    text, blocks = builder.build()
    asides = builder.asides if _leaves_prose(builder) else []
    return Parsed(
        text,
        blocks,
        title_of(root) or first_title(text, blocks),
        _source(root),
        asides=tuple(asides),
        hidden=tuple(builder.hidden),
        warning=warning,
    )


def write_html(builder: TextBuilder, fragment: str) -> None:
    """Write a part of a page, such as a table in another format; what is no HTML as its words."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(fragment.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return builder.block(SPACES.sub(" ", TAG.sub(" ", fragment)))
    Walker(builder, page_of(root), Parts(root)).walk(root)


def _strip_tags(page: str, warning: str) -> Parsed:
    """Return the text between the tags, for markup that the parser gives up on.

    Raises `FileSkipped` where there is none.
    """
    from html import unescape

    text = unescape(TAG.sub(" ", page))
    builder = TextBuilder()
    builder.block(SPACES.sub(" ", text))
    body, blocks = builder.build()
    if not body.strip():
        raise FileSkipped("it holds no text that a browser would show")
    return Parsed(body, blocks, warning=warning)


def _leaves_prose(builder: TextBuilder) -> bool:
    """Return whether a text has more than headings and asides in it."""
    in_asides = sum(end - start for start, end in builder.asides)
    in_headings = sum(
        block.end - block.start for block in builder.blocks if block.kind == "heading"
    )
    in_hidden = sum(hidden.end - hidden.start for hidden in builder.hidden)
    prose = len("".join(builder.parts).strip()) - 2 * len(builder.parts)  # 2 for each gap
    return in_asides + in_headings + in_hidden < prose


def _source(root: Any) -> str:
    """Return the address that the page states as its own, else ""."""
    for link in root.iter("link"):
        if (link.get("rel") or "").lower() == "canonical":
            return canonical(link.get("href") or "").strip()
    return ""


_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")
_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})


def _is_html(content: bytes, suffix: str) -> bool:
    """Return whether bytes begin as a page does, or are named as one and hold a tag."""
    # Without its zero bytes and byte order mark a page in UTF-16 begins in the same way.
    start = content[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith(b"<?xml") and b"<html" in start:
        return True
    return start.startswith(_STARTS) or (suffix in _SUFFIXES and b"<" in content)


FORMAT = Format("html", _is_html, parse)
