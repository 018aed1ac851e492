"""Paths to the files below them, each with the id that its document will have."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from inquote.ingest.errors import IngestError
from inquote.ingest.text import printable

LIBRARY_FILE = "library.db"  # a folder that holds one is a library, not a corpus
UPLOADS = "uploads"  # the folder of a library for files of its own; they are called the same wherever it lies


@dataclass(frozen=True)
class SourceFile:
    """A file to read: `id` is what its document will be called, `root` the folder that was named for it, as text.

    `name` is what ids below that folder begin with.
    """

    id: str
    path: Path
    root: str
    name: str


@dataclass(frozen=True)
class SkippedFile:
    """A file or folder that was not ingested, and why, in words for a person."""

    path: str
    reason: str


@dataclass
class Listing:
    """What lies below some paths.

    `mirrored` are the ids of the folders that were named: a file gone from one goes from the library too. What lies in
    `unseen`, ids of files and folders that were skipped, may still be there for all that is known.
    """

    sources: list[SourceFile] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    mirrored: set[str] = field(default_factory=set)
    unseen: list[str] = field(default_factory=list)

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all sources; to be asked for when these are complete."""
        return frozenset(source.id for source in self.sources)

    def is_gone(self, id: str) -> bool:
        """Whether the file of a document is no more, as far as these paths tell."""
        return id not in self.ids and _within(id, self.mirrored) and not _within(id, self.unseen)


def _within(id: str, places: Collection[str]) -> bool:
    return any(id == place or id.startswith(f"{place}/") for place in places)


def find_sources(
    paths: Sequence[Path], names: Mapping[str, str] | None = None, library: Path | None = None
) -> Listing:
    """The files below `paths` in a stable order; hidden names are passed over, links and special files skipped.

    `names` maps root folders to the names that ids below them begin with, as an earlier ingest gave them; what lies
    below one of them is called as before, another folder gets its own name, with as much of the path before it as tells
    it from the others. `library` is the one in use, which is passed over. Raises `IngestError` for a path that does not
    exist.
    """
    library = library.resolve() if library else None
    folders = _Folders(dict(names or {}), library)
    found = Listing()
    seen: dict[str, Path] = {}
    for given in paths:
        if not os.path.lexists(given):
            raise IngestError(
                f"There is no file or folder {printable(given)}; name one that exists."
            )
        root = given.resolve() if given.is_dir() else given.parent.resolve() / given.name
        folders.add(root if root.is_dir() else root.parent)
        walk = _Walk(folders, library, found)
        if root.is_dir():
            found.mirrored |= {folders.id(root), *folders.names_within(root)}
        for path in walk.below(root) if root.is_dir() else (root,):
            _, key, name = folders.of(path.parent)
            source = SourceFile(folders.id(path), path, key, name)
            if seen.setdefault(source.id, path) == path:
                found.sources.append(source)
            else:
                found.skipped.append(
                    SkippedFile(
                        printable(path), "another file goes by the same name; rename one of them"
                    )
                )
    found.sources = list(dict.fromkeys(found.sources))
    return found


class _Folders:
    """Which root folder a folder lies below, the nearest where one lies in another, and what ids below it begin with.

    `names` knows a root by its path, but the library's own folder of uploads as `UPLOADS`.
    """

    def __init__(self, names: dict[str, str], library: Path | None) -> None:
        self._names, self._uploads = names, library / UPLOADS if library else None
        self._known: dict[Path, tuple[Path, str, str]] = {}

    def add(self, folder: Path) -> None:
        """Take a folder for a root, unless it lies below one."""
        root, key = self._root_of(folder)
        if key not in self._names:
            self._names[key] = _new_name(root, set(self._names.values()))
            self._known.clear()

    def of(self, folder: Path) -> tuple[Path, str, str]:
        """The root of a folder, as what `names` knows it, and its name."""
        if folder not in self._known:
            root, key = self._root_of(folder)
            self._known[folder] = root, key, self._names[key]
        return self._known[folder]

    def id(self, path: Path) -> str:
        """What the document of a file, or a folder, is called."""
        root, _, name = self.of(path if path.is_dir() else path.parent)
        return name if path == root else f"{name}/{_text(path.relative_to(root))}"

    def names_within(self, folder: Path) -> list[str]:
        """The names of the roots that lie in a folder or are it."""
        within = _text(folder).rstrip("/")
        return [name for key, name in self._names.items() if f"{key}/".startswith(f"{within}/")]

    def _root_of(self, folder: Path) -> tuple[Path, str]:
        lineage = (folder, *folder.parents)
        if self._uploads is not None and self._uploads in lineage:
            return self._uploads, UPLOADS
        root = next((above for above in lineage if _text(above) in self._names), folder)
        return root, _text(root)


class _Walk:
    """Goes through one root folder."""

    def __init__(self, folders: _Folders, library: Path | None, found: Listing) -> None:
        self.folders, self.library, self.found = folders, library, found

    def below(self, folder: Path) -> Iterator[Path]:
        """The files below a folder, in the order of names."""
        if (folder / LIBRARY_FILE).exists():
            if folder != self.library:
                self._skip(folder, "it is a library of inquote's own")
            return
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self._skip(folder, f"the folder cannot be read: {error.strerror}")
            return
        for entry in entries:
            if entry.name.startswith("."):
                self.found.unseen += self.folders.names_within(Path(entry.path))
                continue
            if entry.is_symlink():
                self._skip(Path(entry.path), "it is a symbolic link")
            elif entry.is_dir(follow_symlinks=False):
                yield from self.below(Path(entry.path))
            else:
                yield Path(entry.path)

    def _skip(self, path: Path, reason: str) -> None:
        self.found.skipped.append(SkippedFile(printable(path), reason))
        self.found.unseen += [self.folders.id(path), *self.folders.names_within(path)]


def _new_name(folder: Path, taken: set[str]) -> str:
    """The last part of the path, or as many of the last parts as it takes to be told from the names taken."""
    parts = [part for part in _text(folder).split("/") if part] or ["root"]
    suffixes = ("/".join(parts[-count:]) for count in range(1, len(parts) + 1))
    return next(
        (name for name in suffixes if not any(_overlap(name, other) for other in taken)),
        _text(folder),
    )


def _overlap(name: str, other: str) -> bool:
    """Whether a path below one name could be a path below the other.

    >>> _overlap("a", "a/b"), _overlap("a", "ab")
    (True, False)
    """
    return f"{name}/".startswith(f"{other}/") or f"{other}/".startswith(f"{name}/")


def _text(path: Path) -> str:
    """A path as text; bytes that are no UTF-8 are written as "\\xNN"."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
