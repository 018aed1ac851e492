"""Parse reStructuredText, by its own parser: no file is inserted, nothing raw, nothing fetched.

A text is one if its name says so, or if it has a title underlined as there and a directive.
"""

import re
from typing import TYPE_CHECKING

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.formats.encoding import decode_first
from inquote.ingest.formats.rst_writer import Writer

if TYPE_CHECKING:
    from docutils import nodes

_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "halt_level": 6,  # never
    "report_level": 5,  # nothing
    "warning_stream": "",
    "doctitle_xform": False,
    "docinfo_xform": False,
    "syntax_highlight": "none",
    "line_length_limit": 1_000_000,
    "_disable_config": True,
}
_MAX_CHARACTERS = 5_000_000
_MAX_DEPTH = 5  # of directives of other tools within each other
_HEAD = 20_000  # bytes of a text that are looked at
_TITLE = re.compile(rb"^[^\s\n][^\n]{0,100}\r?\n([=~^*+#-])\1{2,100}\r?$", re.MULTILINE)
_DIRECTIVE = re.compile(rb"^\.\. [a-z][\w:-]{1,40}::", re.MULTILINE)
_SUFFIXES = frozenset({".rst", ".rest"})
_TEXT_SUFFIXES = frozenset({".txt", ""})


def parse(text: str) -> Parsed:
    """Parse reStructuredText; what its parser cannot read costs its own part."""
    text = canonical(text)
    if len(text) > _MAX_CHARACTERS:
        raise FileSkipped("it is reStructuredText of more than 5 million characters; divide it")
    builder = TextBuilder()
    Writer(builder, _read, _MAX_DEPTH).write(_read(text))
    return builder.parsed()


def _read(text: str) -> "nodes.document":
    """Return the tree of a text."""
    from docutils.core import publish_doctree

    try:
        return publish_doctree(text, settings_overrides=_SETTINGS)
    except (RecursionError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        raise FileSkipped(
            "its reStructuredText cannot be read; rename it to end in .txt to read it as text"
        ) from None


def _is_rst(content: bytes, suffix: str) -> bool:
    """Return whether a file is named as reStructuredText, or has its titles and directives."""
    if suffix in _SUFFIXES:
        return True
    head = content[:_HEAD]
    return suffix in _TEXT_SUFFIXES and bool(_DIRECTIVE.search(head) and _TITLE.search(head))


FORMAT = Format("rst", _is_rst, decode_first(parse), encoded=True)
