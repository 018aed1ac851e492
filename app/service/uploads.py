"""Files that come through the page: named safely and laid into the library's own folder, from where they are ingested.

    uploads/guide.pdf           what was taken in
    uploads/.incoming-x1y2/     what is on its way: `new/`, and in `before/` what it replaces
    uploads/.removed/           the file of the document that was removed last, for undo

Names that begin with a dot are passed over by an ingest.
"""

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from inquote.ingest.errors import InquoteError
from inquote.ingest.files.find import UPLOADS, SkippedFile

MOST_FILES = 1_000  # of one upload
MOST_BYTES = 512 * 1024 * 1024  # of one upload, all files together
LONGEST_PART = 180  # bytes of a file's or folder's name
DEEPEST = 8  # folders in folders


class UploadError(InquoteError):
    """The files cannot be taken; others, or fewer of them, can."""


@dataclass(frozen=True)
class Batch:
    """Files on their way: their names relative to the uploads, and those that were left out."""

    folder: Path
    names: list[PurePosixPath] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)

    @property
    def new(self) -> Path:
        """Where the files lie until they are laid in place."""
        return self.folder / "new"

    @property
    def before(self) -> Path:
        """Where the files lie that they replace."""
        return self.folder / "before"

    def drop(self) -> None:
        """Forget what is on its way."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Uploads:
    """The folder of the library at `library` for files that came through the page; made when the first one comes."""

    def __init__(self, library: Path) -> None:
        self.folder = library.resolve() / UPLOADS
        self._removed = self.folder / ".removed"

    def receive(self, files: Iterable[tuple[str, BinaryIO]]) -> Batch:
        """Store (name, content) pairs on their way in; raises `UploadError` where none of them can be."""
        self.folder.mkdir(parents=True, exist_ok=True)
        batch = Batch(Path(tempfile.mkdtemp(prefix=".incoming-", dir=self.folder)))
        try:
            for given, content in files:
                name = safe_name(given)
                if name is None or name in batch.names:
                    reason = (
                        "it has no name"
                        if name is None
                        else "another file goes by the same name; rename one"
                    )
                    batch.skipped.append(SkippedFile(given, reason))
                    continue
                target = batch.new / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as file:
                    shutil.copyfileobj(content, file)
                batch.names.append(name)
        except OSError as error:
            batch.drop()
            raise UploadError(f"The files cannot be stored: {error.strerror}.") from error
        if not batch.names:
            batch.drop()
            raise UploadError("There is no file in this upload; choose some.")
        return batch

    def lay(self, batch: Batch) -> None:
        """Move a batch into place; what lies there under the same names is kept until it is settled.

        One batch at a time is laid, after what a killed server left has come back.
        """
        try:
            self._recover()
            for name in batch.names:
                if (self.folder / name).is_file():
                    _move(self.folder / name, batch.before / name)
                _move(batch.new / name, self.folder / name)
        except OSError as error:
            raise UploadError(f"The files cannot be stored: {error.strerror}.") from error

    def _recover(self) -> None:
        """Bring back what batches replaced that were laid and never settled."""
        for before in sorted(self.folder.glob(".incoming-*/before")):
            for path in sorted(before.rglob("*")):
                if path.is_file():
                    _move(path, self.folder / path.relative_to(before))
            shutil.rmtree(before.parent, ignore_errors=True)

    def settle(self, batch: Batch, useless: Collection[PurePosixPath]) -> None:
        """Take the `useless` files of a batch that was laid away again; what they replaced comes back."""
        for name in useless:
            if (batch.before / name).exists():
                _move(batch.before / name, self.folder / name)
            elif not (batch.new / name).exists():
                (self.folder / name).unlink(missing_ok=True)
        batch.drop()

    def set_aside(self, name: str) -> None:
        """Take the file called `name` away, so that it is not ingested again; `put_back` undoes it."""
        shutil.rmtree(self._removed, ignore_errors=True)
        if (self.folder / name).is_file():
            _move(self.folder / name, self._removed / name)

    def put_back(self, name: str) -> None:
        """Bring back what was set aside last, where no other file took its place."""
        if (self._removed / name).is_file() and not (self.folder / name).exists():
            _move(self._removed / name, self.folder / name)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def safe_name(given: str) -> PurePosixPath | None:
    """A name, with folders perhaps, that stays within the uploads; None where nothing is left of it.

    >>> str(safe_name("..\\\\..//.ssh/a\\x00b.md"))
    'ssh/ab.md'
    """
    parts = []
    for part in re.split(r"[/\\]", unicodedata.normalize("NFC", given)):
        plain = "".join(c for c in part if c.isprintable()).strip().lstrip(". ")
        if plain:
            parts.append(_short(plain))
    return PurePosixPath(*parts[-DEEPEST:]) if parts else None


def _short(name: str) -> str:
    """A name cut to `LONGEST_PART` bytes, its ending kept."""
    ending = PurePosixPath(name).suffix[-10:]
    room = LONGEST_PART - len(ending.encode())
    if len(name.encode()) <= LONGEST_PART:
        return name
    return name.removesuffix(ending).encode()[:room].decode("utf-8", "ignore") + ending
