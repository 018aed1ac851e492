"""The sentence reader: whole sentences as answers, scored by meaning and by words; it needs no weights of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inquote.app.reader.base import Reading, Span
from inquote.index.models.embedder import Embedder
from inquote.index.terms import content_terms, idf
from inquote.ingest.documents import Passage
from inquote.ingest.text import sentence_ranges

# The logistic regression of "this sentence holds the answer" on the features of `_features`; 0 is even odds, so the
# score of "none" is 0. Fitted on SQuAD 1.1 train as eval/LOG.md tells.
WEIGHTS = np.array([6.73, 6.44, -1.06, 0.42, 2.55])
BIAS = -9.31

_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|hundred|thousand|million|billion|once|twice"
_KINDS = (  # how a question opens, and what a sentence that answers it shows
    (
        r"how (?:many|much|old|long|often|far|large|big)|when|"
        r"(?:what|which) (?:percent|percentage|number|rate|year|date|share)",
        rf"\d|\b(?:{_NUMBERS}|percent|daily|weekly|monthly|century)\b",
    ),
    (
        r"who|whose|whom|(?:what|which) (?:company|firm|person|agency|organi[sz]ation)",
        r"(?<=\w )[A-Z][\w’'-]+",
    ),
    (
        r"where|(?:what|which) (?:country|city|place|state)",
        r"\b(?:in|at|on|near|from|into|to) (?:the )?[A-Z]",
    ),
    (
        r"why|what (?:reason|cause|drives|drove)",
        r"\b(?:because|due|since|so|driven|driving|critical|factors?|reasons?|caused?)\b",
    ),
)
_QUESTION_KINDS = [
    (re.compile(rf"\b(?:{opens})\b", re.IGNORECASE), re.compile(shows)) for opens, shows in _KINDS
]


@dataclass(frozen=True)
class _Sentence:
    passage: int
    start: int
    end: int
    text: str


class SentenceReader:
    """Scores every sentence of the passages by logistic regression on five features (`_features`)."""

    name = "sentence"

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One `Reading` a passage: its sentences as spans and as evidence; `none_score` is 0."""
        sentences = [
            _Sentence(at, start, end, passage.text[start:end])
            for at, passage in enumerate(passages)
            for start, end in sentence_ranges(passage.text)
        ]
        scores = self._scores(question, passages, sentences)
        return [_reading(at, sentences, scores) for at in range(len(passages))]

    def note(self, question: str) -> str | None:
        """Nothing to say: every question is read whole."""
        return None

    def _scores(
        self, question: str, passages: Sequence[Passage], sentences: list[_Sentence]
    ) -> np.ndarray:
        if not sentences:
            return np.zeros(0)
        vectors = self.embedder.embed_passages([sentence.text for sentence in sentences])
        cosines = vectors @ self.embedder.embed_query(question)
        return _features(question, passages, sentences, cosines) @ WEIGHTS + BIAS


def _reading(at: int, sentences: list[_Sentence], scores: np.ndarray) -> Reading:
    spans = [
        Span(s.start, s.end, float(score))
        for s, score in zip(sentences, scores, strict=True)
        if s.passage == at
    ]
    return Reading(
        spans=tuple(sorted(spans, key=lambda span: (-span.score, span.start))),
        evidence=tuple(spans),
        none_score=0.0,
    )


def _features(
    question: str, passages: Sequence[Passage], sentences: list[_Sentence], cosines: np.ndarray
) -> np.ndarray:
    """(n, 5), a row a sentence, each in [-1, 1] or [0, 1].

    Cosine with the question; share of the question's terms, weighted by idf among the sentences, that the sentence
    holds; the same for its passage with heading; whether it shows the kind of thing asked for (0 where no kind was);
    the passage's best cosine.
    """
    asked = content_terms(question)
    held = [set(content_terms(sentence.text)) for sentence in sentences]
    around = [set(content_terms(passage.embedded_text)) for passage in passages]
    weights = {term: idf(sum(term in terms for terms in held), len(held)) for term in asked}
    total = sum(weights.values()) or 1.0
    best = np.full(len(passages), -1.0)
    np.maximum.at(best, [sentence.passage for sentence in sentences], cosines)
    shown = next((shows for opens, shows in _QUESTION_KINDS if opens.search(question)), None)
    return np.array(
        [
            (
                cosine,
                sum(weights[term] for term in asked if term in terms) / total,
                sum(weights[term] for term in asked if term in around[sentence.passage]) / total,
                0.0 if shown is None else 1.0 if shown.search(sentence.text) else -1.0,
                best[sentence.passage],
            )
            for sentence, terms, cosine in zip(sentences, held, cosines, strict=True)
        ]
    )
