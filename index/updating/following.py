"""Follow files that change: tell what differs from the last ingest, and ingest that.

What the system tells of changes only wakes a watcher. What has changed is seen by looking: a file
counts as untouched where its inode, its size and its times are those of the last ingest. So nothing
is missed, whatever was not told.
"""

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress, silent
from inquote.index.stores.base import Store
from inquote.index.updating.ingest import Options, ingest
from inquote.index.updating.mounts import mounts_around
from inquote.index.updating.plan import LibraryState
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import IngestError
from inquote.ingest.files.find import SkippedFile, find_sources
from inquote.ingest.text import printable

Stamp = tuple[int, int, int, int, int]
"""Device, inode, size and both times of a file."""


@dataclass(frozen=True)
class Look:
    """What is there below watched paths at one moment.

    `files` are the files with their stamps, `absent` the paths that cannot be followed now, each
    with a sentence that says why.
    """

    present: tuple[Path, ...] = ()
    files: dict[Path, Stamp] = field(default_factory=dict)
    absent: dict[Path, str] = field(default_factory=dict)

    def differing(self, other: "Look") -> frozenset[Path]:
        """Return the files that are not as they are in another look."""
        return frozenset(path for path, _ in self.files.items() ^ other.files.items())


@dataclass
class _Watched:
    """What was seen of a path when there were files below it."""

    folder: tuple[int, int]  # device and inode
    mounts: frozenset[str]


class Follower:
    """Follows files and folders, of which `library` is passed over; `options` are for ingests."""

    def __init__(
        self, paths: Sequence[Path], library: Path | None, options: Options | None = None
    ) -> None:
        self.paths = tuple(dict.fromkeys(Path(path).absolute() for path in paths))
        self._library = library
        self._options = options or Options()
        self._watched: dict[Path, _Watched] = {}
        self._done: Look | None = None  # what the last ingest has read
        self._reasons: dict[str, str] = {}  # of the files that it skipped, by printable path

    def require(self, store: Store) -> None:
        """Raise `IngestError` for a path that is not there and never was in the library."""
        for path in self.paths:
            if not os.path.lexists(path) and not _was_ingested(store, path):
                raise IngestError(
                    f"There is no file or folder {printable(path)}; name one that exists."
                )

    def look(self) -> Look:
        """Return what is there now; paths that are gone, with their files, are absent."""
        present: list[Path] = []
        files: dict[Path, Stamp] = {}
        absent: dict[Path, str] = {}
        for path in self.paths:
            reason = self._absence(path)
            try:
                stamps = {} if reason else self._stamps(path)
            except OSError as error:
                stamps, reason = {}, f"{printable(path)} cannot be read now: {error.strerror}."
            if stamps:
                self._watched[path] = _Watched(_identity(path), mounts_around(path))
            elif not reason and path not in self._watched:
                reason = f"{printable(path)} holds no file; documents that came from it stay."
            if reason:
                absent[path] = reason
            else:
                present.append(path)
                files |= stamps
        return Look(tuple(present), files, absent)

    def _absence(self, path: Path) -> str:
        """Say why a path cannot be followed, "" where it can."""
        watched = self._watched.get(path)
        if not os.path.lexists(path):
            new = _new_name(path, watched.folder) if watched else None
            if new is not None:
                return (
                    f"The folder {printable(path)} goes by the name {printable(new)} now, and its "
                    f"documents stay; follow it with: inquote watch {printable(new)}"
                )
            return (
                f"{printable(path)} is not there: it was renamed, deleted, or is not mounted; "
                "its documents stay."
            )
        lost = watched.mounts - mounts_around(path) if watched else None
        if lost:
            return (
                f"What was mounted at {printable(min(lost))} is gone; {printable(path)} is "
                "followed again when it is back, and its documents stay."
            )
        return ""

    def _stamps(self, path: Path) -> dict[Path, Stamp]:
        """Return the stamps of the files below a path."""
        try:
            sources = find_sources([path], library=self._library).sources
        except IngestError:  # gone since
            return {}
        stamps = {}
        for source in sources:
            try:
                status = (source.target or source.path).stat(follow_symlinks=False)
            except OSError:
                continue
            times = status.st_mtime_ns, status.st_ctime_ns
            stamps[source.path] = (status.st_dev, status.st_ino, status.st_size, *times)
        return stamps

    def has_changed(self, look: Look) -> bool:
        """Return whether there is anything to ingest."""
        if self._done is None:
            return True
        return bool(look.differing(self._done)) or look.present != self._done.present

    def ingest(
        self,
        look: Look,
        held: frozenset[Path],
        store: Store,
        embedder: Embedder,
        progress: Progress = silent,
    ) -> IngestReport:
        """Bring a library up to date with a look at the files; those `held` are left for later.

        What is absent stays, and is in the report. Raises as `ingest` does, and `IngestError` where
        a path has gone since that look.
        """
        gone = [reason for reason in map(self._absence, look.present) if reason]
        if gone:
            raise IngestError(" ".join(gone))
        untouched = {}
        for path, stamp in look.files.items():
            if self._done is not None and self._done.files.get(path) == stamp:
                untouched[path] = self._reasons.get(printable(path), "")
        if not look.present:
            self._done = look
            raise IngestError(" ".join(look.absent.values()))
        options = replace(self._options, untouched=untouched, held=held, may_be_empty=True)
        report = ingest(store, look.present, embedder, options=options, progress=progress)
        files = {path: stamp for path, stamp in look.files.items() if path not in held}
        self._done = replace(look, files=files)
        self._reasons = {file.path: file.reason for file in report.skipped}
        absent = [SkippedFile(printable(path), why) for path, why in look.absent.items()]
        return replace(report, skipped=(*report.skipped, *absent))


def _was_ingested(store: Store, path: Path) -> bool:
    """Return whether a library holds anything from a path."""
    roots = LibraryState.of(store, mends=False).names
    return any(path.is_relative_to(root) or Path(root).is_relative_to(path) for root in roots)


def _identity(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return status.st_dev, status.st_ino


def _new_name(path: Path, identity: tuple[int, int]) -> Path | None:
    """Return what a folder is called that was renamed within its folder; None for nothing."""
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            if (status.st_dev, status.st_ino) == identity and entry.is_dir(follow_symlinks=False):
                return Path(entry.path)
    return None
