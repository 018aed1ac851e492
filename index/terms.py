"""Turn a text into the stems that lexical search compares, and weigh them."""

import math
from functools import cache
from typing import Any

from inquote.ingest.english import FUNCTION_WORDS


@cache
def analyzer(*, stem: bool = True) -> Any:
    """Return tantivy's analyzer of words in lower case, accents folded, by default stemmed.

    Words of more than 60 characters are dropped.
    """
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    steps = [Filter.remove_long(60), Filter.lowercase(), Filter.ascii_fold()]
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for step in [*steps, Filter.stemmer("english")] if stem else steps:
        builder = builder.filter(step)
    return builder.build()


def content_terms(text: str) -> list[str]:
    """Return the different stems of a text's words in order, without function words.

    A text of nothing but function words keeps them.

    >>> content_terms("What are the side effects?")
    ['side', 'effect']
    """
    words = analyzer(stem=False).analyze(text)
    content = [word for word in words if word not in FUNCTION_WORDS] or words
    return list(dict.fromkeys(analyzer().analyze(" ".join(content))))


def idf(containing: int, total: int) -> float:
    """Return BM25's weight of a term that stands in `containing` of `total` texts.

    >>> round(idf(1, 10), 3)
    1.992
    """
    return math.log(1 + (total - containing + 0.5) / (containing + 0.5))
