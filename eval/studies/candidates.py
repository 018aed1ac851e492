"""Feedback from the page to candidate questions in the form of a question file; a person reads them before keeping any.

What was said to be right gives the answer's own words and the sentences around them; a wrong answer gives the sentence
that was picked instead; "not in the corpus", and a refusal said to be right, give a question without an answer.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from inquote.app.answering.forms import Form, form_of
from inquote.index.stores.base import Snapshot
from inquote.index.stores.journal import Feedback, QuotedRange
from inquote.ingest.text import sentence_ranges

TYPES = {
    Form.LIST: "list",
    Form.EXPLANATION: "how",
}  # the nearest of the types of a question file; else factoid


def candidates_of(
    feedback: Sequence[Feedback], snapshot: Snapshot
) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of a question file, and a sentence for each piece of feedback that makes none.

    Of several verdicts on one question the last counts. Places are those of the library as it is now.
    """
    latest = {(one.asked.question, one.asked.history): one for one in feedback}
    texts = {info.id: snapshot.document(info.id).text for info in snapshot.document_infos()}
    rows, left = [], []
    for one in latest.values():
        try:
            rows.append(_row(one, texts))
        except ValueError as error:
            left.append(f"Left out, {error}: {one.asked.question}")
    return rows, left


def lines(rows: Iterable[dict[str, Any]]) -> str:
    """The rows as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _row(feedback: Feedback, texts: dict[str, str]) -> dict[str, Any]:
    asked = feedback.asked
    row: dict[str, Any] = {
        "id": "candidate-"
        + hashlib.sha256(json.dumps([asked.question, asked.history]).encode()).hexdigest()[:10],
        "type": "follow-up" if asked.history else TYPES.get(form_of(asked.question), "factoid"),
        "question": asked.question,
        "history": list(asked.history),
    }
    places = _right_places(feedback)
    if not places:
        return row | {"answerable": False}
    found = [_now(place, texts) for place in places]
    sentences = [_sentence(place, texts[place.document]) for place in found]
    answers = dict.fromkeys(
        [*(place.quote for place in found), *(place.quote for place in sentences)]
    )
    evidence = [[_evidence(place)] for place in dict.fromkeys(sentences)]
    return row | {"answerable": True, "answers": list(answers), "evidence": evidence}


def _right_places(feedback: Feedback) -> tuple[QuotedRange, ...]:
    """Where the answer stands by what was said; none where there is none. ValueError where nobody said where."""
    if feedback.verdict == "right":
        return feedback.citations
    if feedback.verdict == "not in the corpus":
        return ()
    if feedback.sentence is None:
        raise ValueError("no sentence was picked as the right one")
    return (feedback.sentence,)


def _now(place: QuotedRange, texts: dict[str, str]) -> QuotedRange:
    """The place in the text as it is now; ValueError where the words are gone or stand more than once."""
    text = texts.get(place.document, "")
    if text[place.start : place.end] == place.quote:
        return place
    if text.count(place.quote) != 1:
        raise ValueError(f"its words are not to be found in {place.document} any more")
    start = text.index(place.quote)
    return QuotedRange(place.document, "", start, start + len(place.quote), place.quote)


def _sentence(place: QuotedRange, text: str) -> QuotedRange:
    """The sentences that the place touches."""
    touched = [(a, b) for a, b in sentence_ranges(text) if a < place.end and b > place.start]
    start, end = (
        min([place.start, *(a for a, _ in touched)]),
        max([place.end, *(b for _, b in touched)]),
    )
    return QuotedRange(place.document, "", start, end, text[start:end])


def _evidence(place: QuotedRange) -> dict[str, Any]:
    return {
        "document": place.document,
        "start": place.start,
        "end": place.end,
        "quote": place.quote,
    }
