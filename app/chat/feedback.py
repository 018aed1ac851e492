"""Take what people say of an answer: a verdict, and the sentence that would have been right."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from inquote.app.answering.answer import Answer, Citation
from inquote.app.chat.document_pane import format_heading
from inquote.app.marks import escape, escape_attribute
from inquote.app.service.service import Service
from inquote.app.service.viewer import own
from inquote.index.clock import utc_now
from inquote.index.stores.journal import VERDICTS, Feedback, QuestionInContext, QuotedRange
from inquote.ingest.errors import InquoteError
from inquote.ingest.text import sentence_ranges

VERDICTS_WITH_SENTENCE = ("wrong answer", "wrong passage")  # a person may pick the right sentence
REFUSED_VERDICTS = {"right": "Right", "wrong answer": "The corpus does say"}


class FeedbackError(InquoteError):
    """The feedback cannot be taken as it was sent."""


def verdicts_html(turn_id: str, answer: Answer, chosen: str = "") -> str:
    """Write the row of verdicts under an answer; `chosen` is the verdict given before, if any."""
    names = REFUSED_VERDICTS
    if answer.text is not None:
        names = {verdict: verdict.capitalize() for verdict in VERDICTS}
    links = []
    for verdict, name in names.items():
        target = escape_attribute(urlencode({"turn": turn_id, "verdict": verdict}))
        links.append(f'<a class="verdict" role="button" href="#{target}">{name}</a>')
    label = "Is this right?"
    if chosen:
        label = f"Noted: {names.get(chosen, chosen).lower()}. Thank you."
    return f'<p class="feedback"><span class="said">{escape(label)}</span> {" ".join(links)}</p>'


def sentences_of(answer: Answer) -> list[tuple[str, QuotedRange]]:
    """List the sentences of the passages shown, each once, with its passage's heading.

    The sentences of the best passage come first. The version of a document is known only where the
    answer cites it; elsewhere `document_sha256` is "".
    """
    versions = {citation.document_id: citation.document_sha256 for citation in answer.citations}
    sentences: dict[tuple[str, int, int], tuple[str, QuotedRange]] = {}
    for hit in answer.hits:
        passage = hit.passage
        version = versions.get(passage.document_id, "")
        for start, end in sentence_ranges(passage.text):
            place = (passage.document_id, passage.start + start, passage.start + end)
            quote = QuotedRange(place[0], version, place[1], place[2], passage.text[start:end])
            sentences.setdefault(place, (passage.heading, quote))
    return list(sentences.values())


def picking_html(answer: Answer) -> str:
    """Write the passages that were shown as sentences to pick the right one from."""
    items: list[str] = []
    previous = None
    for number, (heading, place) in enumerate(sentences_of(answer)):
        if (heading, place.document) != previous:
            items.append(f"<h3>{escape(format_heading(heading) or place.document)}</h3>")
            previous = (heading, place.document)
        sentence = escape(" ".join(place.quote.split()))
        items.append(
            f'<button type="button" class="sentence" dir="auto" value="{number}">'
            f"{sentence}</button>"
        )
    return (
        '<h2 id="picking-title">Which sentence answers the question?</h2>'
        f'<p class="asked" dir="auto">{escape(answer.question)}</p>'
        f'<div class="sentences">{"".join(items)}</div>'
        '<p class="otherwise"><button type="button" value="">None of these</button> '
        '<button type="button" class="cancel">Cancel</button></p>'
    )


def make_feedback(
    turn_id: str, history: Sequence[str], answer: Answer, verdict: str, sentence: int | None
) -> Feedback:
    """Make the record to keep; `sentence` indexes `sentences_of` the answer.

    Raises `FeedbackError` for an unknown verdict, and for a sentence that was not offered.
    """
    sentences = sentences_of(answer)
    if verdict not in VERDICTS:
        raise FeedbackError(f"A verdict is one of: {', '.join(VERDICTS)}.")
    if sentence is not None:
        offered = verdict in VERDICTS_WITH_SENTENCE and 0 <= sentence < len(sentences)
        if not offered:
            raise FeedbackError("That sentence is none of those shown for a wrong answer.")
    return Feedback(
        id=turn_id,
        context=QuestionInContext(answer.question, tuple(history), answer.scope),
        understood_as=answer.understood_as,
        verdict=verdict,
        answer=answer.text,
        citations=tuple(map(_quoted_range, answer.citations)),
        sentence=None if sentence is None else sentences[sentence][1],
        generation=answer.generation,
        at=utc_now(),
    )


def _quoted_range(citation: Citation) -> QuotedRange:
    """Return a citation as the journal keeps it."""
    return QuotedRange(
        citation.document_id,
        citation.document_sha256,
        citation.start,
        citation.end,
        citation.quote,
    )


class AnsweredTurn(Protocol):
    """The part of a conversation's turn that feedback needs."""

    id: str
    history: tuple[str, ...]
    answer: Answer | None
    verdict: str


class FeedbackRequest(BaseModel):
    """A verdict as the page sends it, and the number of the sentence picked, if any."""

    verdict: str
    sentence: int | None = None


class FeedbackEndpoints:
    """Answers the page's requests about feedback; `turns` holds the open turns by their keys.

    A key is `own` of the turn's id.
    """

    def __init__(self, service: Service, turns: Mapping[str, AnsweredTurn]) -> None:
        self._service = service
        self._turns = turns

    async def offer_sentences(self, turn: str) -> HTMLResponse:
        """Return the sentences to pick from, as HTML."""
        return HTMLResponse(picking_html(self._answer(turn)))

    async def note(self, turn: str, request: FeedbackRequest) -> HTMLResponse:
        """Keep a verdict, and return the row of verdicts as it is now."""
        answer = self._answer(turn)
        answered = self._turns[own(turn)]
        feedback = make_feedback(turn, answered.history, answer, request.verdict, request.sentence)
        await self._service.record_feedback(feedback)
        answered.verdict = request.verdict
        return HTMLResponse(verdicts_html(turn, answer, request.verdict))

    def _answer(self, turn_id: str) -> Answer:
        turn = self._turns.get(own(turn_id))
        if turn is None or turn.answer is None:
            raise FeedbackError("That answer is not there any more; ask the question again.")
        return turn.answer
