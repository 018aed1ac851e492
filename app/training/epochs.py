"""Articles to what an epoch of training sees: examples, made by other processes if wanted, batch by batch."""

import itertools
import multiprocessing
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

from inquote.app.training.data import Article, Pair, training_groups
from inquote.app.training.examples import Example, ExampleMaker, batches
from inquote.app.training.settings import Settings

HELD_OUT = 600  # questions looked at with every checkpoint

Groups = list[list[Example]]


def epoch_examples(
    articles: Sequence[Article],
    maker: ExampleMaker,
    settings: Settings,
    epoch: int,
    each: Callable[..., Any] = map,
) -> Iterator[Groups]:
    """The examples of an epoch, article by article, group by group.

    All articles once, those with human-written unanswerable questions several times. `each` is `map`, or works like it.
    """
    written = [a for a in articles if _has_unanswerable(a)]
    seed = settings.seed + 1000 * epoch
    passes = [articles, *[written] * (settings.repeat_unanswerable - 1)]
    seeded = [(article, seed + at) for at, some in enumerate(passes) for article in some]
    return iter(each(examples_of, *zip(*seeded, strict=True), itertools.repeat(maker)))


def in_batches(made: Iterable[Groups], settings: Settings, epoch: int) -> list[Groups]:
    """The groups of an epoch batch by batch."""
    examples = list(itertools.chain.from_iterable(made))
    lengths = [[len(example.window.ids) for example in group] for group in examples]
    return [
        [examples[group] for group in batch]
        for batch in batches(lengths, settings.batch, settings.seed + epoch)
    ]


def examples_of(article: Article, seed: int, maker: ExampleMaker) -> Groups:
    """The groups of an article's questions as examples."""
    return [[maker.example(pair) for pair in group] for group in training_groups([article], seed)]


def _has_unanswerable(article: Article) -> bool:
    return any(
        not question.answers for paragraph in article.paragraphs for question in paragraph.questions
    )


@contextmanager
def worker_processes(count: int) -> Iterator[Callable[..., Any]]:
    """A `map` that so many processes share; the plain one where there are none."""
    if not count:
        yield map
        return
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as pool:
        try:
            yield partial(pool.map, chunksize=4)
        finally:
            pool.shutdown(cancel_futures=True)


def drawn(articles: Sequence[Article], settings: Settings) -> list[Article]:
    """The articles, of those without unanswerable questions only as many as `settings` says, drawn by its seed."""
    answerable = [article for article in articles if not _has_unanswerable(article)]
    if 0 < settings.answerable_articles < len(answerable):
        answerable = random.Random(settings.seed).sample(answerable, settings.answerable_articles)
    return [*answerable, *(article for article in articles if _has_unanswerable(article))]


def validation_examples(
    articles: Sequence[Article], maker: ExampleMaker, seed: int
) -> list[Example]:
    """Some questions of the articles with their whole paragraphs."""
    pairs = [
        Pair(question.text, article.heading, paragraph.text, *(question.first_range or ()))
        for article in articles
        for paragraph in article.paragraphs
        for question in paragraph.questions
    ]
    return [
        maker.example(pair) for pair in random.Random(seed).sample(pairs, min(HELD_OUT, len(pairs)))
    ]
