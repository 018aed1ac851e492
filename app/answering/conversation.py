"""Turn a follow-up into a question that stands alone, by rules and by the question before it."""

import re
from collections.abc import Sequence

from inquote.app.answering.cleaning import capitalise, clean_question
from inquote.app.answering.entities import is_in, noun_phrases
from inquote.app.answering.moves import Move, move_of
from inquote.app.answering.replacing import (
    ask_otherwise,
    first_question,
    replace_phrase,
    without_name,
)
from inquote.app.answering.requests import is_of_text_at_hand
from inquote.app.answering.small_talk import kind_of_talk
from inquote.app.answering.topics import (
    antecedent_of,
    find_pronoun,
    lacks_topic,
    names_something,
    topic_for,
)
from inquote.app.answering.wording import asked_in_full, standing_alone, unwrapped
from inquote.app.language.dialogue import (
    ABOUT_OPENING,
    ABOUT_TOPIC,
    COMPARATIVE_QUESTION,
    CORRECTION,
    COUNTING,
    EITHER,
    EVENT_QUESTION,
    FOR_TOPIC,
    NOUN_OF,
    OPEN_ENDING,
    PAIR,
    RELATIONAL_NOUNS,
    WHAT_ABOUT,
)
from inquote.app.language.english import (
    FOLLOW_UP_OPENING,
    INTERROGATIVES,
    PREPOSITIONS,
    REFERS_BACK,
    REQUESTS_TO_GO_ON,
    SHORTENED_QUESTION,
    VERB,
    possessive,
    with_article,
)
from inquote.app.language.forms import QUESTION_WORD
from inquote.index.terms import content_terms
from inquote.ingest.errors import QuestionError

MAX_HISTORY = 20  # questions

_SHORT_QUESTION = 6  # words; one that opens with "and" leans on the question before it
_LONGEST_FRAGMENT = 1  # words without a verb or a question word that lack a topic
_LONGEST_PHRASE = 5  # words of a phrase that continues a question without saying "and"


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
    earlier = first_question(turns[-1])
    # Repeat the question whose answer the turn asks about, and correct it where it does so.
    move = move_of(question)
    if move:
        return without_name(earlier) if move is Move.OTHER_ONE else turns[-1]
    correction = CORRECTION.match(question)
    if correction:
        return _corrected(correction["meant"] or correction["other"], turns)
    question = unwrapped(question)
    if is_of_text_at_hand(question):
        return question
    # Take off the words that tie the question to the one before it.
    opening = FOLLOW_UP_OPENING.match(question)
    rest = question[opening.end() :] if opening else question
    question = capitalise(rest) if opening else question
    question = asked_in_full(question)
    # Put a phrase without a verb into the earlier question, or to the topic.
    is_about = opening is not None and bool(ABOUT_OPENING.search(opening[0]))
    if _is_phrase(question, bool(opening)) or (is_about and not QUESTION_WORD.search(question)):
        return _continued(rest, is_about, bool(opening), turns)
    # Put what a pronoun stands for in its place.
    if EVENT_QUESTION.match(question):
        return f"{earlier} {question}"
    pronoun = find_pronoun(question)
    antecedent = antecedent_of(question, pronoun, turns) if pronoun else ""
    if pronoun and antecedent:
        return place_of_pronoun(question, pronoun, antecedent)
    # Give the things to choose from.
    pair = PAIR.search(earlier) if COMPARATIVE_QUESTION.match(question) else None
    if pair:
        return EITHER.format(question=question.rstrip("?. "), **pair.groupdict())
    # Leave a question that names its own topic.
    if names_something(question):
        return question
    # Put the earlier question before one that refers back to it.
    is_short = len(question.split()) <= _SHORT_QUESTION
    if pronoun or REFERS_BACK.search(question):
        return f"{earlier} {capitalise(question)}"
    # Give a question for what is always of something the topic.
    if lacks_topic(question, turns) or _is_fragment(question):
        return with_topic(question, topic_for(question, turns))
    return f"{earlier} {capitalise(question)}" if opening and is_short else question


def _continued(phrase: str, is_about: bool, is_opened: bool, turns: Sequence[str]) -> str:
    """Return what a phrase without a verb asks after the turns.

    It takes the place of the words of the last turn that it answers to. Where there is none, what
    is always of something is asked of the topic, and any other thing stands by itself.
    """
    earlier = first_question(turns[-1])
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


def _corrected(meant: str, turns: Sequence[str]) -> str:
    """Return the last turn as a correction would have it; a correction may be a whole question."""
    if QUESTION_WORD.match(meant):
        return capitalise(meant)
    continued = _continued(meant, True, True, turns)
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


def _is_fragment(text: str) -> bool:
    """Tell whether a text is one or two nouns that are no question by themselves."""
    words = text.split()
    return len(words) <= _LONGEST_FRAGMENT and not QUESTION_WORD.search(text)


def with_topic(question: str, topic: str) -> str:
    """Return a question or a fragment with what its last noun is of.

    >>> with_topic("What are the benefits?", "IMLYGIC")
    'What are the benefits of IMLYGIC?'
    """
    if not topic:
        return question
    bare = question.rstrip("?.! ")
    form = FOR_TOPIC if OPEN_ENDING.search(question) else ABOUT_TOPIC
    return form.format(question=bare, topic=topic) + "?"


def _is_phrase(text: str, is_opened: bool) -> bool:
    """Tell whether a text, without the words that opened it, is no sentence of its own.

    Keywords without a verb may well be a question of their own. After no opening, therefore, only
    these are phrases: a question word ("why so often?"), a preposition ("in the control group?"),
    a request to go on ("for example?").
    """
    words = [word.lower().strip("?,.") for word in text.split()]
    phrase = " ".join(words)
    if not words:
        return True
    if VERB.search(text):
        return False
    if words[0] in INTERROGATIVES:
        return len(words) == 1 or bool(SHORTENED_QUESTION.fullmatch(phrase))
    begins_with_preposition = len(words) <= _LONGEST_PHRASE and words[0] in PREPOSITIONS
    return is_opened or begins_with_preposition or phrase in REQUESTS_TO_GO_ON


def place_of_pronoun(question: str, pronoun: re.Match[str], name: str) -> str:
    """Return a question with a name in the place of its pronoun."""
    return question[: pronoun.start()] + _in_place_of(pronoun, name) + question[pronoun.end() :]


def _in_place_of(pronoun: re.Match[str], name: str) -> str:
    """Return a name in the form that fits the place of a pronoun."""
    kind = pronoun["noun"]
    if kind and kind.lower() not in name.lower():
        return with_article(name, kind)
    return possessive(name) if pronoun["possessive"] else name
