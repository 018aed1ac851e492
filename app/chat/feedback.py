"""What people say of an answer: the row of verdicts under it, the sentences to pick the right one from."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Protocol
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from inquote.app.answering.answer import Answer
from inquote.app.chat.evidence import readable
from inquote.app.service.service import Service
from inquote.index.stores.journal import VERDICTS, Feedback, QuestionInContext, QuotedRange
from inquote.index.stores.local.lock import now
from inquote.ingest.errors import InquoteError
from inquote.ingest.text import sentence_ranges

PICKING = (
    "wrong answer",
    "wrong passage",
)  # the verdicts after which the right sentence is asked for
REFUSED_VERDICTS = {"right": "Right", "wrong answer": "The corpus does say"}


class FeedbackError(InquoteError):
    """The feedback cannot be taken as it was sent."""


def verdicts_html(turn: str, answer: Answer, said: str = "") -> str:
    """The row under the answer of the turn called `turn`; `said` is the verdict that was given before."""
    names = {v: v.capitalize() for v in VERDICTS} if answer.text is not None else REFUSED_VERDICTS
    links = " ".join(
        f'<a class="verdict" role="button" href="#{escape(urlencode({"turn": turn, "verdict": verdict}))}">{name}</a>'
        for verdict, name in names.items()
    )
    label = f"Noted: {names.get(said, said).lower()}. Thank you." if said else "Is this right?"
    return f'<p class="feedback"><span class="said">{escape(label)}</span> {links}</p>'


def sentences_of(answer: Answer) -> list[tuple[str, QuotedRange]]:
    """The sentences of the passages that were shown, each once, with the passages' headings; best passage first.

    The version of the document is known only where the answer cites it; elsewhere `document_sha256` is "".
    """
    versions = {citation.document_id: citation.document_sha256 for citation in answer.citations}
    found: dict[tuple[str, int, int], tuple[str, QuotedRange]] = {}
    for hit in answer.hits:
        passage = hit.passage
        for start, end in sentence_ranges(passage.text):
            place = (passage.document_id, passage.start + start, passage.start + end)
            version = versions.get(passage.document_id, "")
            found.setdefault(
                place,
                (
                    passage.heading,
                    QuotedRange(place[0], version, *place[1:], passage.text[start:end]),
                ),
            )
    return list(found.values())


def picking_html(answer: Answer) -> str:
    """The passages that were shown, cut into sentences to pick the right one from."""
    items, last = [], None
    for number, (heading, place) in enumerate(sentences_of(answer)):
        if (heading, place.document) != last:
            items.append(f"<h3>{escape(readable(heading) or place.document)}</h3>")
            last = (heading, place.document)
        sentence = escape(" ".join(place.quote.split()))
        items.append(f'<button type="button" class="sentence" value="{number}">{sentence}</button>')
    return (
        '<h2 id="picking-title">Which sentence answers the question?</h2>'
        f'<p class="asked">{escape(answer.question)}</p><div class="sentences">{"".join(items)}</div>'
        '<p class="otherwise"><button type="button" value="">None of these</button> '
        '<button type="button" class="cancel">Cancel</button></p>'
    )


def heard(
    turn: str, history: Sequence[str], answer: Answer, verdict: str, sentence: int | None
) -> Feedback:
    """The feedback to keep; `sentence` counts `sentences_of` the answer. Raises `FeedbackError` for what is none."""
    sentences = sentences_of(answer)
    if verdict not in VERDICTS:
        raise FeedbackError(f"A verdict is one of: {', '.join(VERDICTS)}.")
    if sentence is not None and (verdict not in PICKING or not 0 <= sentence < len(sentences)):
        raise FeedbackError("That sentence is none of those shown for a wrong answer.")
    return Feedback(
        id=turn,
        asked=QuestionInContext(answer.question, tuple(history)),
        understood_as=answer.understood_as,
        verdict=verdict,
        answer=answer.text,
        citations=tuple(
            QuotedRange(c.document_id, c.document_sha256, c.start, c.end, c.quote)
            for c in answer.citations
        ),
        sentence=None if sentence is None else sentences[sentence][1],
        generation=answer.generation,
        at=now(),
    )


class Answered(Protocol):
    """A turn of a conversation, as far as feedback is concerned."""

    id: str
    history: tuple[str, ...]
    answer: Answer | None
    verdict: str


class Said(BaseModel):
    """What the page sends: a verdict, and which sentence of `picking_html` was picked, if any."""

    verdict: str
    sentence: int | None = None


class Desk:
    """Takes feedback on the turns of the open conversations; `turns` finds them by their ids."""

    def __init__(self, service: Service, turns: Mapping[str, Answered]) -> None:
        self._service = service
        self._turns = turns

    async def ask(self, turn: str) -> HTMLResponse:
        """The sentences to pick from, as HTML."""
        return HTMLResponse(picking_html(self._answer(turn)))

    async def take(self, turn: str, said: Said) -> HTMLResponse:
        """Note what was said; gives the row of verdicts anew."""
        answer = self._answer(turn)
        answered = self._turns[turn]
        await self._service.note_feedback(
            heard(turn, answered.history, answer, said.verdict, said.sentence)
        )
        answered.verdict = said.verdict
        return HTMLResponse(verdicts_html(turn, answer, said.verdict))

    def _answer(self, turn: str) -> Answer:
        found = self._turns.get(turn)
        if found is None or found.answer is None:
            raise FeedbackError("That answer is not there any more; ask the question again.")
        return found.answer
