"""Erase documents of a library for good, with what the journal quotes of them."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from inquote.index.progress import Progress, silent
from inquote.index.stores.base import Store
from inquote.index.stores.forgetting import JournalEntry, Traces
from inquote.index.updating.notes import keep_notes, read_notes
from inquote.index.updating.plan import LibraryState
from inquote.index.updating.titles import put_title, read_titles
from inquote.ingest.documents import Document


@dataclass(frozen=True)
class PurgeReport:
    """What a purge did: the new generation, the documents, and how many entries of the journal.

    `copies` are documents that stay though their text is that of a purged one.
    """

    generation: int
    purged: tuple[str, ...]
    journal_entries: int
    copies: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the object that `inquote remove --purge --json` prints."""
        return asdict(self)


def purge(store: Store, ids: Sequence[str], *, progress: Progress = silent) -> PurgeReport:
    """Erase documents from all kept generations and files, and from the journal what quotes them.

    It cannot be undone; one that was cut short is finished by a second call. Raises
    `LibraryMissing` where there is no library, and as `Store.purge` does.
    """
    distinct = tuple(dict.fromkeys(ids))
    LibraryState.of(store)  # mends what can be mended before the library is locked
    versions = list(_versions(store, distinct))
    hashes = {document.sha256 for document in versions}
    past = _past_names(store, hashes).difference(distinct)
    traces = _traces((*distinct, *past), [*versions, *_versions(store, sorted(past))])
    titles = read_titles(store.journal)
    with store.snapshot() as snapshot:
        infos = [info for info in snapshot.document_infos() if info.id not in distinct]
        notes = read_notes(snapshot)
        if titles or store.journal.questions() or store.journal.feedback():
            for info in infos:
                traces.spare(_texts(snapshot.document(info.id)))
    # Those that no generation holds: they were erased before, or the store refuses them.
    known = {document.id for document in versions}
    unknown = [id for id in distinct if id not in known]
    has_rest = any(info.passages for info in infos)
    generation = store.purge(unknown, progress) if unknown else 0
    # The journal first: once the documents are gone, nothing tells what quotes them.
    forgotten = 0
    if has_rest:
        for id, title in titles.items():
            if traces(JournalEntry("", (title,), (id,))):
                put_title(store.journal, id, None)
        forgotten = store.journal.forget(traces)
    if known:
        generation = store.purge([id for id in distinct if id in known], progress)
        stay = {info.id: notes[info.id] for info in infos if info.id in notes}
        keep_notes(store, generation, {}, stay)
    copies = tuple(info.id for info in infos if info.sha256 in hashes)
    return PurgeReport(generation, distinct, forgotten, copies)


def _traces(ids: Sequence[str], versions: Sequence[Document]) -> Traces:
    """Return what tells the entries that hold words of some documents."""
    texts: list[str] = []
    for document in versions:
        texts += _texts(document)
    return Traces(ids, texts)


def _texts(document: Document) -> list[str]:
    return [document.id, document.title, document.source, document.text]


def _past_names(store: Store, hashes: set[str]) -> set[str]:
    """Return what documents with these texts were called in earlier kept generations."""
    names: set[str] = set()
    with store.snapshot() as snapshot:
        current = {info.id for info in snapshot.document_infos()}
        earlier = range(snapshot.oldest, snapshot.generation)
    for generation in earlier:
        with store.snapshot(generation) as snapshot:
            names |= {info.id for info in snapshot.document_infos() if info.sha256 in hashes}
    return names - current


def _versions(store: Store, ids: Sequence[str]) -> Iterator[Document]:
    """Yield documents as they are or were in every kept generation."""
    with store.snapshot() as snapshot:
        kept = range(snapshot.oldest, snapshot.generation + 1)
    for generation in kept:
        with store.snapshot(generation) as snapshot:
            for id in ids:
                with contextlib.suppress(KeyError):
                    yield snapshot.document(id)
