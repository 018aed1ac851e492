"""The corpus drawer as HTML: pure functions, and every name, title and quote goes through `escape`."""

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import urlencode

from inquote.app.answering.answer import Answer, Citation
from inquote.app.chat.evidence import readable
from inquote.app.service.answer_changes import AnswerChange, ChangeKind
from inquote.app.service.jobs import Job
from inquote.app.service.uploads import MOST_BYTES, MOST_FILES
from inquote.index.stores.local.library import DocumentInfo
from inquote.index.updating.report import IngestReport
from inquote.ingest.files.find import SkippedFile
from inquote.ingest.files.load import MAX_BYTES
from inquote.ingest.text import printable

SHOWN = 200  # documents; of more one looks for the one that is meant
NAMED = 50  # ids of one kind in an account


def drawer_html(
    documents: Sequence[DocumentInfo], work: Job | None, *, writable: bool, find: str = ""
) -> str:
    """The whole drawer: what the library holds, what goes on or went on last, and the ways to change it."""
    return (
        '<header class="corpus-head"><div><h2 id="corpus-title">Corpus</h2>'
        f'<p class="source corpus-sum">{escape(_sum(documents))}</p></div>'
        '<button type="button" class="corpus-close" aria-label="Close the corpus">Close</button></header>'
        '<div class="corpus-body">'
        f"{_adding_html() if writable else ''}"
        f'<div class="corpus-work">{work_html(work, writable)}</div>'
        '<label class="corpus-find">Find a document <input type="search" placeholder=" "></label>'
        f'<div class="corpus-list">{documents_html(documents, writable, find)}</div></div>'
    )


def _sum(documents: Sequence[DocumentInfo]) -> str:
    """What there is in one line."""
    if not documents:
        return "no documents yet"
    latest = max(document.ingested_at for document in documents)
    passages = sum(document.passages for document in documents)
    return f"{_count(len(documents), 'document')} · {_count(passages, 'passage')} · last change {_when(latest)}"


def _adding_html() -> str:
    """Where files come in; `drawer.js` sends them."""
    return (
        f'<div class="corpus-add" data-most-bytes="{MOST_BYTES}" data-most-files="{MOST_FILES}">'
        '<label class="corpus-choose">Add files<input type="file" multiple></label>'
        "<p>Or drop them anywhere on this page: text, Markdown, HTML, PDF or Word, each up to "
        f"{MAX_BYTES // 1_048_576} MB. A file added again takes its old place.</p></div>"
    )


def work_html(work: Job | None, writable: bool) -> str:
    """How far the work is, or what came of it."""
    if work is None:
        return _again_html() if writable else ""
    if work.running:
        return (
            f'<section class="corpus-now" aria-label="What goes on"><p>{escape(work.title)} ...</p>'
            '<progress aria-label="How far it is" max="1"></progress><p class="corpus-stage"></p>'
            '<button type="button" data-post="stop">Stop</button></section>'
        )
    undo = (
        '<button type="button" data-post="undo">Undo</button>' if writable and work.removed else ""
    )
    problem = f'<p class="corpus-problem">{escape(work.problem)}</p>' if work.problem else ""
    account = account_html(work.account) if work.account else ""
    changes = changes_html(work.changes) if work.changes is not None else ""
    return (
        f'<section class="corpus-done" aria-label="What changed"><h3>{escape(work.title)}: '
        f"{'not done' if work.problem else 'done'}</h3>{problem}{account}{undo}{changes}</section>"
        f"{_again_html() if writable else ''}"
    )


def _again_html() -> str:
    return (
        '<p class="corpus-again"><button type="button" data-post="compare">Which answers changed?</button> '
        "<span>Asks again what was asked before, of the texts before their last change and of those of now.</span></p>"
    )


def account_html(account: IngestReport) -> str:
    """What an ingest did, a line for each kind of change."""
    kinds = {
        "added": account.added,
        "changed": account.changed,
        "renamed": [f"{old} → {new}" for old, new in account.renamed],
        "removed": account.removed,
    }
    lines = "".join(
        f"<dt>{len(ids)} {kind}</dt><dd>{_names_html(map(printable, ids), len(ids))}</dd>"
        for kind, ids in kinds.items()
        if ids
    )
    lines += _noted_html("skipped", account.skipped) + _noted_html(
        "with a warning", account.warnings
    )
    same = f"{account.unchanged} unchanged; " if account.unchanged else ""
    summary = (
        f"{same}{_count(account.passages_embedded, 'passage')} embedded, {account.seconds:.1f} s."
    )
    return f"<dl>{lines}</dl><p>{summary}</p>"


