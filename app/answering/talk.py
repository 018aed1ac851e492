"""Answer a turn of a conversation: of the questions that it may mean, the surest answer wins.

What a turn means by its wording is asked first. Where that answer is not sure, the other readings
are retrieved and the first passages of the best are read; one of them wins if it is surer.
A turn that asks about the last answer is answered from that.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from inquote.app.answering.answer import Answer, Citation, Inferred
from inquote.app.answering.answerer import Answerer
from inquote.app.answering.cleaning import clean_question
from inquote.app.answering.conversation import resolve_follow_up, turns_of
from inquote.app.answering.findings import Followed, Place
from inquote.app.answering.forms import Form
from inquote.app.answering.moves import Move, move_of
from inquote.app.answering.readings import Reading, leans, of_record, readings_of
from inquote.app.answering.replacing import first_question
from inquote.app.answering.requests import is_of_text_at_hand, overview_request
from inquote.app.answering.shelf import NOTHING, Shelf
from inquote.app.answering.small_talk import kind_of_talk
from inquote.app.answering.subject import of_subject, subject_of
from inquote.app.answering.topics import find_pronoun, names_something
from inquote.app.language.dialogue import DEFINITE_NOUN, PLACE
from inquote.index.retrieval.search import Hit
from inquote.index.stores.base import Scope
from inquote.ingest.errors import QuestionError
from inquote.ingest.text import sentence_ranges, touching

SETTLED = 0.2  # confidence with which the likeliest reading is not contested
SETTLED_NOUN = 0.5  # the same of a pronoun that was taken for a noun
MARGIN = 0.05  # by which another reading must be surer
MUCH = 0.1  # the same of a first turn as typed, whose pronoun stands for nothing said
REPEATED = 0.5  # what the last answer again counts of its confidence
LOOKED_AT = 2  # passages of a reading that are read before one is chosen
CONTESTED = 2  # readings that are read besides the likeliest
BEFORE = 2  # answers before a turn that its understanding may depend on
RUNNERS_UP = 3  # other readings that an answer names

Ask = Callable[[str, str, Scope | None, Followed], Answer]
"""Answers a question, as typed and as understood, within a scope, leaving out what is told."""


class Talk:
    """Answers turns from one state of a library.

    `ask` answers a question that stands alone, each but once.
    """

    def __init__(self, ask: Ask, answerer: Answerer, shelf: Shelf) -> None:
        self._ask = ask
        self._answerer = answerer
        self._shelf = shelf

    def answer(self, typed: str, history: Sequence[str], before: int = BEFORE) -> Answer:
        """Return the answer to a turn, cleaned, after those of `history`, oldest first.

        The answers to `before` turns before it are taken into account; what these give is the same
        whoever asked what before.
        """
        history = [earlier for earlier in history if not kind_of_talk(earlier)]
        turns = turns_of(history)
        move = move_of(typed) if turns else None
        if move is not None:
            return self._follow(typed, move, history, turns)
        if turns and is_of_text_at_hand(typed):
            last = self._last(history, before - 1) if before else None
            return self._ask(typed, typed, _only_document(last), NOTHING)
        understood = resolve_follow_up(typed, turns)
        if not turns:
            return self._of_subject(typed, understood)
        record = self._of_record(typed, history, before)
        if record is not None:
            return record
        first = self._ask(typed, understood, None, NOTHING)
        if not leans(typed, turns):
            return first
        is_joined = understood.startswith(f"{first_question(turns[-1])} ")
        is_named = names_something(understood) and not names_something(typed)
        settled = SETTLED if is_named or not find_pronoun(typed) else SETTLED_NOUN
        is_sure = first.text is not None and first.confidence >= settled
        if before == 0 or (is_sure and not is_joined):
            return _with_readings(first, readings_of(typed, turns))
        last = self._last(history, before - 1)
        return self._contest(typed, turns, first, last)

    def _of_subject(self, typed: str, understood: str) -> Answer:
        """Return the answer to a first turn, whose pronoun stands for what the only text is about.

        As typed it wins where it is much surer.
        """
        about = ""
        is_of_text = overview_request(understood) is not None
        if not is_of_text and find_pronoun(understood) and len(self._shelf.infos) == 1:
            document = self._shelf.document(self._shelf.infos[0].id)
            about = of_subject(understood, subject_of(document.title, document.text))
        named = self._ask(typed, about or understood, None, NOTHING)
        if not about or named.confidence >= SETTLED_NOUN:
            return named
        plain = self._ask(typed, understood, None, NOTHING)
        is_surer = plain.text is not None and plain.confidence > named.confidence + MUCH
        return plain if is_surer or named.text is None else named

    def _of_record(self, typed: str, history: Sequence[str], before: int) -> Answer | None:
        """Return the answer of the record that "the contract" stands for, None where it is none."""
        if not before or not DEFINITE_NOUN.search(typed):
            return None
        record = of_record(typed, self._last(history, before - 1))
        answer = self._ask(typed, record, None, NOTHING) if record else None
        if answer is None or answer.text is None:
            return None
        return _with_readings(answer, [Reading(typed)])

    def _last(self, history: Sequence[str], before: int) -> Answer | None:
        """Return the answer to the last turn that is a question."""
        for place in range(len(history) - 1, -1, -1):
            try:
                return self.answer(clean_question(history[place]), history[:place], before)
            except QuestionError:
                continue
        return None

    def _contest(
        self, typed: str, turns: Sequence[str], first: Answer, last: Answer | None
    ) -> Answer:
        """Return the answer to the surest of the readings; the first wins where none is surer."""
        is_shelf = len(self._shelf.infos) > 1
        readings = readings_of(typed, turns, last, within=is_shelf)
        is_open = first.text is None and bool(find_pronoun(first.understood_as))
        is_repeated = _is_repeated(first, last)
        bar = first.confidence * REPEATED if is_repeated else first.confidence + MARGIN
        surest, best = -1.0 if is_open else bar, None
        for reading, hits in self._likeliest(readings[1:]):
            if is_repeated and reading.question == typed and find_pronoun(typed):
                continue  # it names nothing
            confidence = self._answerer.choose(reading.question, hits).confidence
            if confidence > surest:
                surest, best = confidence, reading
        if best is None:
            return _with_readings(first, readings)
        answer = self._ask(typed, best.question, best.scope, NOTHING)
        is_surer = is_open or answer.confidence > min(bar, first.confidence)
        is_other = answer.text is not None or first.text is None
        wins = is_surer and is_other and not _is_repeated(answer, last)
        return _with_readings(answer if wins else first, readings)

    def _likeliest(self, readings: Sequence[Reading]) -> list[tuple[Reading, list[Hit]]]:
        """Return the readings that retrieve best, with their first hits."""
        retrieved = []
        for reading in readings:
            hits = self._shelf.hits(reading.question, LOOKED_AT, reading.scope)
            if hits:
                retrieved.append((reading, hits))
        retrieved.sort(key=_best_score, reverse=True)
        return retrieved[:CONTESTED]

    def _follow(
        self, typed: str, move: Move, history: Sequence[str], turns: Sequence[str]
    ) -> Answer:
        """Return the answer to a turn that asks about the last answer."""
        # Find the question that the last answers were given to.
        place = len(history) - 1
        moves = [move]
        while place > 0 and move_of(history[place]) is not None:
            moves.insert(0, move_of(history[place]) or move)
            place -= 1
        last = self._last(history[: place + 1], BEFORE - 1)
        if last is None:
            return self._ask(typed, turns[-1], None, NOTHING)
        # Ask it again for each turn that wanted more, without what was answered before.
        question, places = last.understood_as, _places(last, self._shelf, Move.OTHERS)
        answer = last
        for each in moves:
            if each is Move.EVIDENCE:
                continue
            if each is Move.OTHER_ONE:
                question = resolve_follow_up(typed, [question])
            places += _places(answer, self._shelf, each)
            form = Form.SENTENCES if each is Move.MORE else None
            answer = self._ask(typed, question, None, Followed(tuple(places), form))
        if move is Move.EVIDENCE:
            return _evidence_of(answer, typed)
        return answer


def _only_document(answer: Answer | None) -> Scope | None:
    """Return the document that an answer is from, None for none or several."""
    ids = {citation.document_id for citation in answer.citations} if answer else set()
    return tuple(ids) if len(ids) == 1 else None


def _is_repeated(answer: Answer, last: Answer | None) -> bool:
    """Tell whether an answer is the last one again, and so to the question before."""
    return answer.text is not None and last is not None and answer.text == last.text


def _best_score(retrieved: tuple[Reading, list[Hit]]) -> float:
    return retrieved[1][0].score


def _with_readings(answer: Answer, readings: Sequence[Reading]) -> Answer:
    """Return an answer with the other questions that its turn may mean."""
    others = dict.fromkeys(reading.question for reading in readings)
    others.pop(answer.understood_as, None)
    return replace(answer, readings=tuple(others)[:RUNNERS_UP])


def _places(answer: Answer, shelf: Shelf, move: Move) -> list[Place]:
    """Return the places of an answer that another one leaves out: for others only its words."""
    places = []
    for citation in answer.citations:
        start, end = citation.start, citation.end
        if move is not Move.OTHERS:
            start, end = _sentences(citation, shelf)
        places.append((citation.document_id, start, end))
    return places


def _sentences(citation: Citation, shelf: Shelf) -> tuple[int, int]:
    """Return the range of the sentences that a citation touches."""
    text = shelf.document(citation.document_id).text
    ranges = sentence_ranges(text, citation.passage_start, citation.passage_end)
    around = touching(ranges, citation.start, citation.end)
    return (around[0][0], around[-1][1]) if around else (citation.start, citation.end)


def _evidence_of(answer: Answer, typed: str) -> Answer:
    """Return an answer again with how sure it is, and what came next.

    Where a turn wants the place itself, `shows` in the trace is the index of the citation to open.
    """
    if answer.text is None:
        return replace(answer, question=typed)
    if PLACE.match(typed):
        answer = replace(answer, trace={**answer.trace, "shows": 0})
    text = f"{round(100 * answer.confidence)} % sure"
    quotes = {citation.quote for citation in answer.citations}
    for candidate in answer.trace.get("candidates", []):
        quote = candidate["quote"]
        if not any(quote in cited or cited in quote for cited in quotes):
            text += f"; the next best answer was “{quote}”"
            break
    return replace(answer, question=typed, inferred=Inferred("evidence", text))
