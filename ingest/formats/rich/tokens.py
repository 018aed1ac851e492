"""Cut rich text into tokens, and decode its bytes by the code pages that it names."""

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,9})?(?:\d*) ?|\\'(?P<byte>[0-9a-fA-F]{2})"
    r"|\\(?P<sign>[^a-zA-Z'])|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_PAGES = {  # by the character set of a font
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
SYMBOL_SET = 2
DEFAULT_PAGE = "cp1252"
_UTF_8 = 65001
_MAC = 10000


class Token(NamedTuple):
    """A token: "word" with its number, "byte", "sign", "open", "close" or "text"."""

    kind: str
    text: str
    number: int | None = None


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the tokens of rich text, whose characters are bytes; binary data is left out."""
    at = 0
    while match := _TOKEN.search(text, at):
        at = match.end()
        if match["word"]:
            number = int(match["number"]) if match["number"] else None
            if match["word"] == "bin" and number:
                at += max(0, number)
            else:
                yield Token("word", match["word"], number)
        elif match["byte"]:
            yield Token("byte", chr(int(match["byte"], 16)))
        elif match["sign"]:
            yield Token("sign", match["sign"])
        elif match["brace"]:
            yield Token("open" if match["brace"] == "{" else "close", match["brace"])
        else:
            yield Token("text", match["text"])


def page_of_set(number: int) -> str:
    """Return the code page of a font's character set, "" for that of the document."""
    return _PAGES.get(number, "")


def page_of_number(number: int) -> str:
    """Return the name of a code page from its number."""
    name = {_UTF_8: "utf-8", _MAC: "mac_roman", 936: "gb18030"}.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return DEFAULT_PAGE


def decoded(text: str, page: str) -> str:
    """Return bytes, given as characters, in a code page."""
    return text if text.isascii() else text.encode("latin-1").decode(page, "replace")
