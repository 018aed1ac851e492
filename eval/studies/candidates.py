"""Turn feedback from the page into candidates for a question file; a person reads them first.

An answer marked as right gives its own words and the sentences around them, a wrong one the
sentence that was picked instead. "Not in the corpus", and a refusal marked as right, give a
question without an answer.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from inquote.app.answering.forms import Form, form_of
from inquote.index.stores.base import Snapshot
from inquote.index.stores.journal import Feedback, QuotedRange
from inquote.ingest.text import sentence_ranges, touching

TYPES = {Form.LIST: "list", Form.EXPLANATION: "how"}  # of a question file; of other forms factoid


def candidates_of(
    feedback: Sequence[Feedback], snapshot: Snapshot
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of a question file, and a sentence for each piece of feedback without one.

    Of several verdicts on a question the last counts. Offsets are those of the library as it is
    now.
    """
    latest = {(item.context.question, item.context.history): item for item in feedback}
    texts = {info.id: snapshot.document(info.id).text for info in snapshot.document_infos()}
    rows, problems = [], []
    for item in latest.values():
        try:
            rows.append(_row(item, texts))
        except ValueError as error:
            problems.append(f"Left out, {error}: {item.context.question}")
    return rows, problems


def as_json_lines(rows: Iterable[dict[str, Any]]) -> str:
    """Return the rows as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _row(feedback: Feedback, texts: Mapping[str, str]) -> dict[str, Any]:
    question, history = feedback.context.question, feedback.context.history
    key = json.dumps([question, history]).encode()
    row: dict[str, Any] = {
        "id": f"candidate-{hashlib.sha256(key).hexdigest()[:10]}",
        "type": "follow-up" if history else TYPES.get(form_of(question), "factoid"),
        "question": question,
        "history": list(history),
    }
    places = [_relocate(place, texts) for place in _right_places(feedback)]
    if not places:
        return row | {"answerable": False}

    # Accept the words themselves and their sentences, each once; the sentences are the evidence.
    sentences = [_sentences(place, texts[place.document]) for place in places]
    answers = dict.fromkeys(place.quote for place in (*places, *sentences))
    evidence = [[_evidence(place)] for place in dict.fromkeys(sentences)]
    return row | {"answerable": True, "answers": list(answers), "evidence": evidence}


def _right_places(feedback: Feedback) -> tuple[QuotedRange, ...]:
    """Return where the answer stands according to a person, empty where there is none.

    Raises `ValueError` where the answer was called wrong and no other place was named.
    """
    if feedback.verdict == "right":
        return feedback.citations
    if feedback.verdict == "not in the corpus":
        return ()
    if feedback.sentence is None:
        raise ValueError("no sentence was picked as the right one")
    return (feedback.sentence,)


def _relocate(place: QuotedRange, texts: Mapping[str, str]) -> QuotedRange:
    """Return the place in the text as it is now.

    Raises `ValueError` where the words are gone or stand more than once.
    """
    text = texts.get(place.document, "")
    if text[place.start : place.end] == place.quote:
        return place
    if text.count(place.quote) != 1:
        raise ValueError(f"its words are not to be found in {place.document} any more")
    start = text.index(place.quote)
    return QuotedRange(place.document, "", start, start + len(place.quote), place.quote)


def _sentences(place: QuotedRange, text: str) -> QuotedRange:
    """Widen a place to the sentences that it touches."""
    start, end = place.start, place.end
    for first, last in touching(sentence_ranges(text), place.start, place.end):
        start, end = min(start, first), max(end, last)
    return QuotedRange(place.document, "", start, end, text[start:end])


def _evidence(place: QuotedRange) -> dict[str, Any]:
    return {
        "document": place.document,
        "start": place.start,
        "end": place.end,
        "quote": place.quote,
    }
