"""Turn articles into the examples that an epoch of training sees, batch by batch.

Other processes can make the examples while the model trains on those of the epoch before.
"""

import itertools
import multiprocessing
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

from inquote.app.training.examples import Example, ExampleMaker, plan_batches
from inquote.app.training.pairs import Pair, training_groups
from inquote.app.training.settings import Settings
from inquote.app.training.squad import Article

HELD_OUT = 600  # questions that each checkpoint is validated on

Groups = list[list[Example]]


def epoch_examples(
    articles: Sequence[Article],
    maker: ExampleMaker,
    settings: Settings,
    epoch: int,
    map_articles: Callable[..., Any] = map,
) -> Iterator[Groups]:
    """Return the examples of an epoch, article by article, group by group.

    Every article comes once, those with unanswerable questions written by people several times.
    `map_articles` is `map` or works like it.
    """
    seed = settings.seed + 1000 * epoch
    repeated = [article for article in articles if _has_unanswerable(article)]
    passes = [articles, *[repeated] * (settings.repeat_unanswerable - 1)]
    # Each pass has a seed of its own, so that its passages are cut in other places.
    seen: list[Article] = []
    seeds: list[int] = []
    for number, members in enumerate(passes):
        seen.extend(members)
        seeds.extend([seed + number] * len(members))
    return iter(map_articles(make_examples, seen, seeds, itertools.repeat(maker)))


def make_examples(article: Article, seed: int, maker: ExampleMaker) -> Groups:
    """Return the groups of an article's questions as examples."""
    groups = []
    for group in training_groups([article], seed):
        groups.append([maker.example(pair) for pair in group])
    return groups


def make_batches(examples: Iterable[Groups], settings: Settings, epoch: int) -> list[Groups]:
    """Return the groups of an epoch batch by batch."""
    groups = list(itertools.chain.from_iterable(examples))
    lengths = []
    for group in groups:
        lengths.append([len(example.window.ids) for example in group])
    batches = []
    for batch in plan_batches(lengths, settings.batch, settings.seed + epoch):
        batches.append([groups[number] for number in batch])
    return batches


def _has_unanswerable(article: Article) -> bool:
    questions = itertools.chain.from_iterable(p.questions for p in article.paragraphs)
    return any(not question.answers for question in questions)


@contextmanager
def worker_processes(count: int) -> Iterator[Callable[..., Any]]:
    """Yield a `map` that `count` processes share, the plain `map` if `count` is 0."""
    if not count:
        yield map
        return
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as pool:
        try:
            yield partial(pool.map, chunksize=4)
        finally:
            pool.shutdown(cancel_futures=True)


def draw_articles(articles: Sequence[Article], settings: Settings) -> list[Article]:
    """Draw articles without unanswerable questions by the seed, and add all those with some.

    As many are drawn as `settings.answerable_articles` says, all if that is 0.
    """
    answerable: list[Article] = []
    unanswerable: list[Article] = []
    for article in articles:
        (unanswerable if _has_unanswerable(article) else answerable).append(article)
    if 0 < settings.answerable_articles < len(answerable):
        answerable = random.Random(settings.seed).sample(answerable, settings.answerable_articles)
    return [*answerable, *unanswerable]


def validation_examples(
    articles: Sequence[Article], maker: ExampleMaker, seed: int
) -> list[Example]:
    """Return at most `HELD_OUT` questions of the articles with their whole paragraphs."""
    pairs = []
    for article in articles:
        for paragraph in article.paragraphs:
            for question in paragraph.questions:
                place = question.first_range or (None, None)
                pairs.append(Pair(question.text, article.heading, paragraph.text, *place))
    chosen = random.Random(seed).sample(pairs, min(HELD_OUT, len(pairs)))
    return [maker.example(pair) for pair in chosen]
