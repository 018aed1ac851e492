"""Unwrap what was typed: take off courtesies, make a question of a statement or a fragment."""

from inquote.app.answering.cleaning import capitalise
from inquote.app.answering.entities import is_in, noun_phrases
from inquote.app.answering.topics import find_pronoun, names_something
from inquote.app.language.dialogue import RELATIONAL_NOUNS
from inquote.app.language.forms import QUESTION_WORD
from inquote.app.language.wording import (
    ADMINISTERED,
    ANY_OF,
    ARE_THERE_ANY,
    CONDITION,
    DIFFERENCE,
    EMPLOYED,
    EMPLOYEES,
    GIVEN,
    INDIRECT,
    INDIRECT_VERDICT,
    LONE_NAME,
    PREAMBLE,
    REPEATED_MARKS,
    SIDE_BY_SIDE,
    STATEMENT,
    WHAT_ARE,
    WHAT_IF,
    WHAT_IS,
)
from inquote.ingest.text import sentence_ranges


def unwrapped(question: str) -> str:
    """Return the question that a statement or a courtesy holds, else what was typed.

    >>> unwrapped("I want to know if it is safe."), unwrapped("Okay, can you tell me who made it?")
    ('Is it safe?', 'Who made it?')
    """
    bare = PREAMBLE.sub("", question)
    verdict = INDIRECT_VERDICT.match(bare)
    if verdict:
        rest = verdict["rest"].rstrip("?.! ")
        return capitalise(f"{verdict['verb']} {verdict['subject']}{rest}?")
    indirect = INDIRECT.match(bare)
    if indirect:
        bare = bare[indirect.end() :].rstrip("?.! ") + "?"
    return question if bare == question else capitalise(bare)


def standing_alone(question: str) -> str:
    """Return the first turn of a conversation as a question, where it states one or is a name.

    >>> standing_alone("I would like to know who made it."), standing_alone("Is it safe???")
    ('Who made it?', 'Is it safe?')
    >>> standing_alone("OPTiM"), standing_alone("Amgen")
    ('What is OPTiM?', 'Amgen')
    >>> standing_alone("My aunt has a melanoma. Is IMLYGIC given at home?")
    'Is IMLYGIC given at home?'
    """
    question = REPEATED_MARKS.sub(r"\1", question)
    name = LONE_NAME.fullmatch(question)
    if name:
        return WHAT_IS.format(the="", phrase=name["name"])
    if STATEMENT.match(question):
        return unwrapped(question)
    sentences = [question[start:end] for start, end in sentence_ranges(question)]
    if len(sentences) == 2 and not sentences[0].endswith("?") and sentences[1].endswith("?"):
        is_whole = names_something(sentences[1]) and not find_pronoun(sentences[1])
        return sentences[1] if is_whole else question
    return question


def asked_in_full(fragment: str) -> str:
    """Return a fragment of a conversation as a question, where its words say of what kind.

    >>> asked_in_full("If I lose my ticket"), asked_in_full("Benefits of a loan?")
    ('What happens if I lose my ticket?', 'What are the benefits of a loan?')
    """
    condition = CONDITION.match(fragment)
    if condition:
        rest = fragment[condition.end() :].rstrip("?.! ")
        return WHAT_IF.format(rest=rest)
    some = ANY_OF.match(fragment)
    if some:
        return ARE_THERE_ANY.format(rest=some["rest"].strip(" .!"))
    if QUESTION_WORD.search(fragment):
        return fragment
    sides = SIDE_BY_SIDE.match(fragment)
    if sides:
        return DIFFERENCE.format(**{side: text.strip() for side, text in sides.groupdict().items()})
    phrases = noun_phrases(fragment)
    if phrases and phrases[0].start == 0 and is_in(phrases[0].head, RELATIONAL_NOUNS):
        form = WHAT_ARE if phrases[0].is_plural else WHAT_IS
        words = fragment.rstrip("?.! ")
        return form.format(the="the ", phrase=words[:1].lower() + words[1:])
    return fragment


def in_words_of_texts(question: str) -> str:
    """Return a question with the word that texts have for one that people say.

    >>> in_words_of_texts("How is it given to the patient?")
    'How is it administered?'
    >>> in_words_of_texts("How many employees does Boeing have?")
    'How many people does Boeing employ?'
    """
    given = GIVEN.match(question)
    if given:
        return ADMINISTERED.format(how=given["how"])
    employees = EMPLOYEES.match(question)
    if employees:
        named = employees.groupdict(default="")
        kind = f"{named.pop('kind')} ".lstrip()
        return EMPLOYED.format(kind=kind, **named)
    return question
