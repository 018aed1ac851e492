"""Compare files with the documents that a library holds, and decide what an ingest has to do."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from inquote.index.progress import Progress
from inquote.index.stores.base import DocumentRecord, Draft, FileRecord, Store
from inquote.index.updating.moved_roots import MovedRoots
from inquote.index.updating.notes import Notes, notes_of
from inquote.ingest.documents import Document
from inquote.ingest.errors import LibraryDamaged, LibraryMissing
from inquote.ingest.files.collect import FileOutcome, LoadedFile
from inquote.ingest.files.find import Listing, SkippedFile
from inquote.ingest.text import printable

EARLIER_TEXT = "; its earlier text is still answered from"


@dataclass(frozen=True)
class LibraryState:
    """A library's memory of files: its generation, the names of roots, a record a document."""

    generation: int = 0
    names: dict[str, str] = field(default_factory=dict)
    records: dict[str, FileRecord] = field(default_factory=dict)
    recovery: str = ""

    @classmethod
    def of(cls, store: Store, *, mends: bool = True) -> "LibraryState":
        """Read the state of a store; an empty one where there is no library yet.

        A store that cannot be read is recovered, unless nothing is to be mended, and `recovery`
        says what that led to. Raises `LibraryDamaged` for one that cannot be recovered.
        """
        try:
            return cls._read(store)
        except LibraryDamaged:
            recovery = store.recover() if mends else ""
            return replace(cls._read(store), recovery=recovery)  # raises again if nothing helped

    @classmethod
    def _read(cls, store: Store) -> "LibraryState":
        try:
            with store.snapshot() as snapshot:
                return cls(snapshot.generation, snapshot.roots(), snapshot.file_records())
        except LibraryMissing:
            return cls()

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each document's file, by document id."""
        return {id: record.file for id, record in self.records.items()}


@contextmanager
def begun(store: Store, progress: Progress) -> Iterator[tuple[Draft, dict[str, FileRecord]]]:
    """Begin to change what a library holds; give the draft, and a record a document.

    Raises `LibraryMissing` where there is no library.
    """
    state = LibraryState.of(store)  # mends what can be mended before the library is locked
    with store.snapshot():  # a library must exist; beginning would make one
        pass
    with store.begin(progress) as draft:
        if draft.generation != state.generation + 1:  # another process was quicker
            state = LibraryState.of(store, mends=False)
        yield draft, state.records


