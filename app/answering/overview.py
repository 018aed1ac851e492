"""Say what a text, a section or a library is about, with the sentences that stand for it.

A sentence stands for a text if many others mean about the same (LexRank: Erkan and Radev 2004,
with cosines of embeddings in place of tf-idf), if it means what the title says, and if it stands
near the start. What repeats a sentence that was chosen is passed over (maximal marginal relevance:
Carbonell and Goldstein 1998).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from inquote.app.answering.requests import OverviewRequest
from inquote.app.answering.scope import documents_called
from inquote.app.answering.shelf import Shelf
from inquote.app.answering.spans import AnswerSpan, HitReading, normalize_words
from inquote.app.language.english import DEFINITE_ARTICLE
from inquote.app.language.forms import LEANS_BACK
from inquote.app.language.mail import MAIL
from inquote.index.retrieval.search import Hit
from inquote.index.terms import content_terms
from inquote.ingest.documents import Document, Section
from inquote.ingest.text import LIST_MARKER, sentence_ranges

CONFIDENCE = 0.75  # assumed, not calibrated: no set of overviews is large enough
MOST_SENTENCES = 5
MOST_DOCUMENTS = 8  # of a library, a sentence each
PASSAGES = 16  # of a document whose sentences are compared, the nearest to its title
SENTENCES_EACH = 8  # of each document of a library that are compared, the first ones
SHORTEST, LONGEST = 6, 60  # words of a sentence

ALIKE = 0.2  # cosine from which on two sentences speak of one thing
TITLE_WEIGHT = 0.5
OPENING_BONUS = 0.15  # for a sentence of the first passage
LEANING = 0.15  # off for a sentence that leans on the one before it
NOVELTY = 0.4  # share of the likeness to chosen sentences that is taken off


@dataclass(frozen=True)
class Overview:
    """The sentences of an overview, in text order; `count` documents, of which some are shown."""

    spans: tuple[AnswerSpan, ...]
    count: int = 1


def make_overview(request: OverviewRequest, shelf: Shelf) -> Overview | None:
    """Return the overview that is asked for, None where its object is no text of the library."""
    ids = [info.id for info in shelf.infos]
    if request.section:
        return _overview_of_section(request.section, shelf)
    if request.name:
        ids = documents_called(request.name, shelf.infos)
    elif request.title:
        ids = _called(request.title, shelf)
    elif request.kind and len(ids) > 1:
        ids = _of_kind(request.kind, ids, shelf) or ids
    if not ids:
        return None
    if len(ids) > 1:
        return _overview_of_documents(ids, shelf)
    document = shelf.document(ids[0])
    hits = shelf.passages_near(document.title, PASSAGES, document.id)
    return _overview(_sentences(hits), document.title, MOST_SENTENCES, shelf)


def _called(title: str, shelf: Shelf) -> list[str]:
    """Return the documents with a title, else the only one whose name or title holds it."""
    words = normalize_words(title)
    exact = [info.id for info in shelf.infos if normalize_words(info.title) == words]
    holding = documents_called(title.removeprefix(f"{DEFINITE_ARTICLE} "), shelf.infos)
    return exact or (holding if len(holding) == 1 else [])


def _of_kind(kind: str, ids: Sequence[str], shelf: Shelf) -> list[str]:
    """Return the only text that is of a kind by its name or title, or by its format."""
    called = documents_called(kind, shelf.infos)
    if not called and MAIL.fullmatch(kind):
        called = [id for id in ids if id.lower().endswith(".eml")]
    return called if len(called) == 1 else []


def _overview_of_documents(ids: Sequence[str], shelf: Shelf) -> Overview | None:
    """Return a sentence of each document, of the first `MOST_DOCUMENTS`."""
    # Take the sentences of the first passages, and embed all at once.
    titles, groups = [], []
    for id in ids[:MOST_DOCUMENTS]:
        title = shelf.document(id).title
        hits = shelf.passages_near(title, PASSAGES, id)
        sentences = _sentences(hits)[:SENTENCES_EACH]
        if sentences:
            titles.append(title)
            groups.append(sentences)
    texts = [sentence.text for group in groups for sentence in group]
    vectors = shelf.embed([*titles, *texts])
    # Choose one sentence of each.
    spans = []
    first = len(titles)
    for title_vector, group in zip(vectors, groups, strict=False):
        own = vectors[first : first + len(group)]
        first += len(group)
        scores = _scores(group, own, title_vector) + own @ title_vector
        spans.append(group[int(scores.argmax())])
    return Overview(tuple(spans), len(ids)) if spans else None


def _overview_of_section(title: str, shelf: Shelf) -> Overview | None:
    """Return the sentences of the section that is called so."""
    place = _section_called(title, shelf)
    if place is None:
        return None
    document, section = place
    hits = shelf.passages_near(section.title, 4 * PASSAGES, document.id)
    within = []
    for sentence in _sentences(hits):
        if section.start <= sentence.document_start < section.end:
            within.append(sentence)
    return _overview(within, section.title, MOST_SENTENCES, shelf)


def _section_called(title: str, shelf: Shelf) -> tuple[Document, Section] | None:
    """Return the section whose title shares most words with a name, at least half of them."""
    terms = set(content_terms(title))
    best: tuple[float, Document, Section] | None = None
    for id in dict.fromkeys(hit.passage.document_id for hit in shelf.hits(title)):
        document = shelf.document(id)
        for section in document.sections:
            own = set(content_terms(section.title)) if section.title else set()
            shared = len(terms & own)
            if 2 * shared < len(terms) or not shared:
                continue
            share = shared / len(terms) + shared / len(own)
            if best is None or share > best[0]:
                best = share, document, section
    return best[1:] if best else None


def _sentences(hits: Iterable[Hit]) -> list[AnswerSpan]:
    """Return the whole sentences of passages in text order, each place once."""
    sentences: dict[tuple[str, int, int], AnswerSpan] = {}
    for rank, hit in enumerate(hits):
        source = HitReading.unread(hit, rank)
        text = hit.passage.text
        for start, end in sentence_ranges(text, hit.passage.body):
            marker = LIST_MARKER.match(text, start, end)
            sentence = AnswerSpan(source, marker.end() if marker else start, end)
            if _is_whole(sentence.text):
                sentences.setdefault(sentence.document_range, sentence)
    return sorted(sentences.values(), key=lambda sentence: sentence.document_range)


def _is_whole(text: str) -> bool:
    """Tell whether a text is a sentence of a usual length."""
    is_closed = text.endswith((".", "!", ".”", '."'))
    return is_closed and SHORTEST <= len(text.split()) <= LONGEST


def _overview(
    sentences: Sequence[AnswerSpan], title: str, most: int, shelf: Shelf
) -> Overview | None:
    """Return the sentences that stand for all of them, in text order; None where there are none."""
    if not sentences:
        return None
    texts = [sentence.text for sentence in sentences]
    vectors = shelf.embed([title, *texts])
    scores = _scores(sentences, vectors[1:], vectors[0])
    cosines = vectors[1:] @ vectors[1:].T
    chosen = _choose_distinct(scores, cosines, min(most, 1 + len(sentences) // 3))
    return Overview(tuple(sentences[place] for place in sorted(chosen)))


def _scores(sentences: Sequence[AnswerSpan], vectors: np.ndarray, title: np.ndarray) -> np.ndarray:
    """Return how well each sentence stands for all of them.

    `vectors` is (n, d), `title` (d,) the embedding of the title; the scores are (n,).
    """
    scores: np.ndarray = np.maximum(vectors @ vectors.T - ALIKE, 0.0).mean(axis=1)
    scores /= scores.max() or 1.0
    scores += TITLE_WEIGHT * (vectors @ title)
    opening = min(sentence.passage.start for sentence in sentences)
    for place, sentence in enumerate(sentences):
        scores[place] += OPENING_BONUS * (sentence.passage.start == opening)
        scores[place] -= LEANING * bool(LEANS_BACK.match(sentence.text))
    return scores


def _choose_distinct(scores: np.ndarray, cosines: np.ndarray, count: int) -> list[int]:
    """Return the places of the best scores, each lowered by its likeness to those before it."""
    chosen: list[int] = []
    likeness = np.zeros(len(scores))
    for _ in range(count):
        values = scores - NOVELTY * likeness
        values[chosen] = -np.inf
        place = int(values.argmax())
        chosen.append(place)
        likeness = np.maximum(likeness, cosines[place])
    return chosen
