"""Make training pairs: a question with the passage that answers it and with passages that do not.

MODEL_CARD.md tells how the shares below changed from run to run.
"""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from inquote.app.training.squad import Article, Question
from inquote.app.training.typed_questions import imitate_typing
from inquote.app.training.unanswerable import Entities, make_unanswerable
from inquote.index.stores.local.lexical import LexicalEntry, LexicalIndex
from inquote.ingest.text import Range, sentence_ranges, touching

_HEADED = 0.6  # share of the groups whose passages have the article's title as heading
_CROPPED = 0.6  # share of the groups whose passages are cut to a few sentences, to save time
_CROP_CHARACTERS = (200, 520)  # the least and the most that such a cut aims at
_RETRIEVED = 0.35  # share of the questions paired with wrong passages that BM25 retrieves
_RIVALS = 2  # such passages of a question, at most
_BEREFT = 0.08  # share paired with their own passage without the sentence that answers
_BEREFT_CHARACTERS = (100, 200)  # the least of such a passage, and the least that a cut aims at
_ITEM_WORDS = 6  # of an item of an enumeration, at most
_SEPARATOR = re.compile(r"(?:,|;) (?:and |or )?| (?:and|or) (?=[^,;]{0,80}$)")
_REWORDED = 0.14  # share that also appear reworded so that their passage no longer answers


@dataclass(frozen=True)
class Pair:
    """A question and a text that answers it with `text[start:end]`.

    Both ends are None where the text does not answer. `members` are the ranges of an answer that
    is made of several; with `is_whole` all that lies between them answers as well. `is_new` tells
    of a kind of question that earlier weights did not learn: on a table, or for several spans.
    """

    question: str
    heading: str
    text: str
    start: int | None = None
    end: int | None = None
    members: tuple[Range, ...] = ()
    is_whole: bool = True
    is_new: bool = False

    @property
    def spans(self) -> tuple[Range, ...]:
        """Return the ranges that may be marked as the answer, any of them."""
        if self.start is None or self.end is None:
            return ()
        return ((self.start, self.end),) if self.is_whole or not self.members else self.members

    def cut(self, begin: int, end: int) -> "Pair":
        """Return the pair of a part of the text that holds the whole answer."""
        assert self.start is not None and self.end is not None
        return replace(
            self,
            text=self.text[begin:end],
            start=self.start - begin,
            end=self.end - begin,
            members=tuple((first - begin, last - begin) for first, last in self.members),
        )


# The pairs of one question, which compete in training; if any of them answers, the first does.
Group = tuple[Pair, ...]


def training_groups(articles: Iterable[Article], seed: int) -> list[Group]:
    """Return the groups of all questions; the same articles and seed give the same groups."""
    groups: list[Group] = []
    for article in articles:
        name = article.title or article.paragraphs[0].text
        rng = random.Random(f"{seed} {name}")
        groups.extend(_article_groups(article, rng))
    return groups


def _article_groups(article: Article, rng: random.Random) -> Iterator[Group]:
    texts = [paragraph.text for paragraph in article.paragraphs]
    entries = (LexicalEntry(row, text, document_id="") for row, text in enumerate(texts))
    index = LexicalIndex.build(entries)
    entities = Entities.of(texts)
    for row, paragraph in enumerate(article.paragraphs):
        for question in paragraph.questions:
            heading = article.heading if rng.random() < _HEADED else ""
            typed = imitate_typing(question.text, rng)
            if not question.answers:
                yield (_crop(Pair(typed, heading, paragraph.text), rng),)
                continue
            # The passage that answers, with or without passages that do not.
            full = _answered_pair(question, typed, heading, paragraph.text, rng)
            answer = paragraph.text[full.start : full.end]
            positive = _crop(full, rng)
            draw = rng.random()
            if draw < _RETRIEVED:
                wrong = _wrong_paragraphs(question.text, answer, texts, row, index)
                rivals = rng.sample(wrong, min(_RIVALS, len(wrong)))
                windows = [_window(text, len(positive.text), rng) for text in rivals]
            elif draw < _RETRIEVED + _BEREFT:
                windows = _bereft_windows(full, answer, len(positive.text), rng)
            else:
                windows = []
            yield positive, *(Pair(typed, heading, window) for window in windows)
            # The same passage under another question, which it does not answer.
            if rng.random() < _REWORDED:
                yield from _reworded_group(question, heading, paragraph.text, entities, rng)


def _answered_pair(
    question: Question, typed: str, heading: str, text: str, rng: random.Random
) -> Pair:
    """Return a question with the paragraph that answers it, and what it answers there."""
    if question.several:
        members = sorted((start, start + len(answer)) for start, answer in question.answers)
        first, last = members[0][0], max(end for _, end in members)
        return Pair(typed, heading, text, first, last, tuple(members), is_whole=False, is_new=True)
    start, answer = rng.choice(question.answers)
    members = enumeration(text, start, start + len(answer))
    return Pair(typed, heading, text, start, start + len(answer), tuple(members))


