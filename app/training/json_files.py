"""Read files of training and evaluation data: JSON, gzipped or not."""

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from inquote.ingest.errors import InquoteError

Content = TypeVar("Content")

REPORTED = 5  # of so many tables or paragraphs of a set, in its order, the first is for the report

_GZIP = b"\x1f\x8b"  # the first bytes of a gzipped file
_UNREADABLE = (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError)


def read_json_file(
    path: Path, make: Callable[[Any], Content], complain: Callable[[Exception], InquoteError]
) -> Content:
    """Return what `make` makes of a file's JSON.

    Raises what `complain` makes of the reason where the file cannot be read, is no JSON, or is not
    as `make` needs it.
    """
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
        return make(json.loads(content))
    except _UNREADABLE as error:
        raise complain(error) from error


def is_reported(number: int) -> bool:
    """Tell whether a set's table or paragraph, counted from 0, is kept from training to report on.

    >>> [number for number in range(11) if is_reported(number)]
    [0, 5, 10]
    """
    return number % REPORTED == 0
