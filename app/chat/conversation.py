"""Keep the turns of one browser tab: its questions, and their answers as they come.

The server holds the conversation. A browser keeps only the questions, and they are answered anew
when it brings them back.
"""

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import QueryParams

from inquote.app.answering.answer import Answer
from inquote.app.chat.branches import again_html
from inquote.app.chat.citing import Reference, references_of
from inquote.app.chat.feedback import verdicts_html
from inquote.app.chat.message import (
    answer_html,
    copying_html,
    question_html,
    sentence_html,
    sentences_of,
    waiting_html,
)
from inquote.app.service.service import Service, explain
from inquote.ingest.errors import InquoteError
from inquote.ingest.text import encodable

MAX_KEPT_QUESTIONS = 20  # that a browser brings back after a reload
MAX_NAMED = 5  # documents and folders of a limit that are named in the answer

KeptQuestion = tuple[str, bool, str]
"""A question, whether it stands alone, and its limit; see `places_of`."""


@dataclass(eq=False)
class Turn:
    """A question and its answer.

    `answer` is None as long as there is none, for good where the question cannot be answered.
    A question that is `standalone` is asked without those before it, and those after it are asked
    without them too. Only what `limit` names is searched; see `places_of`. `history` holds the
    questions that it was asked after, `earlier` the turns in whose place it came, `references` what
    the answer cites, `sentences` those around each citation, `verdict` the last feedback on it.
    `id` is known to that person's browser only. `task` fills the answer in.
    """

    question: str
    html: str = field(default_factory=waiting_html)
    answer: Answer | None = None
    standalone: bool = False
    limit: str = ""
    references: tuple[Reference, ...] = ()
    sentences: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    verdict: str = ""
    earlier: tuple["Turn", ...] = ()
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    task: asyncio.Task[None] | None = None

    @property
    def is_done(self) -> bool:
        """Say whether the turn has its answer, or the reason why there is none."""
        return self.task is not None and self.task.done()

    def question_html(self) -> str:
        """Write the question, with the controls that change it under it."""
        earlier = [turn.question for turn in self.earlier]
        places = places_of(self.limit)
        again = again_html(self.id, self.question, places, self.standalone, earlier)
        return question_html(self.question) + again

    def answer_html(self) -> str:
        """Write the answer, with the control that copies it and the row of verdicts under it."""
        if self.answer is None or self.answer.is_small_talk:
            return self.html
        copying = copying_html(self.id) if self.references else ""
        return self.html + copying + verdicts_html(self.id, self.answer, self.verdict)


