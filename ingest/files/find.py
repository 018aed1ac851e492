"""List the files below some paths, each with the id that its document will have."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from inquote.ingest.errors import IngestError
from inquote.ingest.text import printable

LIBRARY_FILE = "library.db"  # a folder that holds one is a library, not a corpus
UPLOADS = "uploads"  # a library's folder for files of its own, and the name of that root folder


@dataclass(frozen=True)
class SourceFile:
    """A file to read.

    `id` is the id of its document. `root` is the root folder that the file lies below, as text, and
    `name` the beginning of all ids below that folder. `target` is the file that is opened, where
    `path` leads to it by a symbolic link.
    """

    id: str
    path: Path
    root: str
    name: str
    target: Path | None = None


@dataclass(frozen=True)
class SkippedFile:
    """A file or folder that was not ingested, and the reason, in words for a person."""

    path: str
    reason: str


@dataclass
class Listing:
    """The files below some paths.

    `mirrored` are the ids of the folders among these paths; a file that is gone from one of them
    goes from the library too. `unseen` are the ids of the files and folders that were skipped; a
    document that lies there may still exist.
    """

    sources: list[SourceFile] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    mirrored: set[str] = field(default_factory=set)
    unseen: list[str] = field(default_factory=list)

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all sources, computed once, when the listing is complete."""
        return frozenset(source.id for source in self.sources)

    def is_gone(self, id: str) -> bool:
        """Return whether the listing shows that the file of a document no longer exists."""
        return id not in self.ids and _within(id, self.mirrored) and not _within(id, self.unseen)

    def hold(self, paths: Collection[Path], reason: str) -> None:
        """Skip some of the sources; call it before anything asks for `ids`."""
        held = [source for source in self.sources if source.path in paths]
        self.sources = [source for source in self.sources if source.path not in paths]
        for source in held:
            self.skipped.append(SkippedFile(printable(source.path), reason))
            self.unseen.append(source.id)


def _within(id: str, folders: Collection[str]) -> bool:
    return any(id == folder or id.startswith(f"{folder}/") for folder in folders)


def find_sources(
    paths: Sequence[Path], names: Mapping[str, str] | None = None, library: Path | None = None
) -> Listing:
    """List the files below `paths` in a stable order.

    Hidden names are passed over, and so is `library`, the library in use. A symbolic link is
    followed to what lies below the same one of `paths`; another one is skipped with the reason. A
    file has one id however many links lead to it: that of its own place, or else that of the first
    link. `names` maps root folders to their names, as an earlier ingest
    chose them; ids below one of these folders stay the same. A new root folder gets the last part
    of its path for a name, or as many parts as no other name has. Raises `IngestError` for a path
    that does not exist.
    """
    library = library.resolve() if library else None
    roots = _RootFolders(dict(names or {}), library)
    listing = Listing()
    path_of_id: dict[str, Path] = {}
    for path in paths:
        if not os.path.lexists(path):
            raise IngestError(
                f"There is no file or folder {printable(path)}; name one that exists."
            )
        for file, target in _files_below(path, roots, library, listing):
            root = roots.root_of(file.parent)
            source = SourceFile(roots.id_of(file), file, root.key, root.name, target)
            # Names that differ only in bytes that are no UTF-8 may become the same id.
            if path_of_id.setdefault(source.id, file) == file:
                listing.sources.append(source)
            else:
                reason = "another file goes by the same name; rename one of them"
                listing.skipped.append(SkippedFile(printable(file), reason))
    listing.sources = list(dict.fromkeys(listing.sources))
    return listing


def _files_below(
    path: Path, roots: "_RootFolders", library: Path | None, listing: Listing
) -> Iterator["_File"]:
    """Yield the files below a folder, or the file that `path` is, with resolved parents."""
    if path.is_dir():
        folder = path.resolve()
        roots.add(folder)
        listing.mirrored |= {roots.id_of(folder), *roots.names_within(folder)}
        yield from _FolderWalk(folder, roots, library, listing).files(folder, folder)
    else:
        folder = path.parent.resolve()
        roots.add(folder)
        file = folder / path.name
        if file.is_symlink():
            yield from _FolderWalk(folder, roots, library, listing).named_link(file)
        else:
            yield file, None


@dataclass(frozen=True)
class _RootFolder:
    """A root folder: its path, the key it is stored under, and the beginning of all ids below it.

    The key is the path as text, but `UPLOADS` for the library's folder of uploads, so that ids stay
    the same when the library moves.
    """

    path: Path
    key: str
    name: str


_File = tuple[Path, Path | None]
"""The path that a file is called by, and the file that it leads to if that is another one."""


