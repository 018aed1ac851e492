"""Find the things that the turns of a conversation speak of, and weigh them.

Noun phrases are found without a tagger: a run of words without function words, verbs and adverbs.
What a turn is about is kept over the whole conversation: a phrase counts for how often and how
lately it was said, for what it can be (a name more than a noun, a thing more than an abstraction),
and for where it stands.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from inquote.app.language.dialogue import (
    ABSTRACT_NOUNS,
    AFTER_VERB,
    ASKS_WHO,
    BE,
    DETERMINERS,
    INFINITIVE,
    NO_NOUN,
    SUBJECT_PRONOUNS,
    SUPERLATIVES,
)
from inquote.app.language.english import (
    PLURAL_ENDING,
    TAKES_INFINITIVE,
    without_possessive,
)
from inquote.app.language.forms import MONTHS
from inquote.index.terms import content_terms

FADING = 0.65  # of the weight of a phrase, from a turn to the one before it
NAME = 1.6  # the weight of a name against that of a noun
SEVERAL_WORDS = 1.2
ABSTRACT = 0.25  # the weight of "benefits"
COMPOUND = 0.5  # the weight of "enterprise value"
OPENING = 0.3  # what the first turn's phrases keep, however long ago it was

_WORD = re.compile(r"[\w®™][\w®™’'.-]*")
_PARTICIPLE = re.compile(r"\b\w{3,}ed")
_ADVERB = re.compile(r"\b\w{3,}ly")
_PLURAL = re.compile(rf"\b\w{{2,}}[^sui\W]{PLURAL_ENDING}")
_MONTHS = frozenset(MONTHS.split()) - {"may"}
_KEPT = 2_000  # turns whose phrases are kept
_LONGEST = 5  # words of a phrase, the last ones kept


@dataclass(frozen=True)
class Phrase:
    """A noun phrase: its words as typed, its range in the turn, and whether it is a name."""

    text: str
    start: int
    end: int
    is_name: bool

    @property
    def head(self) -> str:
        """The last word in lower case, which says what kind of thing it is."""
        return self.text.split()[-1].lower()

    @property
    def is_plural(self) -> bool:
        """Whether the last word has the ending of the plural."""
        return bool(_PLURAL.fullmatch(self.head)) or self.head in ("people", "children")

    @property
    def is_abstract(self) -> bool:
        """Whether it is no thing or person that a pronoun may stand for."""
        return is_in(self.head, ABSTRACT_NOUNS) and not self.is_name


def is_in(noun: str, nouns: frozenset[str]) -> bool:
    """Tell whether a list of singular nouns holds a noun, in the plural too.

    >>> is_in("effects", frozenset({"effect"}))
    True
    """
    singular = noun.removesuffix(PLURAL_ENDING)
    return not nouns.isdisjoint((noun, singular, singular.removesuffix("e")))


@dataclass(frozen=True)
class Entity:
    """Something that a conversation speaks of: its name, and how much of the topic it is."""

    phrase: Phrase
    weight: float

    @property
    def text(self) -> str:
        """Return the words as they were typed."""
        return self.phrase.text


@lru_cache(_KEPT)
def noun_phrases(text: str) -> tuple[Phrase, ...]:
    """Return the noun phrases of a turn in their order.

    >>> [phrase.text for phrase in noun_phrases("What is the biggest risk of discounted stock?")]
    ['biggest risk', 'discounted stock']
    """
    words = list(_WORD.finditer(text))
    is_title = _is_in_capitals([word[0] for word in words])
    phrases: list[Phrase] = []
    for run in _runs(text, words):
        run = _without_verb(run, words, text)
        phrase = _phrase_of(run, is_title)
        if phrase:
            phrases.append(phrase)
    return tuple(phrases)


@lru_cache(_KEPT)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_terms(text))


def _without_verb(
    run: list[re.Match[str]], words: Sequence[re.Match[str]], text: str
) -> list[re.Match[str]]:
    """Drop what is said of the subject of a question: a verb, an adjective, a superlative."""
    place = words.index(run[0])
    if len(run) > 1 and run[-1][0].lower() in SUPERLATIVES:
        return run[:-1]
    if len(run) > 1 and place == 1 and ASKS_WHO.match(words[0][0]) and run[0][0].islower():
        return run[1:]
    before = [word[0].lower() for word in words[max(0, place - 2) : place]]
    first = before[:1] if before[-1:] and before[-1] in DETERMINERS else before[-1:]
    is_asked = place <= len(before) and any(map(BE.fullmatch, first))
    is_subject = is_asked or any(map(TAKES_INFINITIVE.fullmatch, first))
    names = [at for at, word in enumerate(run) if _has_capital(word, is_title=False)]
    ends = place + len(run) == len(words)
    is_predicate = ends and bool(BE.fullmatch(words[0][0])) and run[-1][0].islower()
    if names and is_predicate and len(run) > 1 and not _PLURAL.fullmatch(run[-1][0]):
        return run[:-1] if before[-1:] and before[-1] in DETERMINERS else run[: names[-1] + 1]
    if not is_subject or len(run) == 1:
        return run
    plurals = [at for at, word in enumerate(run[:-1]) if _PLURAL.fullmatch(word[0])]
    if plurals and not names and not is_asked:
        return run[: plurals[0] + 1]
    if names and before[-1] not in DETERMINERS and not is_asked:
        return run[: names[-1] + 1]
    place += len(run)
    is_last = place == len(words) or text[words[place - 1].end() : words[place].start()] != " "
    is_before = not is_last and words[place][0].lower() in AFTER_VERB
    return run[:-1] if is_last or is_before else run


def _runs(text: str, words: Sequence[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Return the runs of words that may be noun phrases, parted by others and by punctuation."""
    runs: list[list[re.Match[str]]] = [[]]
    for place, word in enumerate(words):
        run = runs[-1]
        is_apart = bool(run) and text[run[-1].end() : word.start()] != " "
        if is_apart or (run and run[-1][0].endswith(("'s", "’s", "."))):
            runs.append([])
        if _is_noun(words, place):
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _is_in_capitals(words: Sequence[str]) -> bool:
    """Tell whether a turn has the capitals of a title, which tell no name from a noun."""
    capitals = sum(word[0].isupper() for word in words)
    return len(words) > 3 and capitals > 0.6 * len(words)


