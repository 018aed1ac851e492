"""Questions made unanswerable in the manner of SQuAD 2.0's writers (Rajpurkar, Jia and Liang 2018, section 4).

A name, number, date or place is exchanged for another of its kind, a word for its opposite, or a negation is put in.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

_OPPOSITES = """
first/last largest/smallest biggest/smallest highest/lowest most/least more/fewer more/less greater/lesser
before/after north/south northern/southern east/west eastern/western early/late earlier/later earliest/latest
increase/decrease increased/decreased increases/decreases increasing/decreasing rise/fall rose/fell begin/end
began/ended beginning/end start/end started/ended open/close opened/closed high/low higher/lower large/small
larger/smaller big/small long/short longer/shorter longest/shortest old/new older/younger oldest/youngest
oldest/newest old/young good/bad better/worse best/worst strong/weak stronger/weaker win/lose won/lost
support/oppose supported/opposed allow/forbid allowed/forbidden accept/reject accepted/rejected above/below
over/under inside/outside internal/external male/female men/women man/woman father/mother son/daughter
brother/sister husband/wife king/queen common/rare popular/unpopular major/minor majority/minority positive/negative
success/failure successful/unsuccessful legal/illegal possible/impossible able/unable include/exclude
included/excluded includes/excludes join/leave joined/left arrive/leave arrived/left enter/exit gain/lose
gained/lost import/export imported/exported buy/sell bought/sold hot/cold warm/cool hottest/coldest warmest/coolest
wet/dry light/dark heavy/light fast/slow faster/slower rich/poor public/private urban/rural modern/ancient
domestic/foreign always/never often/rarely usually/rarely all/none with/without same/different similar/different
like/unlike upper/lower top/bottom front/back left/right create/destroy created/destroyed build/demolish
built/demolished born/buried alive/dead love/hate true/false easy/difficult hard/easy simple/complex maximum/minimum
primary/secondary main/secondary friend/enemy victory/defeat attack/defend attacked/defended agree/disagree
agreed/disagreed appear/disappear known/unknown formal/informal directly/indirectly permanent/temporary
natural/artificial winter/summer day/night morning/evening cause/prevent caused/prevented causes/prevents
encourage/discourage encouraged/discouraged improve/worsen improved/worsened expand/shrink expanded/shrank
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
    "What Which Who Whom Whose When Where Why How In On At The A An Is Are Was Were Did Does Do".split()
)


def _opposites() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for entry in _OPPOSITES:
        one, other = entry.split("/")
        table.setdefault(one, []).append(other)
        table.setdefault(other, []).append(one)
    return table


_OPPOSITE = _opposites()


@dataclass(frozen=True)
class Entities:
    """The names, years and other numbers of some texts, by kind, each once, in order of appearance."""

    by_kind: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Entities":
        """Those found by their form: capitals inside a sentence, digits."""
        found: dict[str, dict[str, None]] = {"name": {}, "year": {}, "number": {}, "month": {}}
        for text in texts:
            for _, _, kind, entity in _entities(text):
                found[kind][entity] = None
        return cls({kind: tuple(members) for kind, members in found.items()})


def _entities(text: str) -> list[tuple[int, int, str, str]]:
    """(start, end, kind, text) of what looks like a name, month, year or number, not overlapping."""
    found = []
    for match in _NAME.finditer(text):
        opens_sentence = match.start() == 0 or text[: match.start()].rstrip()[-1:] in '.?!"“'
        if not opens_sentence and match.group() not in _QUESTION_WORDS:
            found.append(
                (*match.span(), "month" if match.group() in _MONTHS else "name", match.group())
            )
    years = [(*match.span(), "year", match.group()) for match in _YEAR.finditer(text)]
    taken = {start for start, *_ in years}
    numbers = [
        (*m.span(), "number", m.group()) for m in _NUMBER.finditer(text) if m.start() not in taken
    ]
    spans = [(start, end) for start, end, *_ in found]
    found += [e for e in years + numbers if not any(a <= e[0] < b for a, b in spans)]
    return found


def unanswerable_version(
    question: str, text: str, entities: Entities, rng: random.Random
) -> str | None:
    """The question changed so that `text`, which answered it, most likely no longer does; None where that cannot be."""
    ways = [_exchange_entity, _exchange_entity, _oppose, _oppose, _negate]
    for way in rng.sample(ways, len(ways)):
        changed = way(question, text, entities, rng)
        if changed is not None:
            return changed
    return None


def _exchange_entity(
    question: str, text: str, entities: Entities, rng: random.Random
) -> str | None:
    mentioned = _entities(question)
    if not mentioned:
        return None
    start, end, kind, entity = rng.choice(mentioned)
    near = [e for _, _, k, e in _entities(text) if k == kind]
    pool = near if near and rng.random() < 0.6 else entities.by_kind[kind]
    others = [
        e for e in pool if e.lower() not in question.lower() and entity.lower() not in e.lower()
    ]
    return question[:start] + rng.choice(others) + question[end:] if others else None


def _oppose(question: str, text: str, entities: Entities, rng: random.Random) -> str | None:
    words = [match for match in re.finditer(r"[a-z]+", question) if match.group() in _OPPOSITE]
    if not words:
        return None
    word = rng.choice(words)
    return question[: word.start()] + rng.choice(_OPPOSITE[word.group()]) + question[word.end() :]


def _negate(question: str, text: str, entities: Entities, rng: random.Random) -> str | None:
    if re.search(r"\b(?:not|never|no)\b|n't\b", question):
        return None
    match = _AUXILIARY.search(question)
    if match is None:
        return None
    word = match.group()
    negated = _CONTRACTED.get(word, f"{word}n't")
    if word not in ("did", "does", "do"):
        negated = rng.choice([negated, f"{word} not", f"{word} never"])
    return question[: match.start()] + negated + question[match.end() :]
