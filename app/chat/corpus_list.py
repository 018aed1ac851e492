"""Write the list of documents in the corpus drawer: folders, search, order; and places to ask.

Every function is pure, and every name and title goes through `escape`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from inquote.app.marks import acts, escape, escape_attribute, without_marks
from inquote.index.stores.base import DocumentInfo, in_scope
from inquote.index.stores.places import folders_above
from inquote.ingest.text import printable

MAX_ENTRIES = 200  # folders and documents that are listed at once
MAX_FLAT = 50  # documents that are listed without their folders
MAX_PLACES = 40  # offered to limit a question to
ORDERS = {"name": "Name", "newest": "Newest", "largest": "Largest"}


@dataclass(frozen=True)
class View:
    """What a person looks at: a search, the folder that is open, "" for all, and the order.

    `part` counts the parts of a long list from 0.
    """

    find: str = ""
    folder: str = ""
    order: str = "name"
    part: int = 0


def documents_html(
    documents: Sequence[DocumentInfo],
    writable: bool,
    view: View,
    notes: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """Write the documents of the open folder whose id or title holds what is searched for.

    `notes` say of a document, by its id, how it was read.
    """
    if not documents:
        how = "Add files above, or run" if writable else "Run"
        command = "<code>inquote ingest FOLDER</code>"
        return f'<p class="corpus-empty">There is no text yet. {how} {command}.</p>'
    # Keep the documents that match.
    wanted = view.find.casefold().strip()
    below = [info for info in documents if not view.folder or in_scope(info.id, [view.folder])]
    matches = [info for info in below if _is_named(info, wanted)]
    # Divide them into folders, unless they are few or searched for.
    folder, listed = view.folder, matches
    folders: dict[str, int] = {}
    if not wanted and len(matches) > MAX_FLAT:
        folder, folders, listed = _divide(matches, view.folder)
    # Write the part of them that is looked at.
    entries: list[tuple[str, int] | DocumentInfo] = [*folders.items(), *ordered(listed, view.order)]
    part = min(view.part, max(0, len(entries) - 1) // MAX_ENTRIES)
    items = []
    for entry in entries[part * MAX_ENTRIES : (part + 1) * MAX_ENTRIES]:
        if isinstance(entry, DocumentInfo):
            items.append(_document_html(entry, writable, (notes or {}).get(entry.id, {})))
        else:
            items.append(_folder_html(*entry))
    note = _parts_html(part, len(entries))
    if not matches:
        note = '<p class="source">No document has that in its name.</p>'
    return (
        f"{_path_html(folder)}"
        f'<ul class="corpus-documents" aria-label="Documents">{"".join(items)}</ul>{note}'
    )


def _parts_html(part: int, count: int) -> str:
    """Write which part of a list of `count` entries is shown, and the ways to its neighbours."""
    if count <= MAX_ENTRIES:
        return ""
    first, last = part * MAX_ENTRIES + 1, min(count, (part + 1) * MAX_ENTRIES)
    steps = []
    if part:
        steps.append(f'<button type="button" data-part="{part - 1}">Earlier ones</button>')
    if last < count:
        steps.append(f'<button type="button" data-part="{part + 1}">Later ones</button>')
    return (
        '<nav class="corpus-parts source" aria-label="Parts of the list">'
        f"<span>{first:,} to {last:,} of {count:,}</span> {' '.join(steps)}</nav>"
    )


def ordered(documents: Sequence[DocumentInfo], order: str) -> list[DocumentInfo]:
    """Return documents by name, or the newest or the largest first."""
    if order == "newest":
        return sorted(documents, key=lambda info: info.ingested_at, reverse=True)
    if order == "largest":
        return sorted(documents, key=lambda info: -info.characters)
    return sorted(documents, key=lambda info: (info.title or info.id).casefold())


def _divide(
    documents: Sequence[DocumentInfo], folder: str
) -> tuple[str, dict[str, int], list[DocumentInfo]]:
    """Return the folder to show, the folders in it with their numbers of documents, and its own.

    A folder that holds nothing but another folder is passed through.
    """
    while True:
        start = len(folder) + 1 if folder else 0
        counts: dict[str, int] = {}
        own = []
        for info in documents:
            name, slash, _ = info.id[start:].partition("/")
            if slash:
                path = f"{info.id[:start]}{name}"
                counts[path] = counts.get(path, 0) + 1
            else:
                own.append(info)
        if own or len(counts) != 1:
            return folder, dict(sorted(counts.items())), own
        folder = next(iter(counts))


def _path_html(folder: str) -> str:
    """Write the way to the open folder, each step a button; "" for all documents."""
    if not folder:
        return ""
    steps, path = ['<button type="button" data-folder="">All documents</button>'], ""
    for name in folder.split("/"):
        path = f"{path}/{name}" if path else name
        label = _name_html(name)
        steps.append(f'<button type="button" data-folder="{quote(path)}">{label}</button>')
    return (
        f'<nav class="corpus-path" aria-label="Folder">{" / ".join(steps)}'
        f" {_ask_html(folder, f'{folder}/')}</nav>"
    )


def _folder_html(path: str, count: int) -> str:
    name = path.rpartition("/")[2]
    return (
        f'<li class="folder"><div><button type="button" data-folder="{quote(path)}"'
        f' dir="auto">{_name_html(name)}/</button>'
        f'<p class="source">{plural(count, "document")}</p></div>{_ask_html(path, f"{name}/")}</li>'
    )


def _ask_html(place: str, name: str) -> str:
    """Write the button that limits the next questions to a place."""
    return (
        f'<button type="button" data-limit="{quote(place)}" data-name="{escape_attribute(name)}"'
        f' aria-label="Ask only {escape_attribute(name)}">Ask only this</button>'
    )


def _is_named(document: DocumentInfo, wanted: str) -> bool:
    """Return whether title or id hold `wanted`, with the characters that act unseen or without."""
    names = f"{document.title}\n{document.id}".casefold()
    return wanted in names or wanted in without_marks(names)


def _document_html(document: DocumentInfo, writable: bool, notes: Mapping[str, str]) -> str:
    title = document.title or document.id
    address = escape_attribute(urlencode({"document": document.id}))
    facts = (
        f"{document.characters:,} characters",
        plural(document.passages, "passage"),
        time_html(document.ingested_at),
    )
    box = (
        f'<input type="checkbox" data-select="{quote(document.id)}"'
        f' data-name="{escape_attribute(title)}" aria-label="Select {escape_attribute(title)}">'
    )
    return (
        f'<li>{box}<div><a class="open" dir="auto" href="#{address}">{_name_html(title)}</a>'
        f'<p class="source" dir="auto">{_name_html(document.id)}</p>'
        f'<p class="source">{" · ".join(facts)}</p>{badges_html(notes)}</div>'
        f'<div class="acts">{_ask_html(document.id, title)}'
        f"{_changes_html(document.id, title) if writable else ''}</div></li>"
    )


def _changes_html(id: str, title: str) -> str:
    """Write the buttons that rename and remove a document."""
    name, about = quote(id), escape_attribute(title)
    return (
        f'<button type="button" data-rename="{name}" data-name="{about}"'
        f' aria-label="Rename {about}">Rename</button>'
        f'<button type="button" data-remove="{name}" aria-label="Remove {about}">Remove</button>'
    )


def badges_html(notes: Mapping[str, str]) -> str:
    """Write what is to be known of a document in a few words, each with its sentence behind it."""
    badges = []
    for name, sentence in notes.items():
        title = escape_attribute(sentence)
        badges.append(f'<span class="badge" title="{title}">{_name_html(name)}</span>')
    return f'<p class="badges">{" ".join(badges)}</p>' if badges else ""


def _name_html(name: str) -> str:
    """Write a name on one line, with what cannot be printed as `printable` escapes it."""
    pieces = []
    for character in name:
        pieces.append(escape(character if acts(character) else printable(character)))
    return "".join(pieces)


def places(documents: Sequence[DocumentInfo], find: str) -> list[dict[str, Any]]:
    """List the folders, then the documents, whose names hold `find`, with what to call them."""
    wanted = find.casefold().strip()
    counts: dict[str, int] = {}
    for info in documents:
        for folder in folders_above(info.id):
            counts[folder] = counts.get(folder, 0) + 1
    offered = []
    for folder, count in sorted(counts.items()):
        if wanted in folder.casefold():
            offered.append(_place(folder, f"{folder}/", plural(count, "document")))
    for info in documents:
        if len(offered) > MAX_PLACES:
            break
        if _is_named(info, wanted):
            offered.append(_place(info.id, info.title or info.id, info.id))
    return offered[:MAX_PLACES]


def _place(place: str, name: str, about: str) -> dict[str, Any]:
    return {"place": place, "name": printable(name), "about": printable(about)}


def plural(number: int, noun: str) -> str:
    """Format a number of things.

    >>> plural(1, "document"), plural(1200, "document")
    ('1 document', '1,200 documents')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def time_html(at: str) -> str:
    """Write a time in ISO 8601, UTC, to the minute; `drawer.js` puts the browser's own in place.

    >>> time_html("2026-11-24T20:13:05+00:00")
    '<time datetime="2026-11-24T20:13:05+00:00">2026-11-24 20:13 UTC</time>'
    """
    return f'<time datetime="{escape_attribute(at)}">{escape(f"{at[:10]} {at[11:16]}")} UTC</time>'