class _RootFolders:
    """Knows the root folder of every folder: the nearest one, where a root lies in another."""

    def __init__(self, names: dict[str, str], library: Path | None) -> None:
        self._names = names
        self._uploads = library / UPLOADS if library else None
        self._cache: dict[Path, _RootFolder] = {}

    def add(self, folder: Path) -> None:
        """Make a folder a root, unless it lies below one."""
        root, key = self._locate(folder)
        if key not in self._names:
            self._names[key] = _choose_name(root, set(self._names.values()))
            self._cache.clear()

    def root_of(self, folder: Path) -> _RootFolder:
        """Return the root of a folder."""
        if folder not in self._cache:
            root, key = self._locate(folder)
            self._cache[folder] = _RootFolder(root, key, self._names[key])
        return self._cache[folder]

    def id_of(self, path: Path) -> str:
        """Return the id of a file or folder: the root's name and the path below the root."""
        root = self.root_of(path if path.is_dir() else path.parent)
        if path == root.path:
            return root.name
        return f"{root.name}/{_path_text(path.relative_to(root.path))}"

    def names_within(self, folder: Path) -> list[str]:
        """Return the names of the roots in a folder, its own included if it is one."""
        prefix = _path_text(folder).rstrip("/") + "/"
        return [name for key, name in self._names.items() if f"{key}/".startswith(prefix)]

    def _locate(self, folder: Path) -> tuple[Path, str]:
        """Return the path and key of the root of a folder, which is itself if it has none."""
        lineage = (folder, *folder.parents)
        if self._uploads is not None and self._uploads in lineage:
            return self._uploads, UPLOADS
        root = next((above for above in lineage if _path_text(above) in self._names), folder)
        return root, _path_text(root)


class _FolderWalk:
    """Lists the files below a folder, and notes in a listing what it skips.

    A link to what the walk comes to by itself is passed over. Through the others it comes to hidden
    places, such as the folder of the day that all names of a mounted volume lead to.
    """

    def __init__(
        self, top: Path, roots: _RootFolders, library: Path | None, listing: Listing
    ) -> None:
        self.top = top
        self.roots = roots
        self.library = library
        self.listing = listing
        self.reached: set[Path] = set()  # through links: files, and folders

    def files(self, folder: Path, place: Path) -> Iterator[_File]:
        """Yield the files below a folder, in the order of names.

        `folder` is the path that it is called by, and `place` the one that it has.
        """
        if (place / LIBRARY_FILE).exists():
            if place != self.library:
                self._skip(folder, "it is a library of inquote's own")
            return
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError as error:
            self._skip(folder, f"the folder cannot be read: {error.strerror}")
            return
        for entry in entries:
            path = folder / entry.name
            if entry.name.startswith("."):
                self.listing.unseen += self.roots.names_within(path)
            elif entry.is_symlink():
                yield from self._linked(path, Path(entry.path))
            elif folder != place:
                yield from self._reach(path, Path(entry.path))
            elif entry.is_dir(follow_symlinks=False):
                yield from self.files(path, path)
            else:
                yield path, None

    def named_link(self, link: Path) -> Iterator[_File]:
        """Yield the file that a link leads to, which a person named."""
        target = self._target(link, link)
        if target is not None:
            yield link, target

    def _linked(self, path: Path, link: Path) -> Iterator[_File]:
        """Yield what a link leads to, unless the walk comes to it by itself."""
        target = self._target(path, link)
        if target is not None and not self._is_in_sight(target):
            yield from self._reach(path, target)

    def _reach(self, path: Path, target: Path) -> Iterator[_File]:
        """Yield a file, or the files of a folder, that links lead to; each only once."""
        if target in self.reached:
            return
        self.reached.add(target)
        if target.is_dir():
            yield from self.files(path, target)
        else:
            yield path, target

    def _target(self, path: Path, link: Path) -> Path | None:
        """Return where a link leads, None after noting why it is not followed."""
        try:
            target = link.resolve(strict=True)
        except (OSError, RuntimeError):  # nothing is there, or links that lead to each other
            self._skip(path, "it is a symbolic link that leads nowhere")
            return None
        if target.is_relative_to(self.top):
            return target
        kind = "folder" if target.is_dir() else "file"
        self._skip(
            path,
            f"it is a symbolic link to {printable(target)}, outside of {printable(self.top)}; "
            f"name that {kind} itself to ingest it",
        )
        return None

    def _is_in_sight(self, target: Path) -> bool:
        """Return whether no part of a path below the top is hidden."""
        parts = target.relative_to(self.top).parts
        return not any(part.startswith(".") for part in parts)

    def _skip(self, path: Path, reason: str) -> None:
        self.listing.skipped.append(SkippedFile(printable(path), reason))
        self.listing.unseen += [self.roots.id_of(path), *self.roots.names_within(path)]


def _choose_name(folder: Path, taken: set[str]) -> str:
    """Return as many of the last parts of a path as no taken name overlaps."""
    parts = [part for part in _path_text(folder).split("/") if part] or ["root"]
    for count in range(1, len(parts) + 1):
        name = "/".join(parts[-count:])
        if not any(_overlap(name, other) for other in taken):
            return name
    return _path_text(folder)


def _overlap(name: str, other: str) -> bool:
    """Return whether a path below one name could be a path below the other.

    >>> _overlap("a", "a/b"), _overlap("a", "ab")
    (True, False)
    """
    return f"{name}/".startswith(f"{other}/") or f"{other}/".startswith(f"{name}/")


def _path_text(path: Path) -> str:
    """Return a path as text, bytes that are no UTF-8 written as "\\xNN"."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
