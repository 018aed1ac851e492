"""Keep the results of `inquote changes` in a file, so that a run that was stopped goes on."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inquote.app.marks import dump_json
from inquote.ingest.errors import InquoteError

if TYPE_CHECKING:
    from inquote.app.service.answer_changes import ChangeKey

Result = Mapping[str, Any]
"""What `AnswerChange.as_json` gives."""


def read_changes(file: Path) -> list[Result]:
    """Read the results of an earlier run; a last line that was cut off is left out.

    Raises `InquoteError` where the file cannot be read or holds something else.
    """
    if not file.exists():
        return []
    try:
        results = []
        for line in file.read_bytes().split(b"\n"):
            if line.endswith(b"}"):
                results.append(json.loads(line))
                change_key(results[-1])
            elif line and not line.startswith(b"{"):
                raise ValueError(line)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise InquoteError(
            f"The file {file} holds no results of inquote changes; name another with --out."
        ) from None
    return results


def append_line(file: Path, result: Result) -> None:
    """Add a result to the file; raise `InquoteError` where it cannot be written."""
    try:
        with file.open("a+b") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - 1))
            is_cut = stream.read(1) not in (b"", b"\n")
            line = f"{dump_json(result)}\n".encode()
            stream.write(b"\n" + line if is_cut else line)
    except OSError as error:
        raise InquoteError(f"The file {file} cannot be written: {error.strerror}.") from error


def change_key(result: Result) -> "ChangeKey":
    """Return what tells a result from others."""
    from inquote.index.stores.journal import QuestionInContext

    generations = result["before"]["generation"], result["after"]["generation"]
    scope = tuple(result.get("scope") or ())
    return *generations, QuestionInContext(result["question"], tuple(result["history"]), scope)


def count_changes(results: Sequence[Result]) -> str:
    """Write how many results there are of each kind."""
    from inquote.app.service.answer_changes import ChangeKind

    counts = {kind.value: 0 for kind in ChangeKind}
    for result in results:
        counts[result["kind"]] += 1
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())
