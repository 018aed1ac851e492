"""Find what a turn leans on: its pronoun, what that stands for, and the topic of a conversation."""

import re
from collections.abc import Sequence

from inquote.app.answering.entities import Entity, Phrase, entities_of, is_in, noun_phrases
from inquote.app.language.dialogue import (
    ASKS,
    ASKS_WHO,
    BE,
    BEFORE_DEMONSTRATIVE,
    BOTH,
    COMPLEMENT,
    EXPLETIVE,
    INDEFINITE_BEFORE,
    NEXT_CLAUSE_OF_TURN,
    NO_NOUN,
    OPEN_ENDING,
    OWN_AFFAIR,
    PERSONAL_PRONOUN,
    RELATIONAL_NOUNS,
)
from inquote.app.language.english import (
    DEFINITE_ARTICLE,
    EXPLETIVE_IT,
    NO_NAME,
    PLURAL_PRONOUN,
    PRONOUN,
    REQUESTED_THINGS,
    VERB,
    WHO_IS,
    name_with_kind,
    plural,
    with_article,
    with_clause,
)
from inquote.index.terms import content_terms

_DISAGREEING = 0.3  # the weight of a phrase of the other number
_NAME_FOR_SEVERAL = 0.7  # the weight of a name for "they"
_EQUAL = 0.4  # of the weight of a name, from which another is spoken of with it
_FOCUS = 2.0  # the weight of what the last turn alone speaks of
_ABSTRACT = 0.2  # the weight of an abstraction, on top of what it lacks already
_MOST_STEMS = 3  # of a turn that may lack its topic


def topic_of(question: str) -> str:
    """Return the name that a question speaks of, "" for none.

    The kind of thing that it is belongs to it where the question says so.

    >>> topic_of("What was the OPTiM trial about?")
    'the OPTiM trial'
    """
    person = WHO_IS.match(question)
    entities = [entity for entity in entities_of([question]) if not entity.phrase.is_abstract]
    if not entities:
        return person[1] if person else ""
    return written_out(entities[0].phrase, question)


def written_out(phrase: Phrase, turn: str) -> str:
    """Return a phrase with its article and the kind of thing that it is, as a turn has them."""
    kind = name_with_kind(phrase.text).search(turn) if phrase.is_name else None
    if kind:
        return with_article(phrase.text, kind[1])
    before = turn[: phrase.start].lower()
    has_article = turn[phrase.start : phrase.end] and before.endswith("the ")
    return f"the {phrase.text}" if has_article else phrase.text


def antecedent_of(question: str, pronoun: re.Match[str], turns: Sequence[str]) -> str:
    """Return the words of earlier turns that a pronoun stands for, "" for none.

    "They" stands for the things that the last turn asks for, where it does; any other pronoun for
    the weightiest thing that agrees with it in number.
    """
    is_plural = bool(PLURAL_PRONOUN.fullmatch(pronoun[0].split()[0]))
    things = _requested_things(turns[-1]) if is_plural else None
    if things is not None and not set(content_terms(things)) & set(content_terms(question)):
        return things
    entities = entities_of(turns)
    is_person = bool(PERSONAL_PRONOUN.fullmatch(pronoun[0]))
    person = WHO_IS.match(turns[-1]) if is_person or is_plural else None
    if person and (names_something(f"_ {person[1]}") or person[1].startswith(DEFINITE_ARTICLE)):
        return person[1]
    if is_person:
        entities = [entity for entity in entities if entity.phrase.is_name]
    if not entities:
        return ""
    best = max(entities, key=lambda entity: _fitness(entity, is_plural, turns[-1]))
    phrase = best.phrase
    if is_plural and not phrase.is_plural:
        return _of_several(best, entities, turns, is_owner=bool(pronoun["possessive"]))
    if phrase.is_abstract and " " not in phrase.text and not is_plural:
        return ""
    return _in_turns(phrase, turns)


def _of_several(
    best: Entity, entities: Sequence[Entity], turns: Sequence[str], is_owner: bool
) -> str:
    """Return what "they" stands for where the weightiest thing is in the singular, "" for none."""
    phrase = best.phrase
    before = _turn_with(phrase, turns)[: phrase.start]
    if INDEFINITE_BEFORE.search(before) and not phrase.is_name:
        return plural(_in_turns(phrase, turns))  # "What is a virus?", "How do they spread?"
    names = [other for other in entities if other.phrase.is_name][:2]
    if not is_owner and len(names) == 2 and names[1].weight >= _EQUAL * names[0].weight:
        first, second = (_in_turns(name.phrase, turns) for name in names)
        return BOTH.format(first=first, second=second)
    if (ASKS_WHO if is_owner else ASKS).match(turns[-1]):
        return ""  # they are what the last turn asks for
    return _in_turns(phrase, turns)


def things_of(turns: Sequence[str]) -> str:
    """Return the things in the plural that the last two turns spoke of last, "" for none.

    >>> things_of(["Who maintains the lifts?"])
    'lifts'
    """
    for turn in reversed(turns[-2:]):
        for phrase in reversed(noun_phrases(turn)):
            if phrase.is_plural:
                return phrase.text
    return ""


def things_compared(turns: Sequence[str]) -> tuple[str, str] | None:
    """Return the two things that the last two turns ask the same of, None where they do not.

    >>> things_compared(["What is the rate with IMLYGIC?", "What is the rate with GM-CSF?"])
    ('IMLYGIC', 'GM-CSF')
    """
    if len(turns) < 2:
        return None
    first, second = ([p.text for p in noun_phrases(turn)] for turn in turns[-2:])
    one, other = [t for t in first if t not in second], [t for t in second if t not in first]
    is_same = len(first) == len(second) > len(one)
    return (one[0], other[0]) if is_same and len(one) == len(other) == 1 else None


