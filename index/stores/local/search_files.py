"""The files of a generation that make it searchable: derived from library.db, checked by hash.

They are written beside the old ones, synced, and renamed into place.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inquote.index.disk import step, sync
from inquote.index.stores.local.lexical import LexicalEntry, LexicalIndex
from inquote.index.stores.local.vectors import FaissIndex, VectorIndex
from inquote.index.stores.sqlite import OWNER_ONLY, digest_of
from inquote.ingest.errors import LibraryDamaged

DERIVED = "derived"  # the folder of all generations' files
VECTORS = "vectors.faiss"
LEXICAL = "lexical"
MANIFEST = "manifest.json"
ATTACHED = "attached"  # the folder of what was attached to the generation


@dataclass(frozen=True)
class SearchFiles:
    """The searchable files of one generation, loaded."""

    vectors: VectorIndex
    lexical: LexicalIndex


def write_search_files(
    folder: Path, rows: np.ndarray, matrix: np.ndarray, entries: Iterable[LexicalEntry]
) -> None:
    """Write the files of a generation to `folder`, replacing what lies there, synced to disk.

    `rows` (n,) and `matrix` (n, d) float32 are the passages' vectors, `entries` their texts.
    """
    # Both indexes at once, in a folder beside.
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    step()
    (new / LEXICAL).mkdir(parents=True)
    step()
    with ThreadPoolExecutor(1) as thread:
        saving = thread.submit(lambda: FaissIndex.build(rows, matrix).save(new / VECTORS))
        step()
        LexicalIndex.build(entries, new / LEXICAL)
        # The hash is of what was to be written: a file that was cut short will not have it.
        manifest = {VECTORS: saving.result()}
    # Their hashes, synced.
    for file in _lexical_files(new / LEXICAL):
        sync(file)
        manifest[file.relative_to(new).as_posix()] = _sha256(file)
    step()
    (new / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    for path in (new / MANIFEST, new / LEXICAL, new):
        sync(path)
    # Into place, with what was attached to the generation.
    _copy_attachments(folder, new)
    step()
    shutil.rmtree(folder, ignore_errors=True)
    step()
    new.rename(folder)
    sync(folder.parent)


def _copy_attachments(folder: Path, new: Path) -> None:
    """Copy the files of a generation that are no search files into the folder of the new ones."""
    if (folder / ATTACHED).exists():
        shutil.copytree(folder / ATTACHED, new / ATTACHED)


def write_attachment(file: Path, text: str) -> None:
    """Attach a text to a generation; a power cut leaves it whole, or not there."""
    new = file.with_name(f".{file.name}")
    file.parent.mkdir(0o700, exist_ok=True)
    new.write_text(f"{digest_of(text)}\n{text}", encoding="utf-8")
    new.chmod(OWNER_ONLY)
    sync(new)
    new.replace(file)


def read_attachment(file: Path) -> str | None:
    """Return what was attached to a generation; None where it is missing or not as written."""
    try:
        digest, _, text = file.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    return text if digest == digest_of(text) else None


def attachments(folder: Path) -> list[Path]:
    """List what was attached to the generation of a folder; version 0.1 attached it elsewhere."""
    return sorted((folder / ATTACHED).glob("[!.]*"))


def _lexical_files(folder: Path) -> list[Path]:
    """List tantivy's files without its lock files."""
    return sorted(path for path in folder.iterdir() if path.suffix != ".lock")


def load_search_files(folder: Path) -> SearchFiles:
    """Check the hashes of a generation's files and load them.

    Raises `LibraryDamaged` where one is missing or damaged.
    """
    for problem in check_search_files(folder):
        raise LibraryDamaged(problem)
    return SearchFiles(FaissIndex.load(folder / VECTORS), LexicalIndex.load(folder / LEXICAL))


def check_search_files(folder: Path) -> list[str]:
    """Say what is wrong with the files in `folder`, a sentence each; [] when all are as written."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        expected = {str(name): str(digest) for name, digest in manifest.items()}
    except (OSError, ValueError, AttributeError):
        return [f"{folder.name}/{MANIFEST} is missing or damaged."]
    problems = []
    for name, digest in expected.items():
        try:
            if _sha256(folder / name) != digest:
                problems.append(f"{folder.name}/{name} is not what was written.")
        except OSError:
            problems.append(f"{folder.name}/{name} is missing or cannot be read.")
    return problems


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
