"""Format what the command line prints: answers, reports, changes and feedback."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from inquote.ingest.errors import InquoteError
from inquote.ingest.text import encodable, printable

if TYPE_CHECKING:
    from inquote.app.answering.answer import Answer, Citation
    from inquote.app.feedback_calibration import FittedCurve
    from inquote.app.service.answer_changes import AnswerChange
    from inquote.app.system import System
    from inquote.index.retrieval.search import Hit
    from inquote.index.stores.journal import Feedback
    from inquote.index.updating.report import IngestReport

NEAREST_SHOWN = 3  # passages under a refusal
PASSAGE_LENGTH = 160  # characters of a passage under a refusal


def answer_line(
    system: "System", line: bytes, within: Sequence[str] | None = None
) -> dict[str, Any]:
    """Answer one line of JSON, `{"id", "question", "history", "scope"}`.

    A line without a scope has that of `within`. The result is the answer as JSON, or
    `{"id", "error"}` where the line cannot be answered.
    """
    id = None
    try:
        fields = json.loads(line, parse_constant=_refuse_constant)
        if not isinstance(fields, dict):
            raise InquoteError('A line must be a JSON object like {"question": "..."}.')
        id, scope = fields.get("id"), fields.get("scope")
        history = earlier_questions(fields.get("history") or [])
        scope = within if scope is None else texts_of(scope, "scope", "documents and folders")
        return system.ask(fields.get("question"), history, scope).as_json(id)
    except (ValueError, RecursionError) as error:
        return {"id": id, "error": f"The line is not valid JSON: {error}."}
    except InquoteError as error:
        return {"id": id, "error": str(error)}


def earlier_questions(history: object) -> list[str]:
    """Read the `history` of a line; raises `InquoteError` unless it is a list of texts."""
    return texts_of(history, "history", "earlier questions")


def texts_of(value: object, name: str, kind: str) -> list[str]:
    """Return a list of texts as it may be stored; raises `InquoteError` for any other value."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InquoteError(f"{name} must be a list of {kind}, each a text.")
    return [encodable(item) for item in value]


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def format_answer(answer: "Answer") -> str:
    """Format an answer for a terminal, each citation with its document, heading and range."""
    if answer.is_small_talk:
        return answer.notice
    lines: list[str] = []
    if answer.notice:
        lines += [answer.notice, ""]
    if answer.understood_as != answer.question:
        lines += [f"Understood as: {answer.understood_as}", ""]
    if answer.scope:
        lines += [printable(f"Only in {', '.join(answer.scope)}"), ""]
    lines += _refusal_lines(answer) if answer.text is None else _answer_lines(answer)
    return "\n".join(lines)


def _refusal_lines(answer: "Answer") -> list[str]:
    """Say that the corpus does not say, and show the nearest passages."""
    lines = [f"The corpus does not say. (confidence {answer.confidence:.0%})"]
    names = answer.trace.get("absent")
    if names:
        lines.append(f"Not near any passage: {', '.join(names)}.")
    lines += ["", "Nearest passages:"]
    for hit in answer.hits[:NEAREST_SHOWN]:
        lines.append(f"  {_format_passage(hit)}")
    return lines


def _answer_lines(answer: "Answer") -> list[str]:
    """Give the quotes, the items of a list numbered, then the confidence and the places."""
    from inquote.app.answering.answer import item_of

    lines: list[str] = []
    if answer.inferred:
        lines += [f"{answer.inferred.text} (inferred, no quote)", ""]
    if answer.headers:
        lines.append(f"{answer.under_headers}:")
    if answer.has_items:
        for number, citation in enumerate(answer.citations, start=1):
            lines.append(f"{number}. {item_of(citation.quote)}")
        lines.append("")
    else:
        lines += [answer.text or "", ""]
    for question in answer.unanswered:
        lines.append(f"The corpus does not say: {question}")
    lines += [f"confidence {answer.confidence:.0%}", ""]
    for number, citation in enumerate(answer.citations, start=1):
        lines.append(printable(f"[{number}] {_format_place(citation)}"))
        if not answer.has_items:
            lines.append(f"    {citation.quote}")
    return lines


def _format_place(citation: "Citation") -> str:
    """Format document, range, heading and page of a citation on one line."""
    page = f"page {citation.page}" if citation.page else ""
    where = ", ".join(filter(None, (citation.heading, page)))
    place = f"{citation.document_id} {citation.start}-{citation.end}"
    return f"{place} ({where})" if where else place


