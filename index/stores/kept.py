"""Pack the boxes of a document's pages into bytes that a store keeps beside the document."""

import struct
from collections.abc import Sequence
from dataclasses import replace

from inquote.ingest.documents import Page

_NUMBER = struct.Struct(">I")


def join_lines(pages: Sequence[Page]) -> bytes:
    """Return the lines of all pages as one, b"" where no page has any."""
    if not any(page.lines for page in pages):
        return b""
    lengths = [_NUMBER.pack(len(page.lines)) for page in pages]
    return b"".join([*lengths, *(page.lines for page in pages)])


def split_lines(pages: Sequence[Page], joined: bytes) -> tuple[Page, ...]:
    """Return the pages with their lines; without any where there are none.

    >>> pages = [Page(1, 0, 9, lines=b"ab"), Page(2, 9, 12)]
    >>> split_lines([Page(1, 0, 9), Page(2, 9, 12)], join_lines(pages)) == tuple(pages)
    True
    """
    if not joined:
        return tuple(pages)
    start = _NUMBER.size * len(pages)
    filled = []
    for number, page in enumerate(pages):
        (length,) = _NUMBER.unpack_from(joined, _NUMBER.size * number)
        filled.append(replace(page, lines=joined[start : start + length]))
        start += length
    return tuple(filled)
