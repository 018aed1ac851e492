"""Write the corpus drawer as HTML: the documents, the latest job, the ways to change the corpus.

Every function is pure, and every name, title and quote goes through `escape`.
"""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from inquote.app.answering.answer import Answer, Citation
from inquote.app.chat.corpus_list import ORDERS, View, documents_html, plural, time_html
from inquote.app.chat.document_pane import format_heading
from inquote.app.marks import escape, escape_attribute
from inquote.app.service.answer_changes import AnswerChange, ChangeKind
from inquote.app.service.conflicts import Conflicts
from inquote.app.service.job import Job
from inquote.app.service.uploads import MAX_UPLOAD_BYTES, MAX_UPLOAD_FILES
from inquote.index.stores.base import DocumentInfo
from inquote.index.updating.report import IngestReport
from inquote.ingest.files.find import SkippedFile
from inquote.ingest.files.load import MAX_BYTES
from inquote.ingest.text import printable

MAX_NAMES = 50  # of one kind in a report
NAMES_IN_SIGHT = 5  # of one kind; more are folded
# What can become of files that are there already, by name and by content; the first is proposed.
NAMESAKES = (
    ("replace", "Replace what is there; Undo brings it back"),
    ("both", "Keep both; the new one gets a number"),
    ("leave", "Leave the new one out"),
)
COPIES = (("leave", "Leave them out"), ("take", "Take them in all the same; they are cited twice"))