def _format_passage(hit: "Hit") -> str:
    """Format the place and the beginning of a passage on one line."""
    passage = hit.passage
    text = " ".join(passage.text.split())
    place = f"{printable(passage.document_id)} {passage.start}-{passage.end}"
    return f"{place}: {text[:PASSAGE_LENGTH]}{'...' if len(text) > PASSAGE_LENGTH else ''}"


def format_report(report: "IngestReport", dry_run: bool) -> str:
    """Format the result of an ingest for a terminal."""
    would = "would be " if dry_run else ""
    kinds: dict[str, Sequence[str]] = {
        "added": report.added,
        "changed": report.changed,
        "renamed": [" -> ".join(ids) for ids in report.renamed],
        "removed": report.removed,
    }
    lines: list[str] = []
    for kind, names in kinds.items():
        lines += [printable(f"{would}{kind}: {name}") for name in names]
    lines += [f"skipped: {file.path}: {file.reason}" for file in report.skipped]
    if not report.has_changes and not report.passages_embedded:
        lines.append("Nothing had changed; nothing was embedded.")
    else:
        lines.append(
            f"{report.unchanged} documents unchanged, {report.passages_embedded} passages embedded."
        )
    if not dry_run:
        lines.append(f"Generation {report.generation}, {report.seconds:.1f} s.")
    return "\n".join(lines)


def format_change(change: "AnswerChange") -> str:
    """Format what became of an answer: the old and the new quotes with their places."""
    lines = [f"{change.kind.value}: {change.question.question}"]
    for time, answer in (("before", change.before), ("now", change.after)):
        if answer.text is None:
            lines.append(f"  {time:6} the corpus does not say")
        for citation in answer.citations:
            place = f"{printable(citation.document_id)} {citation.start}-{citation.end}"
            lines.append(f"  {time:6} {citation.quote}  [{place}]")
    return "\n".join(lines)


def format_feedback(feedback: "Feedback") -> str:
    """Format a person's feedback on an answer for a terminal."""
    question = feedback.context.question
    lines = [f"{feedback.at}  {feedback.verdict}: {question}"]
    if feedback.understood_as != question:
        lines.append(f"  understood as  {feedback.understood_as}")
    lines.append(f"  answered       {feedback.answer or 'the corpus does not say'}")
    if feedback.sentence:
        sentence = feedback.sentence
        place = f"{printable(sentence.document)} {sentence.start}-{sentence.end}"
        lines.append(f"  right would be {sentence.quote}  [{place}]")
    return "\n".join(lines)


def format_fitted(fitted: "FittedCurve") -> str:
    """Return what a fit to feedback came to as text for a terminal."""
    from inquote.app.answering.confidence import curve_at

    lines = [f"The confidence is fitted to {fitted.verdicts} verdicts."]
    if fitted.left_out:
        lines.append(f"{fitted.left_out} more are on answers that are not given any more.")
    values = []
    for percent in (20, 40, 60, 80):
        now = 100 * curve_at(fitted.curve, percent / 100)
        values.append(f"{percent} % is now {now:.0f} %")
    lines.append(", ".join(values) + ".")
    lines.append(
        f"Confidence and share right were {fitted.error_before:.2f} apart; on verdicts that were "
        f"kept out of the fit they are {fitted.error_after:.2f} apart now."
    )
    lines.append(
        "A chat that runs follows when it is started again. Undo: inquote calibrate --undo"
    )
    return "\n".join(lines)


def format_status(about: dict[str, Any]) -> str:
    """Return what `inquote status` says of a library as text for a terminal."""
    documents, recipe = about["documents"], about["recipe"]
    megabytes = about["bytes"] / 1e6
    lines = [
        f"{about['library']}: generation {about['generation']} of {about['changed_at']}",
        f"{len(documents)} documents, {about['passages']} passages, {megabytes:.1f} MB on disk, "
        f"{about['originals'] / 1e6:.1f} MB of it original files",
    ]
    if recipe:
        lines.append(
            f"made with {recipe['embedder']} ({recipe['dimension']} dimensions), "
            f"chunking {recipe['chunking']}"
        )
    lines.append(f"on this processor models multiply in {about['precision']}")
    for info in documents:
        counts = f"{info['characters']:,} characters, {info['passages']} passages"
        lines.append(f"  {printable(info['id'])}  {counts}, {info['ingested_at']}")
        lines.append(f"      {printable(info['title'])}")
    return "\n".join(lines)