@dataclass(eq=False)
class Conversation:
    """The turns of one tab; all events of the tab work on the same object."""

    turns: list[Turn] = field(default_factory=list)
    key: str = ""  # of the link that saves it; nobody else can guess it

    @property
    def answers(self) -> list[Answer]:
        """List the answers and refusals, oldest first."""
        return [turn.answer for turn in self.turns if turn.answer]

    @property
    def sentences(self) -> list[tuple[str, ...]]:
        """List the sentences around the citations of each of `answers`."""
        return [turn.sentences for turn in self.turns if turn.answer]

    @property
    def references(self) -> list[Reference]:
        """List what the answers cite, in their order, each range once."""
        references: list[Reference] = []
        for turn in self.turns:
            references += [other for other in turn.references if other not in references]
        return references

    def messages(self) -> list[dict[str, Any]]:
        """Return the turns as a Chatbot takes them: HTML in parts, which it does not re-indent."""
        messages = []
        for turn in self.turns:
            messages.append(_message("user", turn.question_html()))
            messages.append(_message("assistant", turn.answer_html()))
        return messages

    def history_of(self, turn: Turn) -> tuple[str, ...]:
        """Return the questions that `turn` is asked after, oldest first.

        These are the ones with an answer or a refusal, from the last standalone question on; none
        where the conversation was begun anew meanwhile.
        """
        if turn not in self.turns:
            return ()
        history: list[str] = []
        for earlier in self.turns[: self.turns.index(turn)]:
            if earlier.standalone:
                history.clear()
            if earlier.answer:
                history.append(earlier.question)
        return () if turn.standalone else tuple(history)

    def questions_to_keep(self) -> list[KeptQuestion]:
        """Return the questions that the browser keeps for a reload."""
        kept = [(turn.question, turn.standalone, turn.limit) for turn in self.turns if turn.answer]
        return kept[-MAX_KEPT_QUESTIONS:]

    def take_question(self, question: str, standalone: bool, kept: object, limit: str = "") -> Turn:
        """Return the turn of a question from a browser that has kept `kept`.

        It is a new turn, or the latest one if the same question comes again before the browser has
        seen its answer: somebody pressed Enter twice, or Gradio's client closed its stream just
        when the first Enter was on its way, and never heard of it.
        """
        latest = self.turns[-1] if self.turns else None
        if latest and not self._has_reached_browser(latest, kept):
            known = (latest.question, latest.standalone, latest.limit)
            same = (question, standalone, limit) == known
            if same or not question.strip():
                return latest
        self.turns.append(Turn(question, standalone=standalone, limit=limit))
        return self.turns[-1]

    def replace_question(self, branch: str, question: str, standalone: bool, limit: str) -> Turn:
        """Return the turn of a question that comes in the place of the turn of the id `branch`.

        That one and those after it are put aside, as `earlier` of the new turn; where it is not
        there, the question comes last.
        """
        latest = self.turns[-1] if self.turns else None
        if latest and latest.earlier and latest.earlier[0].id == branch:
            return latest  # somebody pressed Enter twice
        place = self._place(branch)
        turn = Turn(question, standalone=standalone, limit=limit, earlier=tuple(self.turns[place:]))
        self.turns[place:] = [turn]
        return turn

    def bring_back(self, branch: str) -> None:
        """Put the turns that were put aside for the turn of the id `branch` in its place again.

        What they replace is put aside for the first of them.
        """
        place = self._place(branch)
        if place == len(self.turns) or not self.turns[place].earlier:
            return
        replaced = self.turns[place:]
        first, *others = replaced[0].earlier
        replaced[0].earlier = ()
        first.earlier = tuple(replaced)
        self.turns[place:] = [first, *others]

    def _place(self, id: str) -> int:
        """Return the index of a turn, that of the end where it is not there."""
        ids = [turn.id for turn in self.turns]
        return ids.index(id) if id in ids else len(ids)

    def _has_reached_browser(self, latest: Turn, kept: object) -> bool:
        """Say whether a browser that has kept `kept` shows the answer of the latest turn."""
        if not latest.is_done:
            return False
        return latest.answer is None or read_kept_questions(kept) == self.questions_to_keep()

    async def finish(self, turn: Turn, service: Service) -> None:
        """Wait for the answer of a turn, and begin to look for it if nobody has.

        The work goes on if the browser leaves, for it may ask again.
        """
        if turn.task is None:
            turn.task = asyncio.create_task(self._fill_in(turn, service))
        await asyncio.shield(turn.task)

    async def _fill_in(self, turn: Turn, service: Service) -> None:
        """Put the answer into a turn, or a sentence that says why there is none."""
        try:
            turn.history = self.history_of(turn)
            places = places_of(turn.limit)
            reply = await service.reply(turn.question, turn.history, places or None)
            limits = [await self._title(service, place) for place in places[:MAX_NAMED]]
            if len(places) > MAX_NAMED:
                limits.append(f"{len(places) - MAX_NAMED:,} more")
            searched = len(await service.documents())
            turn.html = answer_html(reply.answer, reply.documents, limits, searched)
            turn.references = references_of(reply.answer, reply.documents)
            turn.sentences = sentences_of(reply.answer, reply.documents)
            turn.answer = reply.answer
        except Exception as error:
            turn.html = sentence_html(explain(error))

    async def _title(self, service: Service, id: str) -> str:
        """Return the title of a document; its id where it has none, and the name of a folder."""
        try:
            return (await service.document(id)).title or id
        except InquoteError:
            return id

    def restore(self, kept: object) -> list[Turn]:
        """Add the questions that a browser kept, to be answered anew, and return all turns."""
        for question, standalone, limit in read_kept_questions(kept)[-MAX_KEPT_QUESTIONS:]:
            self.turns.append(Turn(question, standalone=standalone, limit=limit))
        return list(self.turns)


def places_of(limit: str) -> tuple[str, ...]:
    """Return the documents and folders of a limit, which the page writes as a list in JSON.

    Anything else is the id of the one document.

    >>> places_of('["reports", "rules.pdf"]'), places_of("rules.pdf"), places_of("")
    (('reports', 'rules.pdf'), ('rules.pdf',), ())
    """
    try:
        value = json.loads(limit)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, list):
        return (limit,) if limit else ()
    return tuple(encodable(place) for place in value if isinstance(place, str))


def linked_question(parameters: QueryParams) -> list[list[Any]]:
    """Return the question of a link, `?q=...&in=...&in=...`, as a browser keeps one; [] for none.

    Each `in` is a document or a folder that alone is asked.
    """
    question, places = parameters.get("q"), parameters.getlist("in")
    return [[question, False, json.dumps(places) if places else ""]] if question else []


def _message(role: str, html: str) -> dict[str, Any]:
    return {"role": role, "content": [{"type": "text", "text": html}]}


def replaces(kept: object) -> bool:
    """Say whether a browser opens another conversation in place of the one that it shows."""
    value = _parse(kept)
    return isinstance(value, dict) and value.get("replace") is True


def _parse(value: object) -> object:
    """Read JSON out of a text from a browser; anything else is left as it is."""
    if not isinstance(value, str):
        return value
    try:
        parsed: object = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return parsed


def read_kept_questions(kept: object) -> list[KeptQuestion]:
    """Read the questions out of a value from a browser, which may be anything."""
    value = _parse(kept)
    if isinstance(value, dict):
        value = value.get("questions")
    items = value if isinstance(value, list | tuple) else []
    questions: list[KeptQuestion] = []
    for item in items:
        if isinstance(item, list | tuple) and item:
            question, standalone, limit = [*item, None, None][:3]
            questions.append((encodable(question), standalone is True, encodable(limit)))
    return questions