@dataclass
class IngestPlan:
    """What there is to do, completed while the files are read.

    `written` are the documents to write, id to SHA-256 of the text. `removed` are the ids to take
    out, old ids of renamed documents included. `reread` are the digests, by id, of files that
    changed while their documents did not. `renamed` are (old, new) ids. `ids` are those of
    the files by path, as skipped files name it. `titles` are those that people gave to documents,
    `given` the same by the SHA-256 of their texts, `kept_titles` those that documents under other
    names get so. `notes` are what is to be known of the documents that are read. `moved` knows
    folders that were renamed.
    """

    records: Mapping[str, FileRecord] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    reread: dict[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: int = 0
    skipped: list[SkippedFile] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    warnings: list[SkippedFile] = field(default_factory=list)
    titles: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    kept_titles: dict[str, str] = field(default_factory=dict)
    notes: dict[str, Notes] = field(default_factory=dict)
    moved: MovedRoots = field(default_factory=MovedRoots)

    @classmethod
    def of(
        cls,
        records: Mapping[str, FileRecord],
        listing: Listing,
        titles: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> "IngestPlan":
        """Begin a plan: a document whose file is gone from a mirrored folder is removed.

        `names` are the names of the library's root folders, by folder.
        """
        ids = {printable(source.path): source.id for source in listing.sources}
        removed = [id for id in records if listing.is_gone(id)]
        moved = MovedRoots(records, names or {}, listing)
        given = {}
        for id, title in (titles or {}).items():
            if id in records:
                given[records[id].sha256] = title
        return cls(records, removed, ids=ids, titles=titles or {}, given=given, moved=moved)

    def follow(
        self, outcomes: Iterable[FileOutcome], *, everything: bool = False
    ) -> Iterator[DocumentRecord]:
        """Yield the documents to write, and note what became of the other files.

        A file that cannot be read keeps its old document. With `everything`, documents that did not
        change are written anew as well.
        """
        for outcome in outcomes:
            if isinstance(outcome, SkippedFile):
                self.skipped.append(self._with_earlier_text(outcome))
            elif not isinstance(outcome, LoadedFile):
                self.unchanged += 1
            else:
                record = self._compare(outcome, everything)
                if record:
                    yield record
        self._order()
        removed, warnings = self.moved.follow(self.written)
        self.removed += removed
        self.warnings += warnings
        self._match_renamed()

    def _order(self) -> None:
        """Bring the lists into the order of the files: a cluster gives outcomes as they come."""
        at = {id: place for place, id in enumerate(self.ids.values())}
        for ids in (self.added, self.changed):
            ids.sort(key=lambda id: at.get(id, -1))
        for files in (self.skipped, self.warnings):
            files.sort(key=lambda file: at.get(self.ids.get(file.path, ""), -1))

    def _with_earlier_text(self, skipped: SkippedFile) -> SkippedFile:
        """Say of a skipped file that its document stays, where there is one."""
        reason = skipped.reason.removesuffix(EARLIER_TEXT)  # of the last ingest of a watch
        stays = self.ids.get(skipped.path) in self.records
        return replace(skipped, reason=reason + EARLIER_TEXT if stays else reason)

    def _compare(self, loaded: LoadedFile, everything: bool) -> DocumentRecord | None:
        """Note whether a document is new or changed; return it if it is to be written."""
        id = loaded.source.id
        old = self.records.get(id)
        document = replace(loaded.document, title=self._title_of(loaded, old is None))
        self.notes[id] = notes_of(document, loaded.warning)
        state = document_state(document)
        if loaded.warning:
            self._warn(loaded, loaded.warning)
        if old is not None and old.is_damaged:
            self._warn(loaded, "what the library kept of it was damaged and was made anew")
        if old is None:
            self.added.append(id)
        elif old.state != state:
            self.changed.append(id)
        else:
            self.unchanged += 1
            if not everything:
                self.reread[id] = loaded.digest
                return None
        self.written[id] = document.sha256
        root, digest = loaded.source.root, loaded.digest
        return DocumentRecord(document, root, state, digest, content=loaded.content)

    def _title_of(self, loaded: LoadedFile, is_new: bool) -> str:
        """Return the title that a person gave to a document, else that of its file.

        A new document whose text is there under another name has the title given to that.
        """
        id, document = loaded.source.id, loaded.document
        if id in self.titles:
            return self.titles[id]
        if is_new and document.sha256 in self.given:
            self.kept_titles[id] = self.given[document.sha256]
        return self.kept_titles.get(id, document.title)

    def _warn(self, loaded: LoadedFile, warning: str) -> None:
        self.warnings.append(SkippedFile(printable(loaded.source.path), warning))

    def _match_renamed(self) -> None:
        """Take a removed and an added document with the same text for one that was renamed."""
        removed_by_text: dict[str, list[str]] = {}
        for id in self.removed:
            removed_by_text.setdefault(self.records[id].sha256, []).append(id)
        for new in self.added:
            old = removed_by_text.get(self.written[new])
            if old:
                self.renamed.append((old.pop(0), new))
        renamed = {new for _, new in self.renamed}
        self.added = [id for id in self.added if id not in renamed]

    def untouched(self) -> list[str]:
        """Return the documents that are neither written nor removed."""
        removed = set(self.removed)
        return [id for id in self.records if id not in self.written and id not in removed]


def document_state(document: Document) -> str:
    """Return a digest of a document without its id: equal digests leave an ingest nothing to do."""
    about = (
        document.title,
        document.source,
        document.sha256,
        document.blocks,
        document.pages,
        document.asides,
        document.hidden,
        document.recognised,
    )
    return hashlib.sha256(repr(about).encode()).hexdigest()
