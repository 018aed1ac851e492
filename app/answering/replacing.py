"""Put other words into a question: those of a phrase that continues it, another question word."""

import re

from inquote.app.answering.cleaning import capitalise
from inquote.app.answering.entities import noun_phrases
from inquote.app.language.dialogue import QUESTION_PHRASE, WITH_AUXILIARY
from inquote.app.language.english import (
    DEFINITE_ARTICLE,
    NOUN_PHRASE,
    PREPOSITIONS,
    TAKES_INFINITIVE,
    VERB,
    noun_phrase_ending_in,
)
from inquote.ingest.text import Range


def first_question(turn: str) -> str:
    """Return the first of the questions that a turn strings together."""
    first, mark, _ = turn.partition("? ")
    return first + mark.strip()


def ask_otherwise(earlier: str, phrase: str) -> str:
    """Return the earlier question with another question word, "" where it is no such phrase.

    >>> ask_otherwise("When was IMLYGIC approved?", "For which cancer?")
    'For which cancer was IMLYGIC approved?'
    >>> ask_otherwise("Is IMLYGIC approved?", "Since when?")
    'Since when is IMLYGIC approved?'
    """
    asked = WITH_AUXILIARY.match(earlier)
    if not asked or not QUESTION_PHRASE.match(phrase):
        return ""
    rest = asked["rest"]
    return f"{capitalise(phrase.rstrip('?. '))} {rest[:1].lower()}{rest[1:]}"


def without_name(question: str) -> str:
    """Return a question without its only name: "How heavy is the Orbit grinder?"."""
    names = [phrase for phrase in noun_phrases(question) if phrase.is_name]
    if len(names) != 1:
        return question
    kinds = [word for word in names[0].text.split() if word.islower()]
    rest = f"{question[: names[0].start]}{' '.join(kinds)}{question[names[0].end :]}"
    return " ".join(rest.split()) if kinds else question


def replace_phrase(earlier: str, phrase: str) -> str:
    """Return the earlier question with a phrase that continues it.

    The phrase takes the place of the words that it answers to: the words after the same preposition
    at the end of the question ("And in Spain?"), the noun phrase with the same last word ("And the
    other group?"), or the only noun phrase. Where there is no such place it follows the question.

    >>> replace_phrase("How often is the vane checked?", "The gauge?")
    'How often is the gauge checked?'
    >>> replace_phrase("How much is paid for the use of a car?", "For a meal?")
    'How much is paid for a meal?'
    """
    words = (phrase[:1].lower() + phrase[1:]).rstrip("? ")
    if not words:
        return earlier
    place = _place_for(words, earlier)
    if place is None:
        return f"{earlier} {capitalise(phrase)}"
    start, end = place
    return f"{earlier[:start]}{words}{earlier[end:]}"


def _place_for(phrase: str, question: str) -> Range | None:
    """Find the range of a question that a phrase replaces; none where it asks several things."""
    if "? " in question:
        return None
    preposition = phrase.split()[0]
    return _find_ending(question, preposition) or _find_noun_phrase(question, phrase)


def _find_ending(question: str, preposition: str) -> Range | None:
    """Find the last phrase with a preposition, where it ends the question without a verb."""
    if preposition not in PREPOSITIONS:
        return None
    pattern = rf"\b{re.escape(preposition)} "
    matches = list(re.finditer(pattern, question, re.IGNORECASE))
    if not matches or VERB.search(question[matches[-1].start() :]):
        return None
    return matches[-1].start(), len(question.rstrip("?"))


def _find_noun_phrase(question: str, other: str) -> Range | None:
    """Find the noun phrase that `other`, if it is a noun phrase, takes the place of."""
    words = other.split()
    if words[0] != DEFINITE_ARTICLE or not PREPOSITIONS.isdisjoint(words):
        return None
    # Prefer the one with the same last word.
    place = _place_of_only(noun_phrase_ending_in(words[-1]), question)
    # Else take the only one, unless a verb without an ending may belong to it.
    if place is None and not TAKES_INFINITIVE.search(question):
        place = _place_of_only(NOUN_PHRASE, question)
    return place


def _place_of_only(pattern: re.Pattern[str], question: str) -> Range | None:
    """Return the place of the words that match a pattern, where only one run of words does."""
    matches = pattern.findall(question)
    if len(matches) != 1:
        return None
    start = question.index(matches[0])
    return start, start + len(matches[0])
