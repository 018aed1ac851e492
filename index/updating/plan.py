"""What an ingest has to do: the files found against the documents that the library holds."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inquote.index.stores.local.library import FileRecord, Library
from inquote.ingest.documents import Document
from inquote.ingest.errors import LibraryMissing
from inquote.ingest.files.collect import FileOutcome, LoadedFile
from inquote.ingest.files.find import Listing, SkippedFile
from inquote.ingest.text import printable


@dataclass(frozen=True)
class LibraryState:
    """What a library holds of files: its generation, root folder to name, what was noted of each document by its id."""

    generation: int = 0
    names: dict[str, str] = field(default_factory=dict)
    stored: dict[str, FileRecord] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> "LibraryState":
        """What the library at `path` holds; nothing where there is none."""
        try:
            library = Library.open(path)
        except LibraryMissing:
            return cls()
        try:
            with library.snapshot() as snapshot:
                return cls(snapshot.generation, snapshot.roots(), snapshot.stored())
        finally:
            library.close()

    @property
    def digests(self) -> dict[str, str]:
        """Document id to the digest of its file."""
        return {id: was.file for id, was in self.stored.items()}


@dataclass(frozen=True)
class DocumentRecord:
    """A document as it is stored: below which root folder, in which state, made of a file with which digest."""

    document: Document
    root: str
    state: str
    file: str


@dataclass
class IngestPlan:
    """What there is to do, told while the files are read.

    `written` are the documents to be written, id to the SHA-256 of the text, `removed` the ids of those to be taken
    out, the old ones of those that were `renamed` among them. `reread` are the digests of files that changed while
    their text did not.
    """

    stored: Mapping[str, FileRecord] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    reread: dict[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: int = 0
    skipped: list[SkippedFile] = field(default_factory=list)
    warnings: list[SkippedFile] = field(default_factory=list)

    @classmethod
    def of(cls, stored: Mapping[str, FileRecord], found: Listing) -> "IngestPlan":
        """Before the files are read: a document whose file is gone from a mirrored folder is removed."""
        return cls(stored, [id for id in stored if found.is_gone(id)])

    def follow(
        self, outcomes: Iterable[FileOutcome], *, everything: bool = False
    ) -> Iterator[DocumentRecord]:
        """The documents to be written, while the others are noted: a file that cannot be read keeps its old one.

        With `everything`, documents that did not change are written anew as well.
        """
        for outcome in outcomes:
            if isinstance(outcome, SkippedFile):
                self.skipped.append(outcome)
            elif not isinstance(outcome, LoadedFile):
                self.unchanged += 1
            else:
                record = self._compared(outcome, everything)
                if record:
                    yield record
        self._find_renamed()

    def _compared(self, loaded: LoadedFile, everything: bool) -> DocumentRecord | None:
        id, document = loaded.source.id, loaded.document
        state, was = document_state(document), self.stored.get(id)
        if loaded.warning:
            self.warnings.append(SkippedFile(printable(loaded.source.path), loaded.warning))
        if was is None:
            self.added.append(id)
        elif was.state != state:
            self.changed.append(id)
        else:
            self.unchanged += 1
            if not everything:
                self.reread[id] = loaded.digest
                return None
        self.written[id] = document.sha256
        return DocumentRecord(document, loaded.source.root, state, loaded.digest)

    def _find_renamed(self) -> None:
        """A document that went and one that came with the same text are one that was renamed."""
        by_text: dict[str, list[str]] = {}
        for id in self.removed:
            by_text.setdefault(self.stored[id].sha256, []).append(id)
        for new in self.added:
            old = by_text.get(self.written[new])
            if old:
                self.renamed.append((old.pop(0), new))
        came = {new for _, new in self.renamed}
        self.added = [id for id in self.added if id not in came]

    def untouched(self) -> list[str]:
        """The documents that are neither written nor removed."""
        removed = set(self.removed)
        return [id for id in self.stored if id not in self.written and id not in removed]


def document_state(document: Document) -> str:
    """A digest of everything in a document but its id: two states are equal when a re-ingest has nothing to do."""
    about = (
        document.title,
        document.source,
        document.sha256,
        document.sections,
        document.pages,
        document.asides,
    )
    return hashlib.sha256(repr(about).encode()).hexdigest()
