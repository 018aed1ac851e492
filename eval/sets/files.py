"""Read the files of sets of questions, JSON, gzipped or not."""

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from inquote.ingest.errors import InquoteError

_GZIP = b"\x1f\x8b"
_UNREADABLE = (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError)

Set = TypeVar("Set")


class SetFileError(InquoteError):
    """A file of a set that cannot be used; the message names it and says what is expected."""


def read_set(path: Path, make: Callable[[Any], Set], expected: str) -> Set:
    """Return what `make` makes of a file's JSON.

    Raises `SetFileError` where the file cannot be read, is no JSON, or is not as `make` needs it;
    `expected` describes what that is.
    """
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
        return make(json.loads(content))
    except _UNREADABLE as error:
        reason = f"{type(error).__name__}: {error}"
        raise SetFileError(f"{path} cannot be used ({reason}); give {expected}.") from error
