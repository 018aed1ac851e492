"""Note what a person should know of a document before relying on it: how its text was read.

The notes are attached to a generation, for they follow from its files.
"""

import json
from collections.abc import Mapping, Sequence

from inquote.index.stores.base import DocumentInfo, Snapshot, Store
from inquote.ingest.documents import UNTOLD, Document

ATTACHMENT = "notes.json"  # of a generation
OCR = "read by OCR"
SCANNED = "scanned"
HIDDEN = "hidden text"
UNREADABLE = "unreadable in part"
COPY = "copy of"

Notes = dict[str, str]
"""What is to be known of a document, by short names, each with a sentence."""


def notes_of(document: Document, warning: str = "") -> Notes:
    """Return the notes of a document as it was read from its file, with a `warning`."""
    notes: Notes = {}
    if document.recognised:
        scores = [score for _, _, score in document.recognised]
        sure = f"{round(100 * sum(scores) / len(scores))} % surely on average"
        if min(scores) == UNTOLD:
            sure = "by a program that does not say how surely"
        notes[OCR] = f"Its words were read from pictures, {sure}."
        if document.pages and document.id.lower().endswith(".pdf"):
            notes[SCANNED] = "Its pages are pictures."
    if document.hidden:
        reasons = ", ".join(dict.fromkeys(place.reason for place in document.hidden))
        notes[HIDDEN] = f"It holds text that no reader sees ({reasons}); that answers nothing."
    problems = [warning] if warning else []
    empty = _pages_without_text(document)
    if empty:
        problems.append(f"no text was found on {_pages(empty)}")
    if problems:
        notes[UNREADABLE] = f"{'; '.join(problems)}."
    return notes


def _pages_without_text(document: Document) -> list[int]:
    empty = []
    for page in document.pages:
        if not document.text[page.start : page.end].strip():
            empty.append(page.number)
    return empty


def _pages(numbers: list[int]) -> str:
    """Name pages for people.

    >>> _pages([3]), _pages([3, 4, 9])
    ('page 3', '3 of its pages, the first is page 3')
    """
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    return f"{len(numbers)} of its pages, the first is page {numbers[0]}"


def read_notes(snapshot: Snapshot) -> dict[str, Notes]:
    """Return the notes of the documents of a generation by id; those without any are left out."""
    try:
        notes: dict[str, Notes] = json.loads(snapshot.attachment(ATTACHMENT) or "{}")
        return notes
    except ValueError:
        return {}


def all_notes(snapshot: Snapshot, infos: Sequence[DocumentInfo]) -> dict[str, Notes]:
    """Return the notes of documents of a generation, those on copies included."""
    kept = read_notes(snapshot)
    originals: dict[str, DocumentInfo] = {}
    notes = {}
    for info in infos:
        about = dict(kept.get(info.id, {}))
        original = originals.setdefault(info.sha256, info)
        if original is not info:
            about[f"{COPY} {original.title or original.id}"] = f"Its text is that of {original.id}."
        if about:
            notes[info.id] = about
    return notes


def keep_notes(
    store: Store, generation: int, notes: Mapping[str, Notes], others: Mapping[str, Notes]
) -> None:
    """Attach new notes to a generation, with those of the `others`, which were not read."""
    kept = {id: about for id, about in others.items() if id not in notes}
    kept |= {id: about for id, about in notes.items() if about}
    store.attach(generation, ATTACHMENT, json.dumps(kept, ensure_ascii=False))
