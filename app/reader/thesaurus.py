"""Other words for a word, from WordNet 3 (Fellbaum 1998), to train on questions that share few words with the text."""

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.lexical import FUNCTION_WORDS
from ingest.errors import InquoteError

_PARTS = {"1": "noun", "2": "verb", "3": "adj", "4": "adv", "5": "adj"}  # by the digit of a sense key
_EXCHANGED = 0.6  # share of the words that are exchanged in a question that is rephrased
_WORD = re.compile(r"(?<![\w’'-])[a-z]{3,}(?![\w’'-])")


class ThesaurusError(InquoteError):
    """A folder holds no WordNet; the message says where to get it."""


@dataclass(frozen=True)
class Sense:
    """The most frequent sense of a lemma as one part of speech: how often it was seen, and its other words."""

    seen: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """What a word is a form of; `ending` is "s", "ed", "ing" or "" for the lemma itself."""

    lemma: str
    pos: str
    ending: str

    def of(self, words: str) -> str:
        """Some words in the same form, by the regular rules: a noun's last word takes the ending, a verb's first.

        >>> Form("perform", "verb", "ed").of("carry out"), Form("city", "noun", "s").of("urban center")
        ('carried out', 'urban centers')
        """
        if not self.ending:
            return words
        before, space, last = words.rpartition(" ") if self.pos == "noun" else ("", "", words)
        word, _, after = last.partition(" ")
        ending = self.ending
        if re.search(r"[^aeiou]y$", word) and ending in ("s", "ed"):
            word, ending = word[:-1] + "i", "es" if ending == "s" else "ed"
        elif word.endswith("e") and ending in ("ed", "ing"):
            word = word[:-1]
        elif re.search(r"(s|x|z|ch|sh)$", word) and ending == "s":
            ending = "es"
        return f"{before}{space}{word}{ending} {after}".rstrip()


class Thesaurus:
    """Lemma and part of speech to sense."""

    def __init__(self, senses: dict[tuple[str, str], Sense]) -> None:
        self._senses = senses

    @classmethod
    def of_wordnet(cls, folder: Path) -> "Thesaurus":
        """That of a folder with WordNet's `index`, `data`, `verb.exc` and `cntlist.rev`, as wndb(5) lays them out.

        A noun also stands for what it is a kind of. Words never seen in WordNet's tagged texts are left out, and verbs
        that are irregular. Raises `ThesaurusError`.
        """
        try:
            return cls(_senses(folder))
        except (OSError, ValueError, LookupError) as error:
            raise ThesaurusError(
                f"{folder} holds no WordNet ({error}); give the folder with index.noun and data.noun, as Debian's "
                "package wordnet-base has it."
            ) from error

    @property
    def sha256(self) -> str:
        """Of all that it says, hex."""
        return hashlib.sha256(repr(sorted(self._senses.items())).encode()).hexdigest()

    def others(self, word: str) -> tuple[str, ...]:
        """Words for the most frequent thing that `word` may mean, inflected as it is; none where it is not known.

        >>> Thesaurus({("buy", "verb"): Sense(3, ("purchase",))}).others("buying")
        ('purchasing',)
        """
        known = [form for form in forms(word) if (form.lemma, form.pos) in self._senses]
        if not known:
            return ()
        form = max(known, key=lambda form: self._senses[form.lemma, form.pos].seen)
        others = (form.of(words) for words in self._senses[form.lemma, form.pos].words)
        return tuple(other for other in others if other != word)

    def rephrased(self, question: str, rng: random.Random) -> str:
        """The question with most of its words in lower case exchanged for others, function words excepted."""

        def exchange(match: re.Match[str]) -> str:
            word = match.group()
            others = () if word in FUNCTION_WORDS or rng.random() >= _EXCHANGED else self.others(word)
            return rng.choice(others) if others else word

        return _WORD.sub(exchange, question)


def _senses(folder: Path) -> dict[tuple[str, str], Sense]:
    best: dict[tuple[str, str], tuple[int, int]] = {}  # (times seen, number of the sense, from 0)
    seen: dict[tuple[str, str], set[int]] = defaultdict(set)
    for line in _lines(folder / "cntlist.rev"):
        key, number, times = line.split()
        lemma, _, rest = key.partition("%")
        word, sense = (lemma, _PARTS[rest[0]]), int(number) - 1
        seen[word].add(sense)
        best[word] = max(best.get(word, (0, 0)), (int(times), sense))
    irregular = {line.split()[1] for line in _lines(folder / "verb.exc")}
    made = {}
    for pos in dict.fromkeys(_PARTS.values()):
        synsets, offsets = dict(_synsets(folder / f"data.{pos}")), dict(_offsets(folder / f"index.{pos}"))
        for lemma, places in offsets.items():
            count, sense = best.get((lemma, pos), (0, len(places)))
            if sense >= len(places):  # never seen, or counted in another edition of WordNet
                continue
            words, kind = synsets[places[sense]]
            if pos == "noun" and kind in synsets:
                words = words + synsets[kind][0]
            kept = {
                word.replace("_", " "): None
                for word in words
                if word != lemma and (word, pos) in seen and not (pos == "verb" and word.split("_")[0] in irregular)
            }
            made[lemma, pos] = Sense(count, tuple(kept))
    return made


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        yield from (line for line in file if not line.startswith(" "))


def _offsets(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Lemma and the offsets of its synsets, the most frequent first."""
    for line in _lines(path):
        lemma, _, count, *rest = line.split()
        yield lemma, rest[-int(count) :]


def _synsets(path: Path) -> Iterator[tuple[str, tuple[tuple[str, ...], str]]]:
    """Offset, words, and the offset of what it is a kind of, empty where it is of none."""
    for line in _lines(path):
        fields = line.split(" | ")[0].split()
        last = 4 + 2 * int(fields[3], 16)
        kind = fields[fields.index("@", last) + 1] if "@" in fields[last:] else ""
        yield fields[0], (tuple(word.partition("(")[0] for word in fields[4:last:2]), kind)


def forms(word: str) -> Iterator[Form]:
    """What the word may be a regular form of.

    >>> [form.lemma for form in forms("cities") if form.pos == "noun"]
    ['cities', 'citie', 'citi', 'city']
    """
    yield from (Form(word, pos, "") for pos in dict.fromkeys(_PARTS.values()))
    for ending, poses in (("s", ("noun", "verb")), ("ed", ("verb",)), ("ing", ("verb",))):
        stem = word.removesuffix(ending)
        if stem and stem != word:
            shorter = [stem[:-1]] if stem[:-1] and (stem[-1] == stem[-2] or stem[-1] == "e") else []
            longer = [stem + "e"] if ending != "s" else []
            y = stem.removesuffix("e") if ending == "s" else stem
            of_y = [y[:-1] + "y"] if y.endswith("i") else []
            yield from (Form(lemma, pos, ending) for pos in poses for lemma in (stem, *longer, *shorter, *of_y))
