"""Decode a web page: UTF-8 where its bytes are that, then what it declares, then what reads best.

Labels mean what they mean to browsers: "latin1" is Windows-1252, "gb2312" is GB18030.
"""

import codecs
import re

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.code_pages import TRIED, fitness, guess_encoding, name_of
from inquote.ingest.formats.encoding import (
    Decoded,
    damage_of,
    decode_told,
    is_utf_8,
    marked_encoding,
)
from inquote.ingest.formats.tags import TAG

DECLARED_WRONG = (
    "it says that it is {}, which it is not, and was read as {}; "
    "save it as UTF-8 if letters came out wrong"
)
GUESSED = "it is not UTF-8 and was read as {}; save it as UTF-8 if letters came out wrong"

_DECLARED = re.compile(
    rb"<meta\s[^<>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{2,40})"
    rb"|<\?xml\s[^<>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{2,40})",
    re.IGNORECASE,
)
_BROWSERS = {  # what a label stands for, by Python's name of the encoding that it names
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030",
    "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs", "cp950": "big5hkscs",
}  # fmt: skip
_LABELS = {  # that Python does not know
    "x-sjis": "cp932", "windows-31j": "cp932", "x-euc-jp": "euc_jp", "x-gbk": "gb18030",
    "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs", "ks_c_5601-1989": "cp949",
    "ksc5601": "cp949", "windows-949": "cp949", "windows-874": "cp874", "dos-874": "cp874",
    "x-cp1250": "cp1250", "x-cp1251": "cp1251", "x-cp1252": "cp1252", "x-mac-roman": "mac_roman",
    "iso-8859-8-i": "iso8859_8", "koi": "koi8_r", "koi8": "koi8_r",
    "x-mac-cyrillic": "mac_cyrillic",
}  # fmt: skip
_STATEFUL = frozenset({"iso2022_jp", "iso2022_jp_2", "iso2022_kr"})
_REFUSED = ("utf", "unicode", "punycode", "idna", "undefined", "raw", "mbcs", "oem")
_FAILURES = 0.02  # of the bytes beyond ASCII, that a declared encoding may fail to decode
_ZERO_SHARE = 0.001  # of a page's bytes
_MARGIN = 0.5  # of fitness for each byte, by which another encoding must read better


def decode_page(content: bytes, encoding: str | None = None) -> Decoded:
    """Decode a page, in the encoding that a person named if there is one.

    Raises `FileSkipped` for bytes that are no text.
    """
    if encoding or marked_encoding(content):
        return decode_told(content, encoding)
    if b"\0" in content[:4096]:
        try:
            return decode_told(content)
        except FileSkipped:  # browsers pass over a few zero bytes
            if content.count(0) > _ZERO_SHARE * len(content):
                raise
    content = content.replace(b"\0", b"")
    declared = declared_encoding(content)
    if content.isascii():
        return Decoded(content.decode(declared if declared in _STATEFUL else "ascii", "replace"))
    if is_utf_8(content):
        return decode_told(content)
    return _decode_other(content, declared)


def declared_encoding(content: bytes) -> str:
    """Return Python's name of the encoding that a page declares, else ""."""
    for match in _DECLARED.finditer(content):
        label = (match[1] or match[2]).decode("ascii", "replace").lower()
        try:
            name = _LABELS.get(label) or codecs.lookup(label).name
        except LookupError:
            continue
        name = _BROWSERS.get(name, name)
        if not name.startswith(_REFUSED) and _is_text_encoding(name):
            return name.replace("iso8859-", "iso8859_").replace("koi8-", "koi8_")
    return ""


def _is_text_encoding(name: str) -> bool:
    """Return whether an encoding decodes bytes to text; Python has others, such as base64."""
    try:
        return b"a".decode(name) == "a"
    except (LookupError, ValueError):
        return False


def _decode_other(content: bytes, declared: str) -> Decoded:
    """Decode a page that is not UTF-8 as it declares, or as it reads best."""
    words = TAG.sub(" ", content.decode("latin-1")).encode("latin-1")
    words = content if words.isascii() else words
    guess = guess_encoding(words, declared)
    if declared and not _is_wrong(words, declared, guess.fitness):
        text = content.decode(declared, "replace")
        return Decoded(text, damage_of(content, text, declared))
    used = name_of(guess.encoding)
    warning = DECLARED_WRONG.format(name_of(declared), used) if declared else GUESSED.format(used)
    return Decoded(content.decode(guess.encoding, "replace"), warning)


def _is_wrong(words: bytes, declared: str, best: float) -> bool:
    """Return whether words fail to decode as declared, or read far better in another encoding."""
    foreign = len(words) - len(words.decode("ascii", "ignore"))
    failures = words.decode(declared, "replace").count("\ufffd")
    if failures > max(2, _FAILURES * foreign):
        return True
    if declared not in TRIED:
        return False
    return best > 0 and best - fitness(words, declared) > max(4.0, _MARGIN * foreign)
