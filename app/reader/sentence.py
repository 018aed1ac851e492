"""Read passages sentence by sentence, by meaning and by words; no trained weights are needed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inquote.app.language.english import ANSWER_SIGNS
from inquote.app.reader.base import Reading, Span
from inquote.index.models.embedder import Embedder
from inquote.index.terms import content_terms, idf
from inquote.ingest.documents import Passage
from inquote.ingest.text import sentence_ranges

# A logistic regression of "this sentence holds the answer" on the features of `_features`. At 0 the
# odds are even, so that 0 is the score of "none". Fitted on SQuAD 1.1 train: see eval/LOG.md.
WEIGHTS = np.array([6.73, 6.44, -1.06, 0.42, 2.55])
BIAS = -9.31


@dataclass(frozen=True)
class _Sentence:
    """A sentence, and the range it has in the passage at this place of the list."""

    passage: int
    start: int
    end: int
    text: str


class SentenceReader:
    """Scores every sentence of the passages by logistic regression on five features."""

    name = "sentence"

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return a reading of each passage: its sentences as spans and as evidence."""
        sentences = _split(passages)
        scores = self._scores(question, passages, sentences)
        spans: list[list[Span]] = [[] for _ in passages]
        for sentence, score in zip(sentences, scores, strict=True):
            spans[sentence.passage].append(Span(sentence.start, sentence.end, float(score)))
        return [_reading(of_passage) for of_passage in spans]

    def note(self, question: str) -> str | None:
        """Return nothing: every question is read to its end."""
        return None

    def _scores(
        self, question: str, passages: Sequence[Passage], sentences: list[_Sentence]
    ) -> np.ndarray:
        """Return the score of each sentence, (n,)."""
        if not sentences:
            return np.zeros(0)
        vectors = self.embedder.embed_passages([sentence.text for sentence in sentences])
        cosines = vectors @ self.embedder.embed_query(question)
        features = _features(question, passages, sentences, cosines)
        scores: np.ndarray = features @ WEIGHTS + BIAS
        return scores


def _split(passages: Sequence[Passage]) -> list[_Sentence]:
    """Return the sentences of all passages, in order."""
    sentences = []
    for at, passage in enumerate(passages):
        for start, end in sentence_ranges(passage.text):
            sentences.append(_Sentence(at, start, end, passage.text[start:end]))
    return sentences


def _reading(spans: Sequence[Span]) -> Reading:
    """Return the reading of a passage whose sentences are `spans`, in text order."""
    best_first = sorted(spans, key=lambda span: (-span.score, span.start))
    return Reading(spans=tuple(best_first), evidence=tuple(spans), none_score=0.0)


def _features(
    question: str, passages: Sequence[Passage], sentences: list[_Sentence], cosines: np.ndarray
) -> np.ndarray:
    """Return the features of the sentences, (n, 5), each in [-1, 1] or [0, 1].

    1. The cosine of sentence and question.
    2. The share of the question's terms in the sentence, weighted by idf among the sentences.
    3. The same share in the passage and its heading.
    4. Whether the sentence shows the kind of thing that the question asks for: 1, -1, or 0 where
       the question asks for no kind.
    5. The best cosine in the passage.
    """
    # Collect the terms of the question, the sentences and the passages.
    terms = content_terms(question)
    in_sentences = [set(content_terms(sentence.text)) for sentence in sentences]
    in_passages = [set(content_terms(passage.embedded_text)) for passage in passages]
    # Weigh the terms of the question by how few of the sentences hold them.
    weights = {}
    for term in terms:
        containing = sum(term in in_sentence for in_sentence in in_sentences)
        weights[term] = idf(containing, len(sentences))
    total = sum(weights.values()) or 1.0
    # Find the best cosine in each passage.
    best_cosines = np.full(len(passages), -1.0)
    np.maximum.at(best_cosines, [sentence.passage for sentence in sentences], cosines)
    # Fill a row for each sentence.
    features = np.empty((len(sentences), len(WEIGHTS)))
    sign = _sign_of_answer(question)
    for at, sentence in enumerate(sentences):
        features[at] = (
            cosines[at],
            _weight_of(terms, in_sentences[at], weights) / total,
            _weight_of(terms, in_passages[sentence.passage], weights) / total,
            _shows(sign, sentence.text),
            best_cosines[sentence.passage],
        )
    return features


def _weight_of(terms: Sequence[str], text: set[str], weights: dict[str, float]) -> float:
    """Return the summed weights of the terms that a text, a set of terms, holds."""
    return sum(weights[term] for term in terms if term in text)


def _sign_of_answer(question: str) -> re.Pattern[str] | None:
    """Return the pattern of the kind of thing that a question asks for, None for no kind."""
    for opening, sign in ANSWER_SIGNS:
        if opening.search(question):
            return sign
    return None


def _shows(sign: re.Pattern[str] | None, sentence: str) -> float:
    """Return 1 if a sentence shows a sign, -1 if it does not, 0 if there is none to show."""
    if sign is None:
        return 0.0
    return 1.0 if sign.search(sentence) else -1.0
