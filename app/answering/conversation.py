"""Turn a follow-up into a question that stands alone, by rules and by the question before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from inquote.app.answering.cleaning import capitalise, clean_question
from inquote.app.answering.completing import place_of_pronoun, with_topic
from inquote.app.answering.continuing import continue_with, correct, is_phrase
from inquote.app.answering.entities import noun_phrases
from inquote.app.answering.moves import Move, move_of
from inquote.app.answering.replacing import (
    first_question,
    replace_phrase,
    without_name,
)
from inquote.app.answering.requests import is_of_text_at_hand
from inquote.app.answering.small_talk import kind_of_talk
from inquote.app.answering.topics import (
    antecedent_of,
    find_pronoun,
    is_bare,
    lacks_topic,
    names_something,
    things_compared,
    things_of,
    topic_for,
)
from inquote.app.answering.wording import asked_in_full, standing_alone, unwrapped
from inquote.app.language.dialogue import (
    ABOUT_EVENT,
    ABOUT_OPENING,
    AFTER_EVENT,
    BETWEEN,
    COMPARATIVE_QUESTION,
    CORRECTION,
    DIFFERENCE_QUESTION,
    EITHER,
    EVENT_QUESTION,
    HOW_MANY,
    NUMBER_QUESTION,
    OF_THE_THINGS,
    ONES_OF_KIND,
    PAIR,
    RANK_QUESTION,
)
from inquote.app.language.english import (
    FOLLOW_UP_OPENING,
    REFERS_BACK,
    TAKES_INFINITIVE,
)
from inquote.app.language.forms import QUESTION_WORD, YES_NO_QUESTION
from inquote.ingest.errors import QuestionError

MAX_HISTORY = 20  # questions

_SHORT_QUESTION = 6  # words; one that opens with "and" leans on the question before it


def understand(question: object, history: Sequence[str] = ()) -> str:
    """Return a typed question as it stands alone after the earlier ones, oldest first.

    A follow-up by its form ("And in the control group?", "Which one?") continues the question
    before it. A pronoun takes the topic that was named last, "they" the things that were asked for
    last. Any other question stays as it is, so that a change of topic drags nothing along. An
    earlier text that is no question is passed over.

    Raises `QuestionError` as `clean_question` does.

    >>> earlier = "What was the response rate in the IMLYGIC group?"
    >>> understand("What about the control group?", [earlier])
    'What was the response rate in the control group?'
    >>> understand("When was it approved?", ["Who makes IMLYGIC?"])
    'When was IMLYGIC approved?'
    """
    return resolve_follow_up(clean_question(question), turns_of(history))


def turns_of(history: Sequence[str]) -> list[str]:
    """Return the earlier questions of a conversation as each stands alone, oldest first."""
    turns: list[str] = []
    for typed in list(history)[-MAX_HISTORY:]:
        if kind_of_talk(typed):
            continue
        try:
            turns.append(resolve_follow_up(clean_question(typed), turns))
        except QuestionError:
            continue
    return turns


def resolve_follow_up(question: str, turns: Sequence[str]) -> str:
    """Return a question as it stands alone after turns that stand alone, oldest first.

    >>> resolve_follow_up("And who benefited more?", ["Did IMLYGIC improve survival?"])
    'Did IMLYGIC improve survival? Who benefited more?'
    """
    if not turns:
        return standing_alone(question)
    # Repeat the question whose answer the turn asks about, and correct it where it does so.
    move = move_of(question)
    if move:
        return without_name(first_question(turns[-1])) if move is Move.OTHER_ONE else turns[-1]
    correction = CORRECTION.match(question)
    if correction:
        return correct(correction["meant"] or correction["other"], turns)
    question = unwrapped(question)
    if is_of_text_at_hand(question):
        return question
    # Complete it in the first of the ways that fit.
    turn = _Turn.of(question, turns)
    for complete in _WAYS:
        completed = complete(turn)
        if completed:
            return completed
    return turn.question


@dataclass(frozen=True)
class _Turn:
    """A turn that may lean on those before it.

    `question` is without the words that tie it to the question before, `rest` the same as typed,
    `opening` these words, "" for none.
    """

    question: str
    rest: str
    opening: str
    turns: Sequence[str]

    @classmethod
    def of(cls, question: str, turns: Sequence[str]) -> "_Turn":
        """Take off the words that tie a question to the one before it."""
        match = FOLLOW_UP_OPENING.match(question)
        opening = match[0] if match else ""
        rest = question.removeprefix(opening)
        return cls(asked_in_full(capitalise(rest) if opening else question), rest, opening, turns)

    @property
    def earlier(self) -> str:
        """Return the question before it."""
        return first_question(self.turns[-1])

    @cached_property
    def pronoun(self) -> re.Match[str] | None:
        """Return the first pronoun that stands for something said before."""
        return find_pronoun(self.question)

    @property
    def joined(self) -> str:
        """Return both questions, one after the other."""
        return f"{self.earlier} {capitalise(self.question)}"


def _with_phrase(turn: _Turn) -> str:
    """Put a phrase without a verb into the earlier question, or to the topic."""
    is_about = bool(ABOUT_OPENING.search(turn.opening))
    is_opened = bool(turn.opening)
    if is_phrase(turn.question, is_opened) or (
        is_about and not QUESTION_WORD.search(turn.question)
    ):
        return continue_with(turn.rest, is_about, is_opened, turn.turns)
    return ""


def _with_things(turn: _Turn) -> str:
    """Name the things of which one, another kind, or whose number, is asked for."""
    things = things_of(turn.turns)
    if not things:
        return ""
    for pattern, form in ((RANK_QUESTION, OF_THE_THINGS), (NUMBER_QUESTION, HOW_MANY)):
        asked = pattern.match(turn.question)
        if asked:
            return form.format(things=things, rest=asked["rest"])
    ones = ONES_OF_KIND.search(turn.question)
    if not ones:
        return ""
    start, end = ones.span()
    return f"{turn.question[:start]}{ones['kind']} {things}{turn.question[end:]}"


def _after_event(turn: _Turn) -> str:
    """Put the earlier question before one on all that it tells."""
    question, pronoun = turn.question, turn.pronoun
    is_whether = pronoun is not None and is_bare(pronoun) and YES_NO_QUESTION.match(question)
    is_of_event = (
        EVENT_QUESTION.match(question)
        or AFTER_EVENT.search(question)
        or (is_whether and ABOUT_EVENT.match(turn.earlier))
    )
    return turn.joined if is_of_event else ""


def _with_antecedent(turn: _Turn) -> str:
    """Put what a pronoun stands for in its place."""
    pronoun = turn.pronoun
    antecedent = antecedent_of(turn.question, pronoun, turn.turns) if pronoun else ""
    return place_of_pronoun(turn.question, pronoun, antecedent) if pronoun and antecedent else ""


def _with_choice(turn: _Turn) -> str:
    """Give the things to compare or to choose from."""
    question = turn.question
    compared = things_compared(turn.turns) if DIFFERENCE_QUESTION.match(question) else None
    if compared:
        return BETWEEN.format(first=compared[0], second=compared[1])
    pair = PAIR.search(turn.earlier) if COMPARATIVE_QUESTION.match(question) else None
    return EITHER.format(question=question.rstrip("?. "), **pair.groupdict()) if pair else ""


def _as_it_is(turn: _Turn) -> str:
    """Leave a question that names its own topic."""
    return turn.question if names_something(turn.question) else ""


def _with_earlier(turn: _Turn) -> str:
    """Put the earlier question before one that refers back to it."""
    refers_back = turn.pronoun or REFERS_BACK.search(turn.question)
    return turn.joined if refers_back else ""


def _with_topic(turn: _Turn) -> str:
    """Give a question for what is always of something the topic."""
    question = turn.question
    is_fragment = " " not in question and not QUESTION_WORD.search(question)
    if not is_fragment and not lacks_topic(question, turn.turns):
        return ""
    return with_topic(question, topic_for(question, turn.turns))


def _short(turn: _Turn) -> str:
    """Continue the earlier question with a short one that has no thing of its own."""
    is_short = bool(turn.opening) and len(turn.question.split()) <= _SHORT_QUESTION
    leans = is_short and not _names_thing(turn.question)
    return replace_phrase(turn.earlier, turn.rest) if leans else ""


_WAYS = (
    _with_phrase,
    _with_things,
    _after_event,
    _with_antecedent,
    _with_choice,
    _as_it_is,
    _with_earlier,
    _with_topic,
    _short,
)


def _names_thing(question: str) -> bool:
    """Tell whether a question has a subject of its own: "What role do the cells play?"."""
    return bool(TAKES_INFINITIVE.search(question)) and any(
        not phrase.is_abstract for phrase in noun_phrases(question)
    )
