"""Paths to the files below them, each with the id that its document will have."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import IngestError

LIBRARY_FILE = "library.db"  # a folder that holds one is a library, not a corpus


@dataclass(frozen=True)
class Source:
    """A file to read: `id` is what its document will be called, `root` the folder that was named for it.

    `name` is what ids below that folder begin with. `mirrored` tells whether that folder was
    named itself, so that a file gone from it goes from the library too.
    """

    id: str
    path: Path
    root: Path
    name: str
    mirrored: bool


@dataclass(frozen=True)
class Skipped:
    """A file or folder that was not ingested, and why, in words for a person."""

    path: str
    reason: str


def find_sources(paths: Sequence[Path], names: Mapping[str, str] | None = None) -> tuple[list[Source], list[Skipped]]:
    """The files below `paths` in a stable order; hidden names are passed over, links and special files skipped.

    `names` maps root folders to the names that ids below them begin with, as an earlier ingest gave them; a new folder
    gets its own name, with as much of the path before it as tells it from the others. Raises `IngestError` for a path
    that does not exist.
    """
    names = dict(names or {})
    sources: dict[str, Source] = {}
    skipped: list[Skipped] = []
    for given in paths:
        if not os.path.lexists(given):
            raise IngestError(f"There is no file or folder {printable(given)}; name one that exists.")
        root = given.resolve() if given.is_dir() else given.parent.resolve() / given.name
        found = _walk(root, skipped) if root.is_dir() else iter([root])
        folder = root if root.is_dir() else root.parent
        name = names.setdefault(_text(folder), _new_name(folder, set(names.values())))
        for path in found:
            source = Source(f"{name}/{_text(path.relative_to(folder))}", path, folder, name, mirrored=root.is_dir())
            sources.setdefault(source.id, source)
    return list(sources.values()), skipped


def _new_name(folder: Path, taken: set[str]) -> str:
    """The last part of the path, or as many of the last parts as it takes to be new."""
    parts = [part for part in _text(folder).split("/") if part] or ["root"]
    suffixes = ("/".join(parts[-count:]) for count in range(1, len(parts) + 1))
    return next((name for name in suffixes if name not in taken), _text(folder))


def _walk(folder: Path, skipped: list[Skipped]) -> Iterator[Path]:
    if (folder / LIBRARY_FILE).exists():
        skipped.append(Skipped(printable(folder), "it is a library of inquote's own"))
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        skipped.append(Skipped(printable(folder), f"the folder cannot be read: {error.strerror}"))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_symlink():
            skipped.append(Skipped(printable(entry.path), "it is a symbolic link"))
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), skipped)
        else:
            yield Path(entry.path)


def _text(path: Path) -> str:
    """A path as text; bytes that are no UTF-8 are written as "\\xNN"."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def printable(path: object) -> str:
    """A path as one line of text that is safe to print: control and bidirectional characters escaped."""
    name = os.fsencode(str(path)).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in name)