def _in_turns(phrase: Phrase, turns: Sequence[str]) -> str:
    """Return a phrase as the latest turn that holds it writes it out."""
    return written_out(phrase, _turn_with(phrase, turns))


def _turn_with(phrase: Phrase, turns: Sequence[str]) -> str:
    """Return the latest turn in which a phrase stands."""
    for turn in reversed(turns):
        if phrase.text in turn[phrase.start : phrase.end]:
            return turn
    return turns[-1]


def _fitness(entity: Entity, is_plural: bool, last: str) -> float:
    """Return how well an entity may stand in the place of a pronoun."""
    phrase = entity.phrase
    weight = entity.weight
    if phrase.is_plural != is_plural:
        weight *= _NAME_FOR_SEVERAL if phrase.is_name else _DISAGREEING
    if phrase.is_abstract:
        weight *= _ABSTRACT
    is_focus = [other.text for other in noun_phrases(last)] == [phrase.text]
    return weight * (_FOCUS if is_focus else 1.0)


def _requested_things(question: str) -> str | None:
    """Return what a question for several things asks for, None where it asks for one."""
    for pattern in REQUESTED_THINGS:
        match = pattern.search(question)
        if match:
            clause = match.groupdict().get("clause")
            return with_clause(match["things"], clause) if clause else match["things"]
    return None


def find_pronoun(question: str) -> re.Match[str] | None:
    """Find the first pronoun that stands for something said before the question.

    A pronoun stands for a phrase before it in the question that agrees in number, but not in the
    same clause unless it is possessive (Chomsky 1981, principle B).
    """
    if EXPLETIVE_IT.search(question) or EXPLETIVE.search(question):
        return None
    for pronoun in PRONOUN.finditer(question):
        if _stands_for_something(pronoun, question):
            return pronoun
    return None


def is_bare(pronoun: re.Match[str]) -> bool:
    """Tell whether a pronoun is a "this" or "that" without a noun."""
    return pronoun[0].lower() in ("this", "that")


def _stands_for_something(pronoun: re.Match[str], question: str) -> bool:
    """Tell whether a pronoun stands for something that the question does not name before it."""
    word = pronoun[0].lower()
    is_demonstrative = word.split()[0] in ("this", "that", "these", "those")
    if is_demonstrative and not pronoun["noun"]:
        return _is_demonstrative_pronoun(pronoun, question)
    before = question[: pronoun.start()]
    is_plural = bool(PLURAL_PRONOUN.fullmatch(word.split()[0]))
    is_person = bool(PERSONAL_PRONOUN.fullmatch(word))
    clause = NEXT_CLAUSE_OF_TURN.split(before)[-1]
    for phrase in noun_phrases(before):
        in_clause = phrase.end > len(before) - len(clause)
        agrees = phrase.is_plural == is_plural or phrase.is_name
        if in_clause and not pronoun["possessive"]:
            continue
        if agrees and not phrase.is_abstract and not (is_person and not phrase.is_name):
            return False
    return True


def _is_demonstrative_pronoun(pronoun: re.Match[str], question: str) -> bool:
    """Tell whether "this" or "that" stands for a thing: no noun follows, and no clause begins."""
    rest = question[pronoun.end() :].split()
    if not rest or question[pronoun.end()] in "?.!,":
        return True
    if len(rest) == 1 and BE.fullmatch(question[: pronoun.start()].strip()):
        return True  # "Is that legal?"
    follower = rest[0].lower().strip("?.,!")
    stands_alone = follower in NO_NOUN or bool(VERB.fullmatch(follower))
    return stands_alone and bool(BEFORE_DEMONSTRATIVE.search(question[: pronoun.start()]))


def names_something(question: str) -> bool:
    """Tell whether a word has a capital inside, or one or a digit after the first, "I" aside."""
    first, *rest = question.split() or [""]
    if any(c.isupper() for c in first[1:]) and first.lower() not in NO_NAME:
        return True
    for word in rest:
        is_own = OWN_AFFAIR.fullmatch(word.strip("?.,!"))
        if not is_own and any(c.isupper() or c.isdigit() for c in word):
            return True
    return False


def topic_for(question: str, turns: Sequence[str]) -> str:
    """Return the topic of a conversation in the words of its turns, "" for none.

    What the question says already is no topic to add.
    """
    stems = set(content_terms(question))
    for entity in entities_of(turns):
        if entity.phrase.is_abstract or stems & set(content_terms(entity.text)):
            continue
        return _in_turns(entity.phrase, turns)
    return ""


def lacks_topic(question: str, turns: Sequence[str]) -> bool:
    """Tell whether a question asks for what is always of something and does not say of what.

    >>> lacks_topic("What are the benefits?", ["Who makes IMLYGIC?"])
    True
    """
    if names_something(question) or OWN_AFFAIR.search(question):
        return False
    if len(content_terms(question)) > _MOST_STEMS:
        return False
    phrases = noun_phrases(question)
    said = set(content_terms(" ".join(turns)))
    things = [phrase for phrase in phrases if not is_in(phrase.head, RELATIONAL_NOUNS)]
    if any(said & set(content_terms(thing.text)) for thing in things):
        return False
    relational = [phrase for phrase in phrases if phrase not in things]
    if relational and not things:
        return not COMPLEMENT.match(question[relational[-1].end :])
    return bool(OPEN_ENDING.search(question))