def _is_noun(words: Sequence[re.Match[str]], place: int) -> bool:
    """Tell whether a word may belong to a noun phrase, by itself and by its neighbours."""
    word = words[place][0].rstrip(".").lower()
    if without_possessive(word) in NO_NOUN or word in NO_NOUN:
        return False
    before = words[place - 1][0].lower() if place else ""
    if before in SUBJECT_PRONOUNS or _ADVERB.fullmatch(word):
        return False
    if before == INFINITIVE and words[place][0].islower() and not word.endswith(PLURAL_ENDING):
        return False
    if _PARTICIPLE.fullmatch(word):
        after = words[place + 1][0].lower() if place + 1 < len(words) else ""
        return bool(after) and after not in NO_NOUN and before in ("the", "a", "an", "of", "")
    return True


def _phrase_of(run: Sequence[re.Match[str]], is_title: bool) -> Phrase | None:
    """Return the phrase of a run of words, None where it has no letters.

    A name sheds the words before it.
    """
    words = list(run[-_LONGEST:])
    while words and not words[0][0][0].isalpha():
        words.pop(0)
    if not words:
        return None
    name = [word for word in words if _has_capital(word, is_title)]
    if name:
        words = words[words.index(name[0]) :]
    text = " ".join(without_possessive(word[0].rstrip(".")) for word in words)
    return Phrase(text, words[0].start(), words[-1].end(), bool(name))


def _has_capital(word: re.Match[str], is_title: bool) -> bool:
    """Tell whether a word is written as a name; one capital at the beginning of a turn is not."""
    letters = word[0]
    if letters.lower() in _MONTHS:
        return False
    if any(letter.isupper() for letter in letters[1:]):
        return True
    return letters[0].isupper() and word.start() > 0 and not is_title


def entities_of(turns: Sequence[str], fading: float = FADING) -> list[Entity]:
    """Return the entities of the turns of a conversation, oldest first, the weightiest first.

    Phrases with the same stems are one entity; it bears the words of the latest turn, a phrase
    within a longer one adds to the longer.
    """
    weights: dict[frozenset[str], float] = {}
    latest: dict[frozenset[str], Phrase] = {}
    last = len(turns) - 1
    for place, turn in enumerate(turns):
        age = fading ** (last - place)
        age = max(age, OPENING) if place == 0 else age
        for phrase in noun_phrases(turn):
            key = _stems(phrase.text)
            weights[key] = weights.get(key, 0.0) + age * _kind_weight(phrase)
            latest[key] = phrase
    ranked = []
    for key, phrase in latest.items():
        inside = sum(weights[other] for other in weights if other < key)
        ranked.append(Entity(phrase, weights[key] + 0.5 * inside))
    return sorted(ranked, key=lambda entity: (-entity.weight, -entity.phrase.start))


def _kind_weight(phrase: Phrase) -> float:
    """Return what a phrase counts by what it can be."""
    weight = NAME if phrase.is_name else 1.0
    if " " in phrase.text:
        weight *= SEVERAL_WORDS
    if phrase.is_abstract:
        weight *= COMPOUND if " " in phrase.text else ABSTRACT
    return weight
