"""The files derived from library.db: written beside the old, synced, renamed; hash-checked before reading."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inquote.index.stores.local.faults import step
from inquote.index.stores.local.lexical import LexicalIndex
from inquote.index.stores.local.vectors import FaissStore, VectorStore
from inquote.ingest.errors import LibraryDamaged

VECTORS = "vectors.faiss"
LEXICAL = "lexical"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Derived:
    """The searchable files of one generation, loaded."""

    generation: int
    vectors: VectorStore
    lexical: LexicalIndex


def write_derived(
    folder: Path, rows: np.ndarray, matrix: np.ndarray, texts: Iterable[tuple[int, str]]
) -> None:
    """Write the files of a generation to `folder`, replacing what lies there, synced to disk.

    `rows` (n,) and `matrix` (n, d) float32 are the passages' vectors, `texts` their (row, embedded text).
    """
    beside = folder.with_name(folder.name + ".new")
    shutil.rmtree(beside, ignore_errors=True)
    step()
    (beside / LEXICAL).mkdir(parents=True)
    step()
    with ThreadPoolExecutor(1) as other:
        vectors = other.submit(lambda: FaissStore.build(rows, matrix).save(beside / VECTORS))
        step()
        LexicalIndex.build(texts, beside / LEXICAL)
        manifest = {
            VECTORS: vectors.result()
        }  # of what was to be written; a file that was cut short will not have it
    for file in _lexical_files(beside / LEXICAL):
        _sync(file)
        manifest[file.relative_to(beside).as_posix()] = _sha256(file)
    step()
    (beside / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    for path in (beside / MANIFEST, beside / LEXICAL, beside):
        _sync(path)
    step()
    shutil.rmtree(folder, ignore_errors=True)
    step()
    beside.rename(folder)
    _sync(folder.parent)


def _lexical_files(folder: Path) -> list[Path]:
    """Tantivy's files, without its lock files."""
    return sorted(path for path in folder.iterdir() if path.suffix != ".lock")


def load_derived(folder: Path, generation: int) -> Derived:
    """Check the hashes of a generation's files and load them; raises `LibraryDamaged` naming the first bad one."""
    for problem in check_derived(folder):
        raise LibraryDamaged(problem)
    return Derived(
        generation, FaissStore.load(folder / VECTORS), LexicalIndex.load(folder / LEXICAL)
    )


def check_derived(folder: Path) -> list[str]:
    """What is wrong with the files in `folder`, a sentence each; [] when all are as written."""
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


def _sync(path: Path) -> None:
    step()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
