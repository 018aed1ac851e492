"""Tell which files on their way in are there already, by name or by content, before they replace.

A person chooses what becomes of them; see `Batch` for the files on their way.
"""

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from inquote.app.service.uploads import Batch, UploadError
from inquote.ingest.files.find import SkippedFile

Namesake = Literal["replace", "both", "leave"]
"""What becomes of a file whose name another has: it replaces it, has a new name, or is left out."""


@dataclass(frozen=True)
class Conflicts:
    """Files of a batch that are there already.

    `namesakes` go by the name of a file with other content; `copies` pair a name with the id of the
    document, or the name in the same batch, that has the same content.
    """

    namesakes: tuple[PurePosixPath, ...] = ()
    copies: tuple[tuple[PurePosixPath, str], ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything to choose."""
        return bool(self.namesakes or self.copies)


@dataclass(frozen=True)
class Choice:
    """What a person wants done with the conflicts of a batch."""

    namesakes: Namesake = "replace"
    takes_copies: bool = False


def conflicts_of(batch: Batch, uploads: Path, ids: Mapping[str, str]) -> Conflicts:
    """Compare a batch with the files in `uploads`, and with the documents of the library.

    `ids` maps the hex SHA-256 of a file's bytes to the id of its document. A file that is there
    under its own name with the same content is no conflict.
    """
    namesakes, copies = [], []
    known = dict(ids)
    for name in batch.names:
        digest = _digest(batch.new / name)
        there = uploads / name
        if there.is_file() and _digest(there) == digest:
            continue
        if digest in known:
            copies.append((name, known[digest]))
        elif there.is_file():
            namesakes.append(name)
        known.setdefault(digest, str(name))
    return Conflicts(tuple(namesakes), tuple(copies))


def settle_conflicts(batch: Batch, conflicts: Conflicts, choice: Choice, uploads: Path) -> Batch:
    """Return the batch as a person wants it.

    Raises `UploadError` where no file is left; the batch is dropped then.
    """
    names, skipped = list(batch.names), list(batch.skipped)
    if not choice.takes_copies:
        for name, other in conflicts.copies:
            names.remove(name)
            skipped.append(SkippedFile(str(name), f"its content is there already, as {other}"))
    for name in conflicts.namesakes:
        if choice.namesakes == "leave":
            names.remove(name)
            skipped.append(SkippedFile(str(name), "left out; another file has its name"))
        elif choice.namesakes == "both":
            free = _free_name(name, uploads, batch.new)
            (batch.new / name).rename(batch.new / free)
            names[names.index(name)] = free
    if not names:
        batch.drop()
        raise UploadError("Nothing was taken in; the corpus is as it was.")
    return Batch(batch.folder, names, skipped)


def _free_name(name: PurePosixPath, *folders: Path) -> PurePosixPath:
    """Return the name with the first number that no file in the folders has."""
    names = (name.with_name(f"{name.stem} ({n}){name.suffix}") for n in itertools.count(2))
    return next(free for free in names if not any((folder / free).exists() for folder in folders))


def _digest(path: Path) -> str:
    """Return the hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
