"""Make questions unanswerable as the writers of SQuAD 2.0 did.

A name, number, date or place is exchanged for another of its kind, a word for its opposite, or a
negation is put in (Rajpurkar, Jia and Liang 2018, arXiv:1806.03822, section 4).
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from inquote.ingest.text import Range

_OPPOSITES = """
first/last largest/smallest biggest/smallest highest/lowest most/least more/fewer more/less
greater/lesser before/after north/south northern/southern east/west eastern/western early/late
earlier/later earliest/latest increase/decrease increased/decreased increases/decreases
increasing/decreasing rise/fall rose/fell begin/end began/ended beginning/end start/end
started/ended open/close opened/closed high/low higher/lower large/small larger/smaller
big/small long/short longer/shorter longest/shortest old/new older/younger oldest/youngest
oldest/newest old/young good/bad better/worse best/worst strong/weak stronger/weaker win/lose
won/lost support/oppose supported/opposed allow/forbid allowed/forbidden accept/reject
accepted/rejected above/below over/under inside/outside internal/external male/female men/women
man/woman father/mother son/daughter brother/sister husband/wife king/queen common/rare
popular/unpopular major/minor majority/minority positive/negative success/failure
successful/unsuccessful legal/illegal possible/impossible able/unable include/exclude
included/excluded includes/excludes join/leave joined/left arrive/leave arrived/left enter/exit
gain/lose gained/lost import/export imported/exported buy/sell bought/sold hot/cold warm/cool
hottest/coldest warmest/coolest wet/dry light/dark heavy/light fast/slow faster/slower rich/poor
public/private urban/rural modern/ancient domestic/foreign always/never often/rarely
usually/rarely all/none with/without same/different similar/different like/unlike upper/lower
top/bottom front/back left/right create/destroy created/destroyed build/demolish
built/demolished born/buried alive/dead love/hate true/false easy/difficult hard/easy
simple/complex maximum/minimum primary/secondary main/secondary friend/enemy victory/defeat
attack/defend attacked/defended agree/disagree agreed/disagreed appear/disappear known/unknown
formal/informal directly/indirectly permanent/temporary natural/artificial winter/summer
day/night morning/evening cause/prevent caused/prevented causes/prevents encourage/discourage
encouraged/discouraged improve/worsen improved/worsened expand/shrink expanded/shrank
""".split()

_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})s?\b")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_NAME = re.compile(
    r"[A-Z][\w’'-]*[a-z0-9A-Z](?: (?:of the |of |de |the )?[A-Z][\w’'-]*[a-z0-9A-Z])*"
)
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|did|does|do|can|could|will|would|has|had|have|should)\b"
)
_CONTRACTED = {"can": "can't", "will": "won't"}
_QUESTION_WORDS = frozenset(
    "What Which Who Whom Whose When Where Why How "
    "In On At The A An Is Are Was Were Did Does Do".split()
)
_NEAR = 0.6  # share of the exchanges that take an entity of the passage, if it has one of the kind


def _opposites() -> dict[str, list[str]]:
    """Return the opposites of each word, both ways."""
    table: dict[str, list[str]] = {}
    for entry in _OPPOSITES:
        first, second = entry.split("/")
        table.setdefault(first, []).append(second)
        table.setdefault(second, []).append(first)
    return table


_OPPOSITE = _opposites()


class _Entity(NamedTuple):
    """A name, month, year or number at [start, end) of a text."""

    start: int
    end: int
    kind: str
    text: str


@dataclass(frozen=True)
class Entities:
    """The names, months, years and numbers of some texts, by kind, in order of appearance."""

    by_kind: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Entities":
        """Collect the entities of some texts, each once, by their form alone."""
        members: dict[str, dict[str, None]] = {"name": {}, "year": {}, "number": {}, "month": {}}
        for text in texts:
            for entity in _entities(text):
                members[entity.kind][entity.text] = None
        return cls({kind: tuple(each) for kind, each in members.items()})


def _entities(text: str) -> list[_Entity]:
    """Return what looks like a name, month, year or number: capitals inside a sentence, digits."""
    names = _names(text)
    entities = list(names)
    years = [_entity(match, "year") for match in _YEAR.finditer(text)]
    taken = {year.start for year in years}
    numbers = [_entity(match, "number") for match in _NUMBER.finditer(text)]
    # A year is no other number, and a digit inside a name belongs to the name.
    for entity in (*years, *numbers):
        is_year_again = entity.kind == "number" and entity.start in taken
        if not is_year_again and not _inside(entity.start, names):
            entities.append(entity)
    return entities


def _names(text: str) -> list[_Entity]:
    names = []
    for match in _NAME.finditer(text):
        before = text[: match.start()].rstrip()
        opens_sentence = match.start() == 0 or before[-1:] in '.?!"“'
        if not opens_sentence and match.group() not in _QUESTION_WORDS:
            names.append(_entity(match, "month" if match.group() in _MONTHS else "name"))
    return names


def _entity(match: re.Match[str], kind: str) -> _Entity:
    return _Entity(match.start(), match.end(), kind, match.group())


def _inside(place: int, entities: Sequence[_Entity]) -> bool:
    return any(entity.start <= place < entity.end for entity in entities)


def make_unanswerable(
    question: str, text: str, entities: Entities, rng: random.Random
) -> str | None:
    """Change a question so that `text`, which answered it, most likely no longer does.

    Returns None where no way of changing it applies.
    """
    ways = [_exchange_entity, _exchange_entity, _oppose, _oppose, _negate]
    for way in rng.sample(ways, len(ways)):
        changed = way(question, text, entities, rng)
        if changed is not None:
            return changed
    return None


def _exchange_entity(
    question: str, text: str, entities: Entities, rng: random.Random
) -> str | None:
    """Put another name, month, year or number in place of one in the question."""
    mentioned = _entities(question)
    if not mentioned:
        return None
    entity = rng.choice(mentioned)
    # Take another of the same kind, from the passage or from the article.
    pool: Sequence[str] = [near.text for near in _entities(text) if near.kind == entity.kind]
    if not pool or rng.random() >= _NEAR:
        pool = entities.by_kind[entity.kind]
    lowered, own = question.lower(), entity.text.lower()
    candidates = []
    for candidate in pool:
        if candidate.lower() not in lowered and own not in candidate.lower():
            candidates.append(candidate)
    if not candidates:
        return None
    return _replace(question, (entity.start, entity.end), rng.choice(candidates))


def _oppose(question: str, text: str, entities: Entities, rng: random.Random) -> str | None:
    """Turn a word into its opposite."""
    words = [word for word in re.finditer(r"[a-z]+", question) if word.group() in _OPPOSITE]
    if not words:
        return None
    word = rng.choice(words)
    return _replace(question, word.span(), rng.choice(_OPPOSITE[word.group()]))


def _negate(question: str, text: str, entities: Entities, rng: random.Random) -> str | None:
    """Negate the first auxiliary verb of a question without negation."""
    if re.search(r"\b(?:not|never|no)\b|n't\b", question):
        return None
    match = _AUXILIARY.search(question)
    if match is None:
        return None
    word = match.group()
    negated = _CONTRACTED.get(word, f"{word}n't")
    if word not in ("did", "does", "do"):
        negated = rng.choice([negated, f"{word} not", f"{word} never"])
    return _replace(question, match.span(), negated)


def _replace(text: str, place: Range, replacement: str) -> str:
    start, end = place
    return text[:start] + replacement + text[end:]
