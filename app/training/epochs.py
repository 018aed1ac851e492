"""Turn articles into the examples that an epoch of training sees, batch by batch.

Other processes can make the examples while the model trains on those of the epoch before.
"""

import itertools
import multiprocessing
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from inquote.app.training.examples import Example, ExampleMaker, plan_batches
from inquote.app.training.pairs import Pair, has_parts, training_groups
from inquote.app.training.settings import Settings
from inquote.app.training.squad import Article
from inquote.app.training.tables import Table

HELD_OUT = 600  # questions that each checkpoint is validated on

Groups = list[list[Example]]
Material = Article | Table


def epoch_examples(
    articles: Sequence[Material],
    maker: ExampleMaker,
    settings: Settings,
    epoch: int,
    map_articles: Callable[..., Any] = map,
) -> Iterator[Groups]:
    """Return the examples of an epoch, article by article, group by group.

    Every article comes once, those with unanswerable questions written by people, with answers of
    several spans, and tables several times.
    `map_articles` is `map` or works like it.
    """
    seed = settings.seed + 1000 * epoch
    repeated = [article for article in articles if _is_rare(article)]
    passes = [articles, *[repeated] * (settings.repeat_unanswerable - 1)]
    # Each pass has a seed of its own, so that its passages are cut in other places.
    seen: list[Material] = []
    seeds: list[int] = []
    for number, members in enumerate(passes):
        seen.extend(members)
        seeds.extend([seed + number] * len(members))
    return iter(map_articles(make_examples, seen, seeds, itertools.repeat(maker)))


def make_examples(article: Material, seed: int, maker: ExampleMaker) -> Groups:
    """Return the groups of an article's questions as examples."""
    if isinstance(article, Table):
        pairs = article.groups(seed, maker.count_tokens)
    else:
        pairs = training_groups([article], seed)
    groups = []
    for group in filter(None, pairs):
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


def _is_rare(article: Material) -> bool:
    """Tell whether an article has questions of a kind that there are few of."""
    if isinstance(article, Table):
        return True
    questions = itertools.chain.from_iterable(p.questions for p in article.paragraphs)
    return any(question.several or not question.answers for question in questions)


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


def draw_articles(articles: Sequence[Material], settings: Settings) -> list[Material]:
    """Draw articles without rare kinds of questions by the seed, and add all those with some.

    As many are drawn as `settings.answerable_articles` says, all if that is 0.
    """
    plain: list[Material] = []
    rare: list[Material] = []
    for article in articles:
        (rare if _is_rare(article) else plain).append(article)
    if 0 < settings.answerable_articles < len(plain):
        plain = random.Random(settings.seed).sample(plain, settings.answerable_articles)
    return [*plain, *rare]


def draw_questions(articles: Sequence[Article], share: float, seed: int) -> list[Article]:
    """Draw a share of the questions, those with answers of several parts ten times as often."""
    if share >= 1:
        return list(articles)
    drawn = []
    for article in articles:
        rng = random.Random(f"{seed} {article.title}")
        paragraphs = []
        for paragraph in article.paragraphs:
            questions = []
            for question in paragraph.questions:
                weight = 10 if has_parts(question, paragraph.text) else 1
                if rng.random() < share * weight:
                    questions.append(question)
            paragraphs.append(replace(paragraph, questions=tuple(questions)))
        drawn.append(replace(article, paragraphs=tuple(paragraphs)))
    return drawn


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
