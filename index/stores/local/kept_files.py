"""Keep bytes in files named after their SHA-256: the originals of documents, the boxes of pages.

A file is whole or not there: it is written beside, synced, and renamed. Equal bytes are kept once.
Their names last from the next `settle` on.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from inquote.index.disk import step, sync

FOLDER = "kept"


class KeptFiles:
    """The kept files of the library in `folder`; making the object opens nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self._is_settled = True

    def put(self, content: bytes) -> str:
        """Keep bytes, and return their name; raise `OSError` where they cannot be written."""
        name = hashlib.sha256(content).hexdigest()
        if self.read(name) is not None:
            return name
        step()
        if not self.folder.exists():
            self.folder.mkdir(0o700)
            sync(self.folder.parent)
        descriptor, new = tempfile.mkstemp(dir=self.folder, prefix=".")  # the owner's alone
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        step()
        Path(new).replace(self.folder / name)
        self._is_settled = False
        return name

    def settle(self) -> None:
        """Let the names of all files last; call it before anything refers to them."""
        if not self._is_settled:
            sync(self.folder)
            self._is_settled = True

    def read(self, name: str) -> bytes | None:
        """Return the bytes kept under a name; None where they are missing or damaged."""
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == name else None

    def file(self, name: str) -> Path | None:
        """Return the file kept under a name; None where it is missing or damaged.

        It is read through and not held, for it may be large.
        """
        path = self.folder / name
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return None
        return path if digest == name else None

    def damaged(self, rows: Iterable[Sequence[str]]) -> list[str]:
        """Return those of the names in some rows whose files are missing or damaged."""
        names = sorted({name for row in rows for name in row if name})
        return [name for name in names if self.read(name) is None]

    def sweep(self, names: Collection[str]) -> None:
        """Remove all files but those with these names."""
        for file in self.strays(names):
            step()
            with contextlib.suppress(OSError):
                file.unlink()

    def strays(self, names: Collection[str]) -> list[Path]:
        """List all files but those with these names."""
        return [file for file in self._files() if file.name not in names]

    def size(self, names: Collection[str]) -> int:
        """Return how many bytes the files with these names take."""
        return sum(file.stat().st_size for file in self._files() if file.name in names)

    def _files(self) -> Iterator[Path]:
        with contextlib.suppress(FileNotFoundError):
            yield from sorted(self.folder.iterdir())