def has_parts(question: Question, text: str) -> bool:
    """Tell whether several ranges of a paragraph make up the answer of a question."""
    place = question.first_range
    return question.several or (place is not None and bool(enumeration(text, *place)))


def enumeration(text: str, start: int, end: int) -> list[Range]:
    """Return the items that `text[start:end]` enumerates, [] unless it is an enumeration.

    >>> [text[a:b] for text in ["Rome, Bonn and Paris"] for a, b in enumeration(text, 0, 20)]
    ['Rome', 'Bonn', 'Paris']
    """
    end = start + len(text[start:end].rstrip(".,; "))
    items = []
    at = start
    for separator in [*_SEPARATOR.finditer(text, start, end), None]:
        items.append((at, separator.start() if separator else end))
        at = separator.end() if separator else end
    words = [len(text[first:last].split()) for first, last in items]
    is_even = min(words) > 0 and max(words) <= _ITEM_WORDS
    return items if len(items) > 2 and is_even else []


def _wrong_paragraphs(
    question: str,
    answer: str,
    texts: Sequence[str],
    row: int,
    index: LexicalIndex,
) -> list[str]:
    """Return the paragraphs that BM25 ranks high and that do not hold the answer, best first.

    `texts[row]` is the paragraph that the question is about.
    """
    wrong = []
    for other, _ in index.search(question, 6):
        text = texts[other]
        if other != row and answer.lower() not in text.lower():
            wrong.append(text)
    return wrong[:4]


def _bereft_windows(full: Pair, answer: str, length: int, rng: random.Random) -> list[str]:
    """Return a window of the paragraph without the sentence that answers.

    None is returned if too little is left, or if the rest answers too. `length` is that of the
    passage that answers, in characters.
    """
    rest = _without_answer(full)
    shortest, aim = _BEREFT_CHARACTERS
    if len(rest) <= shortest or answer.lower() in rest.lower():
        return []
    return [_window(rest, max(length, aim), rng)]


def _reworded_group(
    question: Question,
    heading: str,
    text: str,
    entities: Entities,
    rng: random.Random,
) -> Iterator[Group]:
    """Yield the group of a question that was changed so that its paragraph no longer answers."""
    reworded = make_unanswerable(question.text, text, entities, rng)
    place = question.first_range
    if reworded is not None and place is not None:
        around_answer = _crop(Pair(reworded, heading, text, *place), rng)
        yield (Pair(reworded, heading, around_answer.text),)


def _crop(pair: Pair, rng: random.Random) -> Pair:
    """Cut the text of a share of the pairs to whole sentences around the answer.

    A text that does not answer is cut to sentences at any place.
    """
    if rng.random() >= _CROPPED:
        return pair
    budget = rng.randint(*_CROP_CHARACTERS)
    if pair.start is None or pair.end is None:
        return Pair(pair.question, pair.heading, _window(pair.text, budget, rng))
    sentences = sentence_ranges(pair.text)
    begin, end = _grow(sentences, pair.start, pair.end, budget, rng)
    return pair.cut(begin, end)


def _window(text: str, budget: int, rng: random.Random) -> str:
    """Return some neighbouring sentences, at least one, of about `budget` characters."""
    if len(text) <= budget * 1.1:
        return text
    sentences = sentence_ranges(text)
    start, end = rng.choice(sentences)
    begin, end = _grow(sentences, start, end, budget, rng)
    return text[begin:end]


def _grow(
    sentences: Sequence[Range],
    start: int,
    end: int,
    budget: int,
    rng: random.Random,
) -> Range:
    """Return the sentences that touch [start, end), with neighbours while they fit `budget`.

    Each neighbour is taken from a random side; `budget` counts characters.
    """
    core = touching(sentences, start, end)
    if not core:
        return min(start, sentences[0][0]), max(end, sentences[-1][1])
    first, last = sentences.index(core[0]), sentences.index(core[-1])
    while True:
        # The ranges with one neighbour more, before or after.
        wider = []
        if first > 0:
            wider.append((first - 1, last))
        if last + 1 < len(sentences):
            wider.append((first, last + 1))
        fits = [(a, b) for a, b in wider if sentences[b][1] - sentences[a][0] <= budget]
        if not fits:
            return min(start, sentences[first][0]), max(end, sentences[last][1])
        first, last = rng.choice(fits)


def _without_answer(pair: Pair) -> str:
    """Return the text without the sentences that the answer touches."""
    assert pair.start is not None and pair.end is not None
    sentences = touching(sentence_ranges(pair.text), pair.start, pair.end)
    if not sentences:
        return ""
    start, end = sentences[0][0], sentences[-1][1]
    before = pair.text[:start].rstrip()
    after = pair.text[end:].lstrip()
    return f"{before} {after}".strip()
