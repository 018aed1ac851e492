"""Copy a library from one store to another, generation by generation, without embedding anything.

What is copied is compared with what it was copied from. A copy that was cut short goes on after the
generations that are there.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from inquote.index.progress import Progress, silent
from inquote.index.stores.base import CutDocument, Draft, FileRecord, Snapshot, Store
from inquote.index.stores.kept import join_lines
from inquote.index.stores.recipe import Recipe, content_hash
from inquote.ingest.chunk import Chunks, LeftOut
from inquote.ingest.documents import Passage
from inquote.ingest.errors import InquoteError, LibraryDamaged, LibraryMissing
from inquote.ingest.text import printable

_AT_ONCE = 1_000_000  # characters of documents that are written together


@dataclass(frozen=True)
class CopyReport:
    """What was copied: the generations that there are now, and what the newest one holds."""

    generations: tuple[int, ...]
    documents: int
    passages: int
    originals: int


def copy_library(
    source: Store,
    target: Store,
    attached: Sequence[str] = (),
    settings: Sequence[str] = (),
    progress: Progress = silent,
) -> CopyReport:
    """Copy the kept generations of a library, with originals, journal and what is attached.

    `attached` are the names of attached texts, `settings` those of the journal's. Raises
    `InquoteError` where the target holds another library, `LibraryDamaged` where the source is not
    as written.
    """
    with source.snapshot() as snapshot:
        kept = range(snapshot.oldest, snapshot.generation + 1)
    begin = _first_missing(source, target, kept)
    for generation in kept:
        with source.snapshot(generation) as snapshot:
            if generation >= begin:
                _copy_generation(snapshot, target, progress)
                _compare(snapshot, target)
            for name in attached:
                text = snapshot.attachment(name)
                if text is not None:
                    target.attach(generation, name, text)
    _copy_journal(source, target, settings)
    problems = target.verify()
    if problems:
        raise LibraryDamaged(f"The copy is not as it should be: {problems[0]}")
    return _report(target, kept)


def _first_missing(source: Store, target: Store, kept: range) -> int:
    """Return the first generation to copy; raise `InquoteError` where another library is there."""
    try:
        with target.snapshot() as there:
            last = there.generation
            is_same = last in kept
            if is_same:
                with source.snapshot(last) as snapshot:
                    is_same = snapshot.file_records() == there.file_records()
            elif not last:
                return kept.start
    except LibraryMissing:
        return kept.start
    if not is_same:
        raise InquoteError(
            f"There is another library at {printable(target.location)}; name an empty place."
        )
    return last + 1


def _copy_generation(snapshot: Snapshot, target: Store, progress: Progress) -> None:
    """Write what a generation changed on the one that the target has."""
    recipe = snapshot.recipe
    if recipe is None:
        raise LibraryMissing("There is nothing in the library to copy.")
    records = snapshot.file_records()
    with target.begin(progress, after=snapshot.generation - 1) as draft:
        before = _records_of(target)
        if draft.generation != snapshot.generation:
            raise InquoteError(
                f"{printable(target.location)} was written meanwhile; name an empty place."
            )
        changed = {id: record for id, record in records.items() if before.get(id) != record}
        done = 0
        for batch in _batches(_cut_documents(snapshot, draft, changed, recipe)):
            _put_embeddings(snapshot, draft, batch, recipe)
            draft.put_documents(batch)
            done += len(batch)
            progress("copying", done, len(changed))
        draft.remove(before.keys() - records.keys())
        draft.put_roots(snapshot.roots())
        draft.commit(recipe)


def _records_of(store: Store) -> dict[str, FileRecord]:
    try:
        with store.snapshot() as snapshot:
            return snapshot.file_records()
    except LibraryMissing:
        return {}


def _cut_documents(
    snapshot: Snapshot, draft: Draft, changed: dict[str, FileRecord], recipe: Recipe
) -> Iterator[CutDocument]:
    """Yield changed documents with their passages, their files kept."""
    left_out: dict[str, list[LeftOut]] = {}
    for id, place, _ in snapshot.left_out():
        if id in changed:
            left_out.setdefault(id, []).append(place)
    groups = groupby(snapshot.all_passages(), key=lambda passage: passage.document_id)
    passages: dict[str, list[Passage]] = {}
    for id in sorted(changed):
        record = changed[id]
        if record.is_damaged:
            raise LibraryDamaged(
                f"What the library keeps of {printable(id)} is damaged; "
                "mend it with inquote ingest before you copy the library."
            )
        # Groups come in the order of ids, so that few wait.
        while id not in passages:
            group_id, group = next(groups, ("", iter(())))
            if not group_id:
                break
            if group_id in changed:
                passages[group_id] = list(group)
        own = tuple(passages.pop(id, ()))
        chunks = Chunks(own, tuple(left_out.get(id, ())))
        stored = record.as_stored(snapshot.document(id))
        original, lines = snapshot.original(id), join_lines(snapshot.pages(id))
        stored = replace(
            stored,
            original=draft.keep(original) if original is not None else "",
            boxes=draft.keep(lines) if lines else "",
        )
        keys = tuple(content_hash(passage, recipe) for passage in own)
        yield CutDocument(stored, chunks, keys)


def _batches(documents: Iterable[CutDocument]) -> Iterator[list[CutDocument]]:
    batch: list[CutDocument] = []
    size = 0
    for cut in documents:
        batch.append(cut)
        size += len(cut.record.document.text)
        if size >= _AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _put_embeddings(
    snapshot: Snapshot, draft: Draft, documents: Sequence[CutDocument], recipe: Recipe
) -> None:
    """Put the embeddings that the target does not have."""
    ids = {}
    for cut in documents:
        for key, passage in zip(cut.keys, cut.chunks.passages, strict=True):
            ids[key] = passage.id
    keys = sorted(draft.missing(ids, recipe.dimension))
    if keys:
        draft.put_embeddings(keys, snapshot.embeddings([ids[key] for key in keys]))


def _compare(snapshot: Snapshot, target: Store) -> None:
    """Raise `LibraryDamaged` where the copy of a generation differs from it."""
    with ExitStack() as stack:
        copy = stack.enter_context(target.snapshot(snapshot.generation))
        same_documents = _same(snapshot.documents(), copy.documents())
        same_passages = _same(snapshot.all_passages(), copy.all_passages())
        if not (same_documents and same_passages and snapshot.recipe == copy.recipe):
            raise LibraryDamaged(f"The copy of generation {snapshot.generation} is not the same.")
        for passages in _in_hundreds(snapshot.all_passages()):
            ids = [passage.id for passage in passages]
            if not np.array_equal(snapshot.embeddings(ids), copy.embeddings(ids)):
                raise LibraryDamaged(
                    f"The vectors of generation {snapshot.generation} are not the same."
                )
        for id in snapshot.file_records():
            if snapshot.original(id) != copy.original(id) or snapshot.pages(id) != copy.pages(id):
                raise LibraryDamaged(f"The copy of the file of {printable(id)} is not the same.")


def _same(items: Iterable[object], others: Iterable[object]) -> bool:
    """Return whether two iterations give the same."""
    end = object()
    rest = iter(others)
    for item in items:
        if item != next(rest, end):
            return False
    return next(rest, end) is end


def _in_hundreds(passages: Iterable[Passage]) -> Iterator[list[Passage]]:
    batch: list[Passage] = []
    for passage in passages:
        batch.append(passage)
        if len(batch) == 500:
            yield batch
            batch = []
    if batch:
        yield batch


def _copy_journal(source: Store, target: Store, settings: Sequence[str]) -> None:
    """Copy questions in their order, and the feedback and settings that are not there yet."""
    with source.snapshot() as snapshot:
        at = snapshot.changed_at
    for question in source.journal.questions():
        target.journal.record_question(question, at)
    known = {feedback.id for feedback in target.journal.feedback()}
    for feedback in source.journal.feedback():
        if feedback.id not in known:
            target.journal.record_feedback(feedback)
    for name in settings:
        value = source.journal.setting(name)
        if value is not None and target.journal.setting(name) is None:
            target.journal.put_setting(name, value)


def _report(target: Store, kept: range) -> CopyReport:
    with target.snapshot() as snapshot:
        infos = snapshot.document_infos()
        passages = sum(info.passages for info in infos)
        return CopyReport(tuple(kept), len(infos), passages, snapshot.originals_size)
