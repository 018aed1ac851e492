"""Split a question that asks several things at once into questions that stand alone."""

import re

from inquote.app.answering.cleaning import capitalise
from inquote.app.answering.conversation import resolve_follow_up
from inquote.app.answering.replacing import ask_otherwise
from inquote.app.answering.topics import find_pronoun
from inquote.app.language.dialogue import PREPOSITIONAL_PHRASE
from inquote.app.language.english import NEXT_OBJECT, NEXT_QUESTION, QUESTION_OPENING, VERB

_SHORTEST_PART = 3  # words
_MOST_PARTS = 4  # of a question; one of more is asked as it stands


def split_question(question: str) -> list[str]:
    """Return the questions that a question joins by "and"; itself alone where it joins none.

    >>> split_question("Who makes IMLYGIC and when was it approved?")
    ['Who makes IMLYGIC?', 'When was IMLYGIC approved?']
    >>> split_question("What does it say about costs and about side effects?")
    ['What does it say about costs?', 'What does it say about side effects?']
    """
    with_each_object = _split_objects(question)
    if with_each_object:
        return with_each_object
    clauses = _split_clauses(question)
    if not clauses:
        return [question]
    first, *later = clauses
    if len(later) == 1 and PREPOSITIONAL_PHRASE.match(later[0]):
        otherwise = ask_otherwise(first, later[0])
        return [first, f"{otherwise.rstrip('?')}?"] if otherwise else [question]
    resolved = [first]
    for clause in later:
        # A pronoun that the first clause leaves open stands for the same thing in the next.
        is_open = find_pronoun(first) and find_pronoun(clause)
        part = clause if is_open else resolve_follow_up(clause, [first])
        if part not in resolved:
            resolved.append(part)
    return resolved


def _split_objects(question: str) -> list[str]:
    """Return the question with each of two objects that end it: "about costs and about risks".

    Both follow the same preposition. The list is empty where the question does not end so.
    """
    joint = NEXT_OBJECT.search(question)
    if not joint:
        return []
    before = question[: joint.start()]
    preposition = re.search(rf"\b{joint['preposition']}\b ", before, re.IGNORECASE)
    if not preposition or VERB.search(question[preposition.end() :]):
        return []
    opening = question[: preposition.end()]
    objects = (before[preposition.end() :], question[joint.end() :])
    return [f"{opening}{words.rstrip(' ?')}?" for words in objects]


def _split_clauses(question: str) -> list[str]:
    """Return the clauses with a question word each; empty where they are not two to four."""
    clauses = [clause.strip(" ,?") for clause in NEXT_QUESTION.split(question)]
    if not 2 <= len(clauses) <= _MOST_PARTS or not QUESTION_OPENING.match(question):
        return []
    is_phrase = len(clauses) == 2 and bool(PREPOSITIONAL_PHRASE.match(clauses[-1]))
    whole = clauses[:1] if is_phrase else clauses
    if any(len(clause.split()) < _SHORTEST_PART for clause in whole):
        return []
    return [f"{capitalise(clause)}?" for clause in clauses]
