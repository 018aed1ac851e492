"""Continue the last question: with a phrase without a verb, or as a correction would have it."""

from collections.abc import Sequence

from inquote.app.answering.cleaning import capitalise
from inquote.app.answering.completing import place_of_pronoun, with_topic
from inquote.app.answering.entities import is_in, noun_phrases
from inquote.app.answering.replacing import ask_otherwise, first_question, replace_phrase
from inquote.app.answering.topics import (
    antecedent_of,
    find_pronoun,
    lacks_topic,
    names_something,
    topic_for,
)
from inquote.app.language.dialogue import (
    COUNTING,
    NOUN_OF,
    PREPOSITIONAL_PHRASE,
    RELATIONAL_NOUNS,
    SUBJECT_PRONOUNS,
    WHAT_ABOUT,
)
from inquote.app.language.english import (
    HAS_AUXILIARY,
    INTERROGATIVES,
    PREPOSITIONS,
    REQUESTS_TO_GO_ON,
    SHORTENED_QUESTION,
    VERB,
)
from inquote.app.language.forms import QUESTION_WORD, WHAT_ABOUT_QUESTION
from inquote.index.terms import content_terms

_LONGEST_PHRASE = 5  # words of a phrase that continues a question without saying "and"


def is_phrase(text: str, is_opened: bool) -> bool:
    """Tell whether a text, without the words that opened it, is no sentence of its own.

    Keywords without a verb may well be a question of their own. After no opening, therefore, only
    these are phrases: a question word ("why so often?"), a preposition ("in the control group?"),
    a request to go on ("for example?").
    """
    words = [word.lower().strip("?,.") for word in text.split()]
    phrase = " ".join(words)
    if not words:
        return True
    if PREPOSITIONAL_PHRASE.match(text):
        return True
    is_thing = is_opened and words[0] not in INTERROGATIVES | SUBJECT_PRONOUNS
    if (HAS_AUXILIARY if is_thing else VERB).search(text):
        return False
    if words[0] in INTERROGATIVES:
        return len(words) == 1 or bool(SHORTENED_QUESTION.fullmatch(phrase))
    begins_with_preposition = len(words) <= _LONGEST_PHRASE and words[0] in PREPOSITIONS
    return is_opened or begins_with_preposition or phrase in REQUESTS_TO_GO_ON


def continue_with(phrase: str, is_about: bool, is_opened: bool, turns: Sequence[str]) -> str:
    """Return what a phrase without a verb asks after the turns.

    It takes the place of the words of the last turn that it answers to. Where there is none, what
    is always of something is asked of the topic, and any other thing stands by itself.
    """
    earlier = first_question(turns[-1])
    is_about = is_about or bool(WHAT_ABOUT_QUESTION.match(earlier))
    pronoun = find_pronoun(phrase) if is_about else None
    antecedent = antecedent_of(phrase, pronoun, turns) if pronoun else ""
    if pronoun and antecedent:
        return WHAT_ABOUT.format(phrase=place_of_pronoun(phrase, pronoun, antecedent).rstrip("?. "))
    otherwise = ask_otherwise(earlier, phrase)
    if otherwise:
        return otherwise
    replaced = replace_phrase(earlier, phrase)
    is_thing = bool(phrase.strip("?. ")) and phrase.split()[0].lower() not in PREPOSITIONS
    is_name = is_thing and is_opened and names_something(f"_ {phrase}")
    if (is_name or (is_about and is_thing)) and replaced.startswith(earlier):
        about_other = _in_place_of_name(earlier, phrase, turns)
        replaced = replaced if about_other == earlier else about_other
    is_kept = replaced.startswith(earlier)
    if not is_kept or not is_about or not phrase.strip("?. "):
        return replaced
    if lacks_topic(phrase, turns):
        return with_topic(phrase, topic_for(phrase, turns))
    return WHAT_ABOUT.format(phrase=phrase.rstrip("?. "))


def correct(meant: str, turns: Sequence[str]) -> str:
    """Return the last turn as a correction would have it; a correction may be a whole question."""
    if QUESTION_WORD.match(meant):
        return capitalise(meant)
    continued = continue_with(meant, True, True, turns)
    if not continued.startswith(WHAT_ABOUT.split("{")[0]):
        return continued
    replaced = replace_phrase(turns[-1], meant)
    return _in_place_of_thing(turns[-1], meant) if replaced.startswith(turns[-1]) else replaced


def _in_place_of_thing(earlier: str, meant: str) -> str:
    """Return the earlier question about another thing of the same number, the last that it has."""
    words = meant.rstrip("?.! ")
    wanted = noun_phrases(f". {words}")
    for phrase in reversed(noun_phrases(earlier)):
        if wanted and phrase.is_plural == wanted[-1].is_plural and not phrase.is_abstract:
            return earlier[: phrase.start] + words + earlier[phrase.end :]
    return f"{earlier} {capitalise(words)}?"


def _in_place_of_name(earlier: str, phrase: str, turns: Sequence[str]) -> str:
    """Return the earlier question about another thing: a name, or what was spoken of before.

    The thing takes the place of the only name; where there is not one, the question stays.
    """
    phrase = phrase.rstrip("?. ")
    names = [other for other in noun_phrases(earlier) if other.is_name]
    noun = NOUN_OF.search(earlier)
    if noun and names and not names_something(f"_ {phrase}"):
        start, end = noun.span("noun")
        return f"{earlier[:start]}{phrase.removeprefix('the ')} {earlier[end:]}"
    said = set(content_terms(" ".join(turns)))
    is_known = set(content_terms(phrase)) <= said and not is_in(phrase.lower(), RELATIONAL_NOUNS)
    if len(names) != 1 or not (is_known or names_something(f"_ {phrase}")):
        return earlier
    start, end = names[0].start, names[0].end
    words = phrase
    if COUNTING.search(earlier[:start]):
        words = words.removeprefix("the ")
    return earlier[:start] + words + earlier[end:]
