"""What an ingest has to do: the files found against the documents that the library holds."""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from index.library import Library, Snapshot
from ingest.collect import Collected
from ingest.documents import Document
from ingest.find import LIBRARY_FILE, Found


@dataclass(frozen=True)
class Known:
    """What a library holds of files: its generation, root folder to name, document id to digest of its file."""

    generation: int = 0
    names: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> "Known":
        """What the library at `path` holds; nothing where there is none."""
        if not os.path.isfile(path / LIBRARY_FILE):  # noqa: PTH113 - False for a name too long, where Path raises
            return cls()
        library = Library.open(path)
        try:
            with library.snapshot() as snapshot:
                return cls(snapshot.generation, snapshot.roots(), snapshot.file_digests())
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
    """Documents to write, by id, and ids to take out."""

    write: dict[str, Record] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: int = 0


def compare(snapshot: Snapshot, files: Files, *, everything: bool) -> Plan:
    """What to do: a file that could not be read keeps its old document; one gone from a mirrored folder loses it.

    With `everything`, documents that did not change are written anew as well.
    """
    known = snapshot.document_states()
    plan = Plan(unchanged=len(files.collected.same))
    for loaded in files.collected.loaded:
        id, state = loaded.source.id, document_state(loaded.document)
        if id in known and known[id][1] == state:
            plan.unchanged += 1
        else:
            (plan.changed if id in known else plan.added).append(id)
            plan.write[id] = Record(loaded.document, str(loaded.source.root), state, loaded.digest)
    plan.removed = [id for id, (root, _) in known.items() if files.found.is_gone(id, root)]
    if everything:
        _write_all(plan, snapshot)
    _find_renamed(plan, {id: known[id][1] for id in plan.removed})
    return plan


def _write_all(plan: Plan, snapshot: Snapshot) -> None:
    """Add the documents that stay as they are to those to be written."""
    states, digests = snapshot.document_states(), snapshot.file_digests()
    kept = [document for document in snapshot.documents() if document.id not in plan.removed]
    plan.unchanged = len(kept) - len(plan.changed)
    for document in kept:
        root, state = states[document.id]
        plan.write.setdefault(document.id, Record(document, root, state, digests[document.id]))


def _find_renamed(plan: Plan, removed: dict[str, str]) -> None:
    """A document that went and one that came with the same text are one that was renamed."""
    for new in list(plan.added):
        old = next((id for id, state in removed.items() if state == plan.write[new].state), None)
        if old is not None:
            del removed[old]
            plan.added.remove(new)
            plan.renamed.append((old, new))


def document_state(document: Document) -> str:
    """A digest of everything in a document but its id: two states are equal when a re-ingest has nothing to do."""
    about = (document.title, document.source, document.sha256, document.sections, document.pages, document.asides)
    return hashlib.sha256(repr(about).encode()).hexdigest()
