"""What the command line prints: answers, accounts and changes as text, lines of questions as lines of JSON."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from inquote.ingest.errors import InquoteError
from inquote.ingest.text import encodable, printable

if TYPE_CHECKING:
    from inquote.app.answering.answer import Answer
    from inquote.app.service.answer_changes import AnswerChange
    from inquote.app.system import System
    from inquote.index.stores.journal import Feedback
    from inquote.index.updating.report import IngestReport
    from inquote.ingest.documents import Document


def answer_line(system: "System", line: bytes) -> dict[str, Any]:
    """The JSON object that answers one line `{"id", "question", "history"}`; what cannot be answered gets `error`."""
    id = None
    try:
        asked = json.loads(line, parse_constant=_no_number)
        if not isinstance(asked, dict):
            raise InquoteError('A line must be a JSON object like {"question": "..."}.')
        id, history = asked.get("id"), asked.get("history") or []
        return system.ask(asked.get("question"), earlier_questions(history)).as_json(id)
    except (ValueError, RecursionError) as error:
        return {"id": id, "error": f"The line is not valid JSON: {error}."}
    except InquoteError as error:
        return {"id": id, "error": str(error)}


def earlier_questions(history: object) -> list[str]:
    """The `history` of a line of JSON; raises `InquoteError` unless it is a list of texts."""
    if not isinstance(history, list) or not all(isinstance(earlier, str) for earlier in history):
        raise InquoteError("history must be a list of earlier questions, each a text.")
    return [encodable(earlier) for earlier in history]


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def format_answer(answer: "Answer") -> str:
    """An answer as text for a terminal, each citation with its document, heading and range."""
    lines = (
        []
        if answer.understood_as == answer.question
        else [f"Understood as: {answer.understood_as}", ""]
    )
    if answer.text is None:
        lines += [
            f"The corpus does not say. (confidence {answer.confidence:.0%})",
            "",
            "Nearest passages:",
        ]
        return "\n".join(
            lines + [f"  {_nearest(at, answer)}" for at in range(min(3, len(answer.hits)))]
        )
    lines += [answer.text, "", *(f"The corpus does not say: {part}" for part in answer.unanswered)]
    lines += [f"confidence {answer.confidence:.0%}", ""]
    for number, c in enumerate(answer.citations, 1):
        place = ", ".join(part for part in (c.heading, f"page {c.page}" if c.page else "") if part)
        lines.append(
            printable(
                f"[{number}] {c.document_id} {c.start}-{c.end}" + (f" ({place})" if place else "")
            )
        )
        lines.append(f"    {c.quote}")
    return "\n".join(lines)


def _nearest(at: int, answer: "Answer") -> str:
    passage = answer.hits[at].passage
    text = " ".join(passage.text.split())
    place = f"{printable(passage.document_id)} {passage.start}-{passage.end}"
    return f"{place}: {text[:160]}{'...' if len(text) > 160 else ''}"


def format_report(account: "IngestReport", dry_run: bool) -> str:
    """What an ingest did, for a terminal."""
    would = "would be " if dry_run else ""
    lines: list[str] = []
    kinds: list[tuple[str, tuple[Any, ...], Callable[[Any], str]]] = [
        ("added", account.added, str),
        ("changed", account.changed, str),
        ("renamed", account.renamed, " -> ".join),
        ("removed", account.removed, str),
    ]
    for kind, ids, shown in kinds:
        lines += [printable(f"{would}{kind}: {shown(id)}") for id in ids]
    lines += [f"skipped: {skipped.path}: {skipped.reason}" for skipped in account.skipped]
    if not account.has_changes and not account.passages_embedded:
        lines.append("Nothing had changed; nothing was embedded.")
    else:
        lines.append(
            f"{account.unchanged} documents unchanged, {account.passages_embedded} passages embedded."
        )
    if not dry_run:
        lines.append(f"Generation {account.generation}, {account.seconds:.1f} s.")
    return "\n".join(lines)


def format_change(change: "AnswerChange") -> str:
    """What became of an answer, the old and the new quote with their places."""
    lines = [f"{change.kind.value}: {change.question.question}"]
    for name, answer in (("before", change.before), ("now", change.after)):
        if answer.text is None:
            lines.append(f"  {name:6} the corpus does not say")
        lines += [
            f"  {name:6} {c.quote}  [{printable(c.document_id)} {c.start}-{c.end}]"
            for c in answer.citations
        ]
    return "\n".join(lines)


def format_feedback(feedback: "Feedback") -> str:
    """What a person said of an answer, for a terminal."""
    lines = [f"{feedback.at}  {feedback.verdict}: {feedback.asked.question}"]
    if feedback.understood_as != feedback.asked.question:
        lines.append(f"  understood as  {feedback.understood_as}")
    lines.append(f"  answered       {feedback.answer or 'the corpus does not say'}")
    if feedback.sentence:
        place = feedback.sentence
        lines.append(
            f"  right would be {place.quote}  [{printable(place.document)} {place.start}-{place.end}]"
        )
    return "\n".join(lines)


def format_status(about: dict[str, Any]) -> str:
    """Return what `inquote status` says of a library as text for a terminal."""
    documents, recipe = about["documents"], about["recipe"]
    megabytes = about["bytes"] / 1e6
    lines = [
        f"{about['library']}: generation {about['generation']} of {about['changed_at']}",
        f"{len(documents)} documents, {about['passages']} passages, {megabytes:.1f} MB on disk",
    ]
    if recipe:
        lines.append(
            f"made with {recipe['embedder']} ({recipe['dimension']} dimensions), "
            f"chunking {recipe['chunking']}"
        )
    for info in documents:
        counts = f"{info['characters']:,} characters, {info['passages']} passages"
        lines.append(f"  {printable(info['id'])}  {counts}, {info['ingested_at']}")
        lines.append(f"      {printable(info['title'])}")
    return "\n".join(lines)


def document_json(document: "Document") -> dict[str, Any]:
    """Return the object that `inquote show --json` prints; ranges are half-open, in code points."""
    ends = [*document.pages[1:], len(document.text)]
    pages = zip(document.pages, ends, strict=False)
    return {
        "id": document.id,
        "title": document.title,
        "text": document.text,
        "sections": [asdict(section) for section in document.sections],
        "pages": [
            {"number": number, "start": start, "end": end}
            for number, (start, end) in enumerate(pages, 1)
        ],
        "blocks": [],
    }