def drawer_html(
    documents: Sequence[DocumentInfo],
    job: Job | None,
    *,
    writable: bool,
    view: View | None = None,
    notes: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """Write the drawer; `view` says what is listed, `notes` how documents were read."""
    view = view or View()
    return (
        '<header class="corpus-head"><div><h2 id="corpus-title">Corpus</h2>'
        f'<p class="source corpus-sum">{_summary_html(documents)}</p></div>'
        '<button type="button" class="corpus-close" aria-label="Close the corpus">Close</button>'
        '</header><div class="corpus-body">'
        f"{_upload_html() if writable else ''}"
        f'<div class="corpus-work">{job_html(job, writable, documents)}</div>'
        '<label class="corpus-find">Find a document <input type="search" placeholder=" "></label>'
        f'{_order_html(view)}{_selected_html(writable)}<div class="corpus-list">'
        f"{documents_html(documents, writable, view, notes)}</div></div>"
    )


def _summary_html(documents: Sequence[DocumentInfo]) -> str:
    """Sum up the library in one line."""
    if not documents:
        return "no documents yet"
    passages = sum(document.passages for document in documents)
    latest = max(document.ingested_at for document in documents)
    return (
        f"{plural(len(documents), 'document')} · {plural(passages, 'passage')}"
        f" · last change {time_html(latest)}"
    )


def _order_html(view: View) -> str:
    """Write the choice of the order of the list."""
    options = []
    for order, label in ORDERS.items():
        selected = " selected" if order == view.order else ""
        options.append(f'<option value="{order}"{selected}>{label}</option>')
    return f'<label class="corpus-sort">Order <select>{"".join(options)}</select></label>'


def _selected_html(writable: bool) -> str:
    """Write what can be done with several documents; `drawer.js` shows it once some are chosen."""
    remove = '<button type="button" data-selected="remove">Remove</button>' if writable else ""
    return (
        '<div class="corpus-selected" role="group" aria-label="Selected documents" hidden>'
        '<p role="status"></p><button type="button" data-selected="all">Select all shown</button>'
        f'<button type="button" data-selected="limit">Ask only these</button>{remove}'
        '<button type="button" data-selected="none">Select none</button></div>'
    )


def _upload_html() -> str:
    """Write the place to add files; `drawer.js` sends them."""
    return (
        f'<div class="corpus-add" data-most-bytes="{MAX_UPLOAD_BYTES}"'
        f' data-most-files="{MAX_UPLOAD_FILES}">'
        '<label class="corpus-choose">Add files<input type="file" multiple></label>'
        "<p>Or drop them anywhere on this page: PDF, Word, Excel, PowerPoint, e-mail, HTML, text "
        f"and others, each up to {MAX_BYTES // 1_048_576} MB. What is there already is said "
        "before.</p></div>"
    )


def job_html(job: Job | None, writable: bool, documents: Iterable[DocumentInfo] = ()) -> str:
    """Write how far a job is, or its result, which may name one of `documents`."""
    if job is None or job.is_closed:
        return _compare_html() if writable else ""
    if job.running:
        return (
            '<section class="corpus-now" aria-label="What goes on">'
            f"<p>{escape(job.title)} ...</p>"
            '<progress aria-label="How far it is" max="1"></progress><p class="corpus-stage"></p>'
            '<button type="button" data-post="stop">Stop</button></section>'
        )
    outcome = "not done" if job.problem else "done"
    pieces = [f"<h3>{escape(job.title)}: {outcome}</h3>"]
    if writable:
        pieces.append('<button type="button" data-post="dismiss">Close this account</button>')
    if writable and job.undo:
        pieces.append('<button type="button" data-post="undo">Undo</button>')
    if job.problem:
        pieces.append(f'<p class="corpus-problem">{escape(job.problem)}</p>')
    pieces += [_opener_html(info) for info in documents if info.id == job.opens]
    if job.report:
        pieces.append(report_html(job.report))
    if job.changes is not None:
        pieces.append(changes_html(job.changes))
    return (
        f'<section class="corpus-done" aria-label="What changed">{"".join(pieces)}</section>'
        f"{_compare_html() if writable else ''}"
    )


def _opener_html(info: DocumentInfo) -> str:
    """Write the link that opens a document which was taken in, with what it is about."""
    address = escape_attribute(urlencode({"document": info.id}))
    return (
        f'<p><a class="open with-overview" dir="auto" href="#{address}">'
        f"Look at {escape(printable(info.title or info.id))}</a></p>"
    )


def held_html(key: str, conflicts: Conflicts) -> str:
    """Write the choice for files that are there already; `drawer.js` sends it with the `key`."""
    groups = []
    if conflicts.namesakes:
        names = [printable(str(name)) for name in conflicts.namesakes]
        groups.append(_choice_html("namesakes", "There with other content", names, NAMESAKES))
    if conflicts.copies:
        names = [f"{printable(str(name))} = {printable(id)}" for name, id in conflicts.copies]
        groups.append(_choice_html("copies", "There with the same content", names, COPIES))
    return (
        f'<form class="corpus-held" data-held="{escape_attribute(key)}" '
        'aria-label="Files that are there already"><h3>Some of these files are there already</h3>'
        f'{"".join(groups)}<button type="submit">Go on</button> '
        '<button type="button" data-drop>Add none of them</button></form>'
    )


def _choice_html(
    group: str, legend: str, names: Sequence[str], choices: Sequence[tuple[str, str]]
) -> str:
    """Write the files of one kind, and what can become of them; the first is chosen."""
    items = [f"<li>{escape(name)}</li>" for name in names[:MAX_NAMES]]
    if len(names) > MAX_NAMES:
        items.append(f"<li>and {len(names) - MAX_NAMES:,} more</li>")
    options = []
    for at, (value, label) in enumerate(choices):
        checked = "" if at else " checked"
        options.append(
            f'<label><input type="radio" name="{group}" value="{value}"{checked}> {label}</label>'
        )
    return (
        f"<fieldset><legend>{legend}</legend><ul>{''.join(items)}</ul>{''.join(options)}</fieldset>"
    )


def _compare_html() -> str:
    """Write the button that compares the answers before and after the last change."""
    return (
        '<p class="corpus-again">'
        '<button type="button" data-post="compare">Which answers changed?</button> '
        "<span>Asks again what was asked before, of the texts before their last change and of "
        "those of now.</span></p>"
    )


def report_html(report: IngestReport) -> str:
    """Write the result of an ingest, an entry for each kind of change; what failed comes first."""
    kinds = {
        "added": report.added,
        "changed": report.changed,
        "renamed": [f"{old} → {new}" for old, new in report.renamed],
        "removed": report.removed,
    }
    entries = []
    for kind, files in (("skipped", report.skipped), ("with a warning", report.warnings)):
        entries.append(_entry_html(kind, len(files), map(_format_reason, files[:MAX_NAMES])))
    for kind, ids in kinds.items():
        entries.append(_entry_html(kind, len(ids), map(printable, ids[:MAX_NAMES])))
    unchanged = f"{report.unchanged} unchanged; " if report.unchanged else ""
    embedded = plural(report.passages_embedded, "passage")
    summary = f"{unchanged}{embedded} embedded, {report.seconds:.1f} s."
    return f"<dl>{''.join(entries)}</dl><p>{summary}</p>"


def _format_reason(file: SkippedFile) -> str:
    """Format a file with the reason why it was skipped, or what was noticed in it."""
    return f"{printable(file.path)}: {file.reason}"


def _entry_html(kind: str, count: int, names: Iterable[str]) -> str:
    """Write an entry of a report; `names` are the first of the `count` things of its kind."""
    if not count:
        return ""
    items = [f"<li>{escape(name)}</li>" for name in names]
    if count > MAX_NAMES:
        items.append(f"<li>and {count - MAX_NAMES:,} more</li>")
    names_html = f"<ul>{''.join(items)}</ul>"
    if count > NAMES_IN_SIGHT:
        names_html = f"<details><summary>Show their names</summary>{names_html}</details>"
    return f"<dt>{count} {kind}</dt><dd>{names_html}</dd>"


def changes_html(changes: Sequence[AnswerChange]) -> str:
    """Write how many answers of each kind there are, and each that changed, before and now."""
    heading = "<h3>Answers that changed</h3>"
    if not changes:
        return f"{heading}<p>Nothing was asked before, or of no earlier state of the texts.</p>"
    counts = dict.fromkeys(ChangeKind, 0)
    items = []
    for change in changes:
        counts[change.kind] += 1
        if change.kind is not ChangeKind.UNCHANGED:
            items.append(_change_html(change))
    summary = " · ".join(f"{count} {kind.value}" for kind, count in counts.items() if count)
    questions = plural(len(changes), "question")
    changed = f'<ul class="changes">{"".join(items)}</ul>' if items else ""
    return f"{heading}<p>Of {questions} asked: {summary}.</p>{changed}"


def _change_html(change: AnswerChange) -> str:
    return (
        f'<li><p><span class="kind">{escape(change.kind.value)}</span>'
        f" {escape(change.question.question)}</p><dl>"
        f"<dt>before</dt><dd>{_quotes_html(change.before, linked=False)}</dd>"
        f"<dt>now</dt><dd>{_quotes_html(change.after, linked=True)}</dd></dl></li>"
    )


def _quotes_html(answer: Answer, linked: bool) -> str:
    """Write the quotes of an answer with their places; `linked` where those can still be opened."""
    if answer.text is None:
        return "The corpus does not say."
    return "".join(_quote_html(citation, linked) for citation in answer.citations)


def _quote_html(citation: Citation, linked: bool) -> str:
    title = citation.title or citation.document_id
    place = escape(" · ".join(filter(None, (title, format_heading(citation.heading)))))
    if linked:
        target = {
            "document": citation.document_id,
            "sha256": citation.document_sha256,
            "start": citation.start,
            "end": citation.end,
        }
        place = f'<a class="open" href="#{escape_attribute(urlencode(target))}">{place}</a>'
    return f'<q>{escape(citation.quote)}</q> <span class="source">{place}</span> '
