"""Store files that come through the page, safely named, in the library's own folder.

    uploads/guide.pdf           a file that was taken in
    uploads/.incoming-x1y2/     files on their way: `new/`, and in `before/` the files they replace
    uploads/.removed/           the files of the documents that were removed last, for undo
    uploads/.replaced/          the files that the last upload replaced, for undo

They are ingested from there. An ingest passes over names that begin with a dot.
"""

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from inquote.index.disk import step, sync
from inquote.index.stores.sqlite import OWNER_ONLY
from inquote.ingest.errors import InquoteError
from inquote.ingest.files.find import UPLOADS, SkippedFile
from inquote.ingest.text import printable

MAX_UPLOAD_FILES = 1_000  # of one upload
MAX_UPLOAD_BYTES = 512 * 1024 * 1024  # of one upload, all files together
MAX_NAME_BYTES = 180  # of one file's or folder's name
MAX_DEPTH = 8  # names in a path: the file's and those of the folders around it


class UploadError(InquoteError):
    """The files cannot be taken in; others, or fewer of them, can."""


@dataclass(frozen=True)
class Batch:
    """Files on their way: their names relative to the uploads, and the files that were left out."""

    folder: Path
    names: list[PurePosixPath] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)

    @property
    def new(self) -> Path:
        """Return the folder of the files until they are laid in place."""
        return self.folder / "new"

    @property
    def before(self) -> Path:
        """Return the folder of the files that they replace."""
        return self.folder / "before"

    def drop(self) -> None:
        """Delete the files that are on their way."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Uploads:
    """The folder of uploaded files in the library at `library`; made when the first one comes."""

    def __init__(self, library: Path) -> None:
        self.folder = library.resolve() / UPLOADS
        self._removed = self.folder / ".removed"
        self._replaced = self.folder / ".replaced"

    def receive(self, files: Iterable[tuple[str, BinaryIO]]) -> Batch:
        """Store (name, content) pairs on their way in.

        A file without a name, or with the name of another, is skipped. Raises `UploadError` where
        no file is left.
        """
        self.folder.mkdir(0o700, parents=True, exist_ok=True)
        batch = Batch(Path(tempfile.mkdtemp(prefix=".incoming-", dir=self.folder)))
        try:
            for sent_name, content in files:
                name = safe_name(sent_name)
                if name is None:
                    batch.skipped.append(SkippedFile(sent_name, "it has no name"))
                elif name in batch.names:
                    reason = "another file goes by the same name; rename one"
                    batch.skipped.append(SkippedFile(sent_name, reason))
                else:
                    _write(batch.new / name, content)
                    batch.names.append(name)
        except OSError as error:
            batch.drop()
            raise UploadError(f"The files cannot be stored: {error.strerror}.") from error
        if not batch.names:
            batch.drop()
            raise UploadError("There is no file in this upload; choose some.")
        return batch

    def lay(self, batch: Batch) -> None:
        """Move a batch into place; the files that it replaces are kept until it is settled.

        One batch at a time is laid, after the files that a killed server had moved have come back.
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
        """Bring back the files replaced by batches that were laid and never settled."""
        for before in sorted(self.folder.glob(".incoming-*/before")):
            for path in sorted(before.rglob("*")):
                if path.is_file():
                    _move(path, self.folder / path.relative_to(before))
            shutil.rmtree(before.parent, ignore_errors=True)

    def settle(self, batch: Batch, unusable: Collection[PurePosixPath]) -> None:
        """Remove the `unusable` files of a laid batch, and bring back the files they replaced.

        What the others replaced is kept for `swap`, until the next batch is settled.
        """
        for name in unusable:
            if (batch.before / name).exists():
                _move(batch.before / name, self.folder / name)
            elif not (batch.new / name).exists():
                (self.folder / name).unlink(missing_ok=True)
        # What was replaced must not come back after a power cut: `lay` would put it in place again.
        shutil.rmtree(self._replaced, ignore_errors=True)
        if any(path.is_file() for path in batch.before.rglob("*")):
            batch.before.replace(self._replaced)
            sync(self.folder)
        shutil.rmtree(batch.before, ignore_errors=True)
        if batch.folder.exists():
            sync(batch.folder)
        batch.drop()

    def has_files(self) -> bool:
        """Say whether there is a file to ingest."""
        paths = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return any(not path.parts[0].startswith(".") for path in paths)

    def named(self, files: Iterable[SkippedFile]) -> tuple[SkippedFile, ...]:
        """Return what is said of files, each by the name that a person gave it."""
        folder = f"{printable(self.folder)}/"
        return tuple(replace(file, path=file.path.removeprefix(folder)) for file in files)

    def swap(self, names: Iterable[PurePosixPath]) -> None:
        """Put what the last batch replaced in its place again; a second time undoes that."""
        for name in names:
            passing = self._replaced / f".{name.name}.passing"
            if (self.folder / name).is_file():
                _move(self.folder / name, passing)
            if (self._replaced / name).is_file():
                _move(self._replaced / name, self.folder / name)
            if passing.is_file():
                _move(passing, self._replaced / name)

    def set_aside(self, names: Iterable[str]) -> None:
        """Move files away, so that they are not ingested; `put_back` undoes it."""
        shutil.rmtree(self._removed, ignore_errors=True)
        for name in names:
            if (self.folder / name).is_file():
                _move(self.folder / name, self._removed / name)

    def put_back(self, names: Iterable[str]) -> None:
        """Move the files set aside last back, where no other files took their places."""
        for name in names:
            if (self._removed / name).is_file() and not (self.folder / name).exists():
                _move(self._removed / name, self.folder / name)


def _write(path: Path, content: BinaryIO) -> None:
    """Write a file that is not there yet, for its owner only, lasting."""
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    step()
    with path.open("xb") as file:
        path.chmod(OWNER_ONLY)
        shutil.copyfileobj(content, file)
    sync(path)


def _move(source: Path, target: Path) -> None:
    """Move a file, lasting: it has its new name on the disk before it loses the old one."""
    missing = [folder for folder in target.parents if not folder.exists()]
    target.parent.mkdir(0o700, parents=True, exist_ok=True)
    for made in missing:
        sync(made.parent)
    step()
    if not _link(source, target):
        source.replace(target)
    sync(target.parent)
    step()
    source.unlink(missing_ok=True)
    sync(source.parent)


def _link(source: Path, target: Path) -> bool:
    """Give a file a second name; return False where that is taken or cannot be had."""
    try:
        target.hardlink_to(source)
    except OSError:
        return False
    return True


def safe_name(sent_name: str) -> PurePosixPath | None:
    """Make a path that stays within the uploads; None where no name is left.

    >>> str(safe_name("..\\\\..//.ssh/a\\x00b.md"))
    'ssh/ab.md'
    """
    parts = []
    for part in re.split(r"[/\\]", unicodedata.normalize("NFC", sent_name)):
        plain = "".join(filter(str.isprintable, part)).strip().lstrip(". ")
        if plain:
            parts.append(_shorten(plain))
    return PurePosixPath(*parts[-MAX_DEPTH:]) if parts else None


def _shorten(name: str) -> str:
    """Cut a name to `MAX_NAME_BYTES` and keep its ending."""
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    ending = PurePosixPath(name).suffix[-10:]
    room = MAX_NAME_BYTES - len(ending.encode())
    return name.removesuffix(ending).encode()[:room].decode("utf-8", "ignore") + ending
