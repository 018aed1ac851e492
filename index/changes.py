"""What an ingest has to do: the files found against the documents that the library holds."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.library import Library, Snapshot
from ingest.collect import Collected
from ingest.documents import Document
from ingest.errors import LibraryMissing
from ingest.find import Found


@dataclass(frozen=True)
class Known:
    """What a library holds of files: its generation, root folder to name, document id to digest of its file."""

    generation: int = 0
    names: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> "Known":
        """What the library at `path` holds; nothing where there is none."""
        try:
            library = Library.open(path)
        except LibraryMissing:
            return cls()
        try:
            with library.snapshot() as snapshot:
                digests = {id: was.file for id, was in snapshot.stored().items()}
                return cls(snapshot.generation, snapshot.roots(), digests)
        finally:
            library.close()


@dataclass(frozen=True)
class Files:
    """What was found below the paths named, and what became of it."""

    found: Found
    collected: Collected


@dataclass(frozen=True)
class Record:
    """A document as it is stored: below which root folder, in which state, made of a file with which digest."""

    document: Document
    root: str
    state: str
    file: str


@dataclass
class Plan:
    """Documents to write, by id, and ids to take out; `reread` are digests of files that changed and their text not."""

    write: dict[str, Record] = field(default_factory=dict)
    reread: dict[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: int = 0


def compare(snapshot: Snapshot, files: Files, *, everything: bool) -> Plan:
    """What to do: a file that could not be read keeps its old document; one gone from a mirrored folder loses it.

    With `everything`, documents that did not change are written anew as well.
    """
    known = snapshot.stored()
    plan = Plan(unchanged=len(files.collected.same))
    for loaded in files.collected.loaded:
        id, state = loaded.source.id, document_state(loaded.document)
        if id in known and known[id].state == state:
            plan.unchanged += 1
            plan.reread[id] = loaded.digest
        else:
            (plan.changed if id in known else plan.added).append(id)
            plan.write[id] = Record(loaded.document, loaded.source.root, state, loaded.digest)
    plan.removed = [id for id in known if files.found.is_gone(id)]
    if everything:
        _write_all(plan, snapshot)
    _find_renamed(plan, {id: known[id].sha256 for id in plan.removed})
    return plan


def _write_all(plan: Plan, snapshot: Snapshot) -> None:
    """Add the documents that stay as they are to those to be written."""
    stored, removed = snapshot.stored(), set(plan.removed)
    kept = [document for document in snapshot.documents() if document.id not in removed]
    plan.unchanged = len(kept) - len(plan.changed)
    for document in kept:
        was = stored[document.id]
        plan.write.setdefault(document.id, Record(document, was.root, was.state, was.file))


def _find_renamed(plan: Plan, removed: Mapping[str, str]) -> None:
    """A document that went, `removed` by id with its text's hash, and one that came with the same text are one."""
    by_text: dict[str, list[str]] = {}
    for id, sha256 in removed.items():
        by_text.setdefault(sha256, []).append(id)
    for new in list(plan.added):
        old = by_text.get(plan.write[new].document.sha256)
        if old:
            plan.added.remove(new)
            plan.renamed.append((old.pop(0), new))


def document_state(document: Document) -> str:
    """A digest of everything in a document but its id: two states are equal when a re-ingest has nothing to do."""
    about = (document.title, document.source, document.sha256, document.sections, document.pages, document.asides)
    return hashlib.sha256(repr(about).encode()).hexdigest()
