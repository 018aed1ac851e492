"""Put other words into a question: those of a phrase that continues it, another question word."""

import re

from inquote.app.answering.cleaning import capitalise
from inquote.app.answering.entities import Phrase, is_in, noun_phrases
from inquote.app.language.dialogue import (
    ARTICLE_BEFORE,
    ARTICLES,
    INDEFINITE_ARTICLES,
    INDEFINITE_BEFORE,
    ONE,
    PREPOSITIONAL_GROUP,
    PREPOSITIONAL_PHRASE,
    QUESTION_PHRASE,
    STRANDED,
    STRANDED_ENDING,
    SUBJECT_QUESTION,
    VALUE_QUESTION,
    WITH_AUXILIARY,
    WITH_SOMEBODY,
)
from inquote.app.language.english import (
    DEFINITE_ARTICLE,
    INTERROGATIVES,
    NOUN_PHRASE,
    PLURAL_ENDING,
    PREPOSITIONS,
    TAKES_INFINITIVE,
    VERB,
)
from inquote.ingest.text import Range

MOST_WORDS = 4  # of a thing


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
    >>> ask_otherwise("Who may enter?", "Why?")
    'Why may somebody enter?'
    >>> ask_otherwise("Is IMLYGIC approved?", "For what?")
    'What is IMLYGIC approved for?'
    """
    asked = WITH_AUXILIARY.match(earlier)
    if not asked or not QUESTION_PHRASE.match(phrase):
        return ""
    if is_in(phrase.split()[-1].rstrip("?. ").lower(), frozenset({_last_word(earlier)})):
        return ""  # "Is it a virus?", "Which virus?"
    rest = asked["rest"]
    if SUBJECT_QUESTION.match(earlier):
        rest = SUBJECT_QUESTION.sub(WITH_SOMEBODY, earlier)
    rest = f"{rest[:1].lower()}{rest[1:]}"
    stranded = STRANDED.match(phrase)
    if stranded:
        return f"What {rest.rstrip('?. ')} {stranded['preposition'].lower()}?"
    if PREPOSITIONAL_PHRASE.match(phrase):
        rest = STRANDED_ENDING.sub("", rest)
    return f"{capitalise(phrase.rstrip('?. '))} {rest}"


def without_name(question: str) -> str:
    """Return a question without its only name: "How heavy is the Orbit grinder?"."""
    names = [phrase for phrase in noun_phrases(question) if phrase.is_name]
    if len(names) != 1:
        return question
    kinds = [word for word in names[0].text.split() if word.islower()]
    rest = f"{question[: names[0].start]}{' '.join(kinds)}{question[names[0].end :]}"
    return " ".join(rest.split()) if kinds else question


def _last_word(question: str) -> str:
    """Return the last word of a question in lower case."""
    return question.rstrip("?. ").split()[-1].lower()


def replace_phrase(earlier: str, phrase: str) -> str:
    """Return the earlier question with a phrase that continues it.

    The phrase takes the place of the words that it answers to: the words after the same preposition
    at the end of the question ("And in Spain?"), the noun phrase with the same last word ("And the
    other group?"), the only noun phrase, or the thing whose value is asked for. Where there is no
    such place it follows the question.

    >>> replace_phrase("What was the net income in 2021?", "interest expense?")
    'What was the interest expense in 2021?'
    >>> replace_phrase("How often is the vane checked?", "The gauge?")
    'How often is the gauge checked?'
    >>> replace_phrase("How much is paid for the use of a car?", "For a meal?")
    'How much is paid for a meal?'
    >>> replace_phrase("How much does the basic plan cost?", "The other one?")
    'How much does the other plan cost?'
    """
    words = _with_noun((phrase[:1].lower() + phrase[1:]).rstrip("? "), earlier)
    if not words:
        return earlier
    place = _place_for(words, earlier) or _place_of_value(phrase.rstrip("? "), earlier)
    if place is None:
        return f"{earlier} {capitalise(phrase)}"
    start, end = place
    return f"{earlier[:start]}{words}{earlier[end:]}"


def other_places(earlier: str, phrase: str) -> list[str]:
    """Return the earlier question with a phrase in the place of each that it may answer to.

    A phrase with a preposition may take the place of another such, any other that of a noun phrase;
    the last of them comes first.

    >>> other_places("Who built the farm?", "The cables?")
    ['Who built the cables?']
    >>> other_places("How high was the rate with the drug?", "In the other group?")
    ['How high was the rate in the other group?']
    """
    words = (phrase[:1].lower() + phrase[1:]).rstrip("?. ")
    if not words or "? " in earlier:
        return []
    if words.split()[0] in PREPOSITIONS:
        places = [match.span() for match in PREPOSITIONAL_GROUP.finditer(earlier)]
    else:
        places = [_with_article(other, earlier, words) for other in noun_phrases(earlier)]
    return [f"{earlier[:start]}{words}{earlier[end:]}" for start, end in reversed(places)]


def _with_article(phrase: Phrase, question: str, other: str) -> Range:
    """Return the range of a phrase, with its article where `other` brings its own or is a name."""
    article = ARTICLE_BEFORE.search(question[: phrase.start])
    brings = other.split()[0] in ARTICLES or not other.islower()
    return (article.start() if article and brings else phrase.start), phrase.end


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
    if not PREPOSITIONS.isdisjoint(words) or words[0] in INTERROGATIVES:
        return None
    phrases = noun_phrases(question)
    # Prefer the one with the same last word.
    last = words[-1].lower()
    same = []
    for phrase in phrases:
        if is_in(last, frozenset((phrase.head, phrase.head.removesuffix(PLURAL_ENDING)))):
            same.append(phrase)
    if len(same) == 1:
        return _with_article(same[0], question, other)
    # Else take the only one with such an article, unless a verb may belong to it.
    if words[0] == DEFINITE_ARTICLE and not TAKES_INFINITIVE.search(question):
        return _place_of_only(NOUN_PHRASE, question)
    if words[0] in INDEFINITE_ARTICLES:
        alike = [phrase for phrase in phrases if INDEFINITE_BEFORE.search(question[: phrase.start])]
        return _with_article(alike[0], question, other) if len(alike) == 1 else None
    return None


def _with_noun(phrase: str, question: str) -> str:
    """Return a phrase with the last noun of a question in the place of its "one"."""
    phrases = noun_phrases(question)
    one = ONE.search(phrase)
    return f"{phrase[: one.start()]}{phrases[-1].head}" if one and phrases else phrase


def _place_of_value(phrase: str, question: str) -> Range | None:
    """Find the thing whose value a question asks for, where a phrase may be another such thing."""
    words = phrase.split()
    is_thing = phrase.islower() and PREPOSITIONS.isdisjoint(words) and len(words) <= MOST_WORDS
    value = VALUE_QUESTION.match(question) if is_thing else None
    return value.span("thing") if value and value["thing"].islower() else None


def _place_of_only(pattern: re.Pattern[str], question: str) -> Range | None:
    """Return the place of the words that match a pattern, where only one run of words does."""
    matches = pattern.findall(question)
    if len(matches) != 1:
        return None
    start = question.index(matches[0])
    return start, start + len(matches[0])
