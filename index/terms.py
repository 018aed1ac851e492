"""A text to the stems that lexical search compares, and what each of them weighs."""

import math
from functools import cache
from typing import Any

from inquote.ingest.english import FUNCTION_WORDS


@cache
def analyzer(*, stem: bool = True) -> Any:
    """Return tantivy's analyzer: words of at most 60 characters in lower case, accents folded, stemmed on demand."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    steps = [Filter.remove_long(60), Filter.lowercase(), Filter.ascii_fold()]
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for step in [*steps, Filter.stemmer("english")] if stem else steps:
        builder = builder.filter(step)
    return builder.build()


def content_terms(text: str) -> list[str]:
    """The different stems of a text's words in order; function words are dropped unless it has no others.

    >>> content_terms("What are the side effects?")
    ['side', 'effect']
    """
    words = analyzer(stem=False).analyze(text)
    content = [word for word in words if word not in FUNCTION_WORDS] or words
    return list(dict.fromkeys(analyzer().analyze(" ".join(content))))


def idf(containing: int, total: int) -> float:
    """BM25's weight of a term that stands in `containing` of `total` texts.

    >>> round(idf(1, 10), 3)
    1.992
    """
    return math.log(1 + (total - containing + 0.5) / (containing + 0.5))
