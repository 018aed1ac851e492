"""Complete a question: with its topic, or with what its pronoun stands for."""

import re

from inquote.app.answering.entities import noun_phrases
from inquote.app.language.dialogue import ABOUT_TOPIC, FOR_TOPIC, OPEN_ENDING
from inquote.app.language.english import TAKES_INFINITIVE, possessive, with_article


def with_topic(question: str, topic: str) -> str:
    """Return a question or a fragment with what its last noun is of.

    >>> with_topic("What are the benefits?", "IMLYGIC")
    'What are the benefits of IMLYGIC?'
    >>> with_topic("How will sales develop?", "IMLYGIC")
    'How will sales of IMLYGIC develop?'
    """
    if not topic:
        return question
    bare = question.rstrip("?.! ")
    phrases = noun_phrases(question)
    if phrases and TAKES_INFINITIVE.search(question[: phrases[-1].start]):
        end = phrases[-1].end  # before the verb: "How will sales of X develop?"
        return f"{ABOUT_TOPIC.format(question=bare[:end], topic=topic)}{bare[end:]}?"
    form = FOR_TOPIC if OPEN_ENDING.search(question) else ABOUT_TOPIC
    return form.format(question=bare, topic=topic) + "?"


def place_of_pronoun(question: str, pronoun: re.Match[str], name: str) -> str:
    """Return a question with a name in the place of its pronoun."""
    return question[: pronoun.start()] + _in_place_of(pronoun, name) + question[pronoun.end() :]


def _in_place_of(pronoun: re.Match[str], name: str) -> str:
    """Return a name in the form that fits the place of a pronoun."""
    kind = pronoun["noun"]
    if kind and kind.lower() not in name.lower():
        return with_article(name, kind)
    return possessive(name) if pronoun["possessive"] else name