def _noted_html(kind: str, noted: Sequence[SkippedFile]) -> str:
    """Files with the reason of each."""
    if not noted:
        return ""
    lines = (f"{printable(file.path)}: {file.reason}" for file in noted)
    return f"<dt>{len(noted)} {kind}</dt><dd>{_names_html(lines, len(noted))}</dd>"


def _names_html(names: Iterable[str], count: int) -> str:
    items = [f"<li>{escape(name)}</li>" for name, _ in zip(names, range(NAMED), strict=False)]
    more = f"<li>and {count - NAMED:,} more</li>" if count > NAMED else ""
    return f"<ul>{''.join(items)}{more}</ul>"


def changes_html(changes: Sequence[AnswerChange]) -> str:
    """What became of the answers: how many of each kind, and each that is another now, the old words and the new."""
    if not changes:
        return "<h3>Answers that changed</h3><p>Nothing was asked before, or of no earlier state of the texts.</p>"
    counts = {kind: sum(change.kind is kind for change in changes) for kind in ChangeKind}
    summary = " · ".join(f"{count} {kind.value}" for kind, count in counts.items() if count)
    items = "".join(
        _change_html(change) for change in changes if change.kind is not ChangeKind.UNCHANGED
    )
    listed = f'<ul class="changes">{items}</ul>' if items else ""
    return f"<h3>Answers that changed</h3><p>Of {_count(len(changes), 'question')} asked: {summary}.</p>{listed}"


def _change_html(change: AnswerChange) -> str:
    return (
        f'<li><p><span class="kind">{escape(change.kind.value)}</span> {escape(change.question.question)}</p><dl>'
        f"<dt>before</dt><dd>{_quotes_html(change.before, linked=False)}</dd>"
        f"<dt>now</dt><dd>{_quotes_html(change.after, linked=True)}</dd></dl></li>"
    )


def _quotes_html(answer: Answer, linked: bool) -> str:
    """The words of an answer, each with its place; `linked` where that place can still be opened."""
    if answer.text is None:
        return "The corpus does not say."
    return "".join(_quote_html(citation, linked) for citation in answer.citations)


def _quote_html(citation: Citation, linked: bool) -> str:
    place = " · ".join(
        filter(None, (citation.title or citation.document_id, readable(citation.heading)))
    )
    where = escape(place)
    if linked:
        target = {
            "document": citation.document_id,
            "sha256": citation.document_sha256,
            "start": citation.start,
            "end": citation.end,
        }
        where = f'<a class="open" href="#{escape(urlencode(target))}">{where}</a>'
    return f'<q>{escape(citation.quote)}</q> <span class="source">{where}</span> '


def documents_html(documents: Sequence[DocumentInfo], writable: bool, find: str = "") -> str:
    """The documents whose id or title holds `find`, at most `SHOWN` of them."""
    if not documents:
        how = "Add files above, or run" if writable else "Run"
        return f'<p class="corpus-empty">There is no text yet. {how} <code>inquote ingest FOLDER</code>.</p>'
    wanted = find.casefold().strip()
    found = [
        document
        for document in documents
        if wanted in f"{document.title}\n{document.id}".casefold()
    ]
    items = "".join(_document_html(document, writable) for document in found[:SHOWN])
    hidden = len(found) - SHOWN
    more = (
        f'<p class="source">and {hidden:,} more; look for one by its name.</p>'
        if hidden > 0
        else ""
    )
    none = "" if found else '<p class="source">No document has that in its name.</p>'
    return f'<ul class="corpus-documents" aria-label="Documents">{items}</ul>{more}{none}'


def _document_html(document: DocumentInfo, writable: bool) -> str:
    title, id = escape(document.title or printable(document.id)), escape(printable(document.id))
    about = (
        f"{document.characters:,} characters",
        _count(document.passages, "passage"),
        _when(document.ingested_at),
    )
    remove = f'<button type="button" data-remove="{escape(document.id)}" aria-label="Remove {title}">Remove</button>'
    return (
        f'<li><div><a class="open" href="#{escape(urlencode({"document": document.id}))}">{title}</a>'
        f'<p class="source">{id}</p><p class="source">{" · ".join(about)}</p></div>{remove if writable else ""}</li>'
    )


def _count(number: int, what: str) -> str:
    """A number of things.

    >>> _count(1, "document"), _count(1200, "document")
    ('1 document', '1,200 documents')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _when(at: str) -> str:
    """A time in ISO 8601, UTC, to the minute.

    >>> _when("2026-11-24T20:13:05+00:00")
    '2026-11-24 20:13 UTC'
    """
    return f"{at[:10]} {at[11:16]} UTC"
