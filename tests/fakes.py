"""A tiny embedder and a tiny reader, so that tests need no models."""

import hashlib
from collections.abc import Sequence

import numpy as np

from inquote.app.answering.confidence import Calibration
from inquote.app.reader.base import Reading, Span
from inquote.ingest.documents import Passage
from inquote.ingest.text import sentence_ranges


class FakeEmbedder:
    """A bag of hashed words: texts that share words are near. A token is a word. Counts what it
    embeds."""

    name = "fake"
    fingerprint = "f" * 64
    dimension = 64
    window = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 2

    def is_word(self, text: str) -> bool:
        return True

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += texts
        return np.array([self.embed_query(text) for text in texts], np.float32).reshape(
            len(texts), self.dimension
        )

    def embed_query(self, text: str) -> np.ndarray:
        vector = np.full(self.dimension, 0.01, np.float32)
        for word in text.lower().split():
            vector[hashlib.sha256(word.strip("?.,:").encode()).digest()[0] % self.dimension] += 1
        return (vector / np.linalg.norm(vector)).astype(np.float32)


class FakeReader:
    """Scores a sentence by how many words it shares with the question; none scores 0.5 of the
    question's words."""

    name = "fake"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        asked = {word.strip("?.,:").lower() for word in question.split()}
        return [self._reading(asked, passage.text) for passage in passages]

    def note(self, question: str) -> str | None:
        return None

    def _reading(self, asked: set[str], text: str) -> Reading:
        spans = [
            Span(
                start,
                end,
                float(len(asked & {w.strip("?.,:").lower() for w in text[start:end].split()})),
            )
            for start, end in sentence_ranges(text)
        ]
        return Reading(tuple(sorted(spans, key=lambda s: -s.score)), tuple(spans), len(asked) / 2)


PLAIN_CALIBRATION = Calibration(
    weights={"score": 2.0}, bias=0.0, threshold=0.5, retrieval_weight=0.0
)
