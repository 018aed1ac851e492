"""Words that mean about the same, told by the embedder: training rewords some questions, for people do not use the
text's own words.
"""

from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer

from app.reader.unanswerable import opposites
from index.embed import Embedder, packaged_model
from index.lexical import FUNCTION_WORDS, content_terms

_LEAST_COSINE = 0.62
_MOST = 4  # near words of a word
_SHORTEST = 4  # letters
_BATCH = 256


def vocabulary() -> list[str]:
    """The whole lower-case words that the packaged tokenizer knows, sorted, function words left out."""
    words = Tokenizer.from_file(str(packaged_model() / "tokenizer.json")).get_vocab()
    return sorted(w for w in words if len(w) >= _SHORTEST and w.isascii() and w.isalpha() and w not in FUNCTION_WORDS)


def near_words(words: Sequence[str], embedder: Embedder) -> dict[str, tuple[str, ...]]:
    """For each word those of the others nearest in meaning, the nearest first; other forms and opposites left out.

    A word without near ones is left out. Two words are near when each is among the other's nearest and the cosine of
    their vectors is at least `_LEAST_COSINE`; that still takes "queen" for "king" now and then.
    """
    matrix = np.concatenate([embedder.embed_passages(words[at : at + _BATCH]) for at in range(0, len(words), _BATCH)])
    stems = [content_terms(word)[0] for word in words]
    listed = [_nearest(matrix, at) for at in range(len(words))]
    against = opposites()
    found: dict[str, tuple[str, ...]] = {}
    for at, word in enumerate(words):
        near = [n for n in listed[at] if at in listed[n] and stems[n] != stems[at] and words[n] not in against[word]]
        if near:
            found[word] = tuple(words[n] for n in near[:_MOST])
    return found


def _nearest(matrix: np.ndarray, row: int) -> dict[int, None]:
    """The rows nearest to one, the nearest first: enough to leave out a word's other forms."""
    cosines = matrix @ matrix[row]
    cosines[row] = -1.0
    order = np.argsort(-cosines, kind="stable")[: 4 * _MOST]
    return dict.fromkeys(int(at) for at in order if cosines[at] >= _LEAST_COSINE)
