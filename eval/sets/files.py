"""Read the files of sets of questions, and choose among the questions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from inquote.app.training.json_files import is_reported, read_json_file
from inquote.ingest.errors import InquoteError

Entry = TypeVar("Entry")

PARTS = ("tune", "report", "all")


class SetFileError(InquoteError):
    """A file of a set that cannot be used; the message names it and says what is expected."""


def read_set(path: Path, make: Callable[[Any], list[Entry]], expected: str) -> list[Entry]:
    """Return the questions that `make` makes of a file's JSON.

    Raises `SetFileError` where the file cannot be read, is no JSON, is not as `make` needs it, or
    holds no question; `expected` describes what that is.
    """

    def complain(error: Exception) -> SetFileError:
        reason = f"{type(error).__name__}: {error}"
        return SetFileError(f"{path} cannot be used ({reason}); give {expected}.")

    questions = read_json_file(path, make, complain)
    if not questions:
        raise SetFileError(f"{path} holds no questions; give {expected}.")
    return questions


def is_in_part(number: int, part: str) -> bool:
    """Tell whether the table or paragraph with a number, from 0, is in a part of its set.

    The reporting part is what training keeps out. Raises `SetFileError` for no part.
    """
    if part not in PARTS:
        raise SetFileError(f"There is no part {part}; --part is {', '.join(PARTS)}.")
    return part == "all" or is_reported(number) == (part == "report")
