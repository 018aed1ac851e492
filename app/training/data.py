"""SQuAD files to training groups: a question with the passage that answers it and with passages that do not."""

import gzip
import json
import random
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from inquote.app.training.asked import as_asked
from inquote.app.training.unanswerable import Entities, unanswerable_version
from inquote.index.stores.local.lexical import LexicalIndex
from inquote.ingest.errors import InquoteError
from inquote.ingest.text import sentence_ranges

_HEADED = 0.6  # share of the groups whose passages come with the article's title as heading
_CROPPED = 0.6  # share of the groups whose passages are cut to a few sentences, which saves time
_CROP_CHARACTERS = (200, 520)
_RETRIEVED = (
    0.35  # share of the questions paired with wrong passages of the article, as BM25 retrieves them
)
_RIVALS = 2  # such passages, at most
_BEREFT = 0.08  # share paired with their own passage without the sentence that answers
_REWORDED = 0.14  # share that also appear reworded so that their passage no longer answers


class DataError(InquoteError):
    """A file of questions is not in the official SQuAD layout; the message names it."""


@dataclass(frozen=True)
class Question:
    """A question about a paragraph: `answers` are (start, text), none where it is unanswerable."""

    id: str
    text: str
    answers: tuple[tuple[int, str], ...]

    @property
    def first_range(self) -> tuple[int, int] | None:
        """The range of the first answer."""
        return (
            (self.answers[0][0], self.answers[0][0] + len(self.answers[0][1]))
            if self.answers
            else None
        )


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of an article with the questions asked of it."""

    text: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Article:
    """The paragraphs of one article of a SQuAD file."""

    title: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def heading(self) -> str:
        """The title as a person writes it."""
        return self.title.replace("_", " ")


@dataclass(frozen=True)
class Pair:
    """A question and a text that answers it with `text[start:end]`, or does not: then both are None."""

    question: str
    heading: str
    text: str
    start: int | None = None
    end: int | None = None


Group = tuple[
    Pair, ...
]  # pairs of one question that compete in training; the first one answers, if any does


def read_squad(path: Path) -> list[Article]:
    """The articles of a SQuAD 1.1 or 2.0 file, plain or gzipped; raises `DataError`."""
    try:
        raw = path.read_bytes()
        content = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
        return [_article(item) for item in content["data"]]
    except (
        OSError,
        EOFError,
        zlib.error,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        raise DataError(
            f"{path} cannot be read as a SQuAD file ({error}); give an official one."
        ) from error


def _article(item: dict) -> Article:
    return Article(
        item["title"],
        tuple(Paragraph(p["context"], tuple(map(_question, p["qas"]))) for p in item["paragraphs"]),
    )


def _question(item: dict) -> Question:
    answers = [(int(a["answer_start"]), str(a["text"])) for a in item.get("answers") or ()]
    return Question(str(item["id"]), item["question"].strip(), tuple(dict.fromkeys(answers)))


def training_groups(articles: Iterable[Article], seed: int) -> list[Group]:
    """The groups of all questions of the articles; the same articles and seed give the same groups."""
    return list(
        chain.from_iterable(
            _article_groups(article, random.Random(f"{seed} {article.title}"))
            for article in articles
        )
    )


def _article_groups(article: Article, rng: random.Random) -> Iterator[Group]:
    index = LexicalIndex.build(enumerate(paragraph.text for paragraph in article.paragraphs))
    entities = Entities.of([paragraph.text for paragraph in article.paragraphs])
    for at, paragraph in enumerate(article.paragraphs):
        for question in paragraph.questions:
            heading = article.heading if rng.random() < _HEADED else ""
            asked = as_asked(question.text, rng)
            if not question.answers:
                yield (_crop(Pair(asked, heading, paragraph.text), rng),)
                continue
            yield _answerable_group(article, at, question, asked, heading, index, rng)
            reworded = (
                unanswerable_version(question.text, paragraph.text, entities, rng)
                if rng.random() < _REWORDED
                else None
            )
            if reworded is not None:
                start, text = question.answers[0]
                pair = _crop(Pair(reworded, heading, paragraph.text, start, start + len(text)), rng)
                yield (Pair(reworded, heading, pair.text),)


def _answerable_group(
    article: Article,
    at: int,
    question: Question,
    asked: str,
    heading: str,
    index: LexicalIndex,
    rng: random.Random,
) -> Group:
    paragraph = article.paragraphs[at]
    start, answer = rng.choice(question.answers)
    whole = Pair(asked, heading, paragraph.text, start, start + len(answer))
    positive = _crop(whole, rng)
    draw = rng.random()
    if draw < _RETRIEVED:
        texts = [
            article.paragraphs[row].text for row, _ in index.search(question.text, 6) if row != at
        ]
        wrong = [text for text in texts if answer.lower() not in text.lower()][:4]
        rivals = rng.sample(wrong, min(_RIVALS, len(wrong)))
        return positive, *(
            Pair(asked, heading, _window(text, len(positive.text), rng)) for text in rivals
        )
    if draw < _RETRIEVED + _BEREFT:
        rest = _without_answer(whole)
        if len(rest) > 100 and answer.lower() not in rest.lower():
            return positive, Pair(asked, heading, _window(rest, max(len(positive.text), 200), rng))
    return (positive,)


def _crop(pair: Pair, rng: random.Random) -> Pair:
    """The pair, or the pair with its text cut to whole sentences around the answer, around any place if none."""
    if rng.random() >= _CROPPED:
        return pair
    budget = rng.randint(*_CROP_CHARACTERS)
    if pair.start is None or pair.end is None:
        return Pair(pair.question, pair.heading, _window(pair.text, budget, rng))
    begin, end = _around(sentence_ranges(pair.text), pair.start, pair.end, budget, rng)
    return Pair(
        pair.question, pair.heading, pair.text[begin:end], pair.start - begin, pair.end - begin
    )


def _window(text: str, budget: int, rng: random.Random) -> str:
    """Some neighbouring sentences of `text`, about `budget` characters, at least one sentence."""
    if len(text) <= budget * 1.1:
        return text
    sentences = sentence_ranges(text)
    start, end = rng.choice(sentences)
    begin, end = _around(sentences, start, end, budget, rng)
    return text[begin:end]


def _around(
    sentences: Sequence[tuple[int, int]], start: int, end: int, budget: int, rng: random.Random
) -> tuple[int, int]:
    """Grow the sentences that touch [start, end) by neighbours at random sides while they fit `budget`."""
    touched = [at for at, (a, b) in enumerate(sentences) if a < end and start < b]
    if not touched:
        return min(start, sentences[0][0]), max(end, sentences[-1][1])
    first, last = touched[0], touched[-1]
    while True:
        sides = [(first - 1, last)] * (first > 0) + [(first, last + 1)] * (
            last + 1 < len(sentences)
        )
        fits = [(a, b) for a, b in sides if sentences[b][1] - sentences[a][0] <= budget]
        if not fits:
            return min(start, sentences[first][0]), max(end, sentences[last][1])
        first, last = rng.choice(fits)


def _without_answer(pair: Pair) -> str:
    """The text less the sentences that the answer touches."""
    assert pair.start is not None and pair.end is not None
    touched = [(a, b) for a, b in sentence_ranges(pair.text) if a < pair.end and pair.start < b]
    if not touched:
        return ""
    return (
        pair.text[: touched[0][0]].rstrip() + " " + pair.text[touched[-1][1] :].lstrip()
    ).strip()
