"""Suggest questions that the corpus answers: keep those that are answered, choose which to show.

A candidate is kept if the system answers it, surely enough, from the very place that it was drawn
from. A system answers from a generation that is committed, so the chat does this after an ingest
has returned, and the suggestions lie beside the generation's other derived files.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice, zip_longest

from inquote.app.answering.answer import Answer
from inquote.app.answering.candidates import Candidate, candidates_of
from inquote.app.answering.spans import normalize_words
from inquote.app.language.suggesting import ABBREVIATION_QUESTION
from inquote.index.progress import Progress, silent
from inquote.index.stores.base import Snapshot

ATTACHMENT = "questions.json"  # of a generation
SURE = 0.7  # confidence; that the answer comes from the right place speaks for it as well
MOST_TRIED = 48  # candidates of a corpus, however large; at most so many answers are computed
FEW = 4  # candidates of one document among many


@dataclass(frozen=True)
class Suggestion:
    """A question known to be answered, the place of its first citation, and the confidence."""

    question: str
    document_id: str
    start: int
    end: int
    confidence: float


def draw_candidates(snapshot: Snapshot) -> list[Candidate]:
    """Draw at most `MOST_TRIED` candidates from the documents of a library.

    The first candidate of each document comes first, then the second of each, and so on. Of more
    documents than `MOST_TRIED`, no more than so many are read, evenly spread.
    """
    ids = [info.id for info in snapshot.document_infos()]
    step = -(-len(ids) // MOST_TRIED) or 1
    most_of_one = max(FEW, MOST_TRIED // max(1, len(ids)))
    of_documents = []
    for id in ids[::step]:
        candidates = candidates_of(snapshot.document(id))
        of_documents.append(list(islice(candidates, most_of_one)))
    in_turns = chain.from_iterable(zip_longest(*of_documents))
    return list(islice(filter(None, in_turns), MOST_TRIED))


def keep_answered(
    candidates: Sequence[Candidate], ask: Callable[[str], Answer], progress: Progress = silent
) -> list[Suggestion]:
    """Return the candidates that `ask` answers surely and from their place, in their order."""
    suggestions = []
    for done, candidate in enumerate(candidates, 1):
        answer = ask(candidate.question)
        if is_answered(answer, candidate):
            place = answer.citations[0]
            suggestions.append(
                Suggestion(
                    question=candidate.question,
                    document_id=place.document_id,
                    start=place.start,
                    end=place.end,
                    confidence=answer.confidence,
                )
            )
        progress("suggesting", done, len(candidates))
    return suggestions


def is_answered(answer: Answer, candidate: Candidate) -> bool:
    """Tell whether an answer is sure and cites the place that its question was drawn from."""
    is_sure = answer.text is not None and answer.confidence >= SURE
    return is_sure and _cites(answer, candidate)


def _cites(answer: Answer, question: Candidate | Suggestion) -> bool:
    """Tell whether an answer cites words of a question's place."""
    return any(
        citation.document_id == question.document_id
        and citation.start < question.end
        and question.start < citation.end
        for citation in answer.citations
    )


def opening_questions(suggestions: Sequence[Suggestion], count: int) -> list[str]:
    """Return the questions to begin a conversation with, of as many documents as possible.

    Of each document its first comes first; `suggestions` are in the order in which they were drawn.
    What an abbreviation stands for comes behind all else: nobody begins with that.
    """
    firsts: list[str] = []
    rest: list[str] = []
    seen: set[str] = set()
    for suggestion in sorted(suggestions, key=_is_of_abbreviation):
        of_document = rest if suggestion.document_id in seen else firsts
        of_document.append(suggestion.question)
        seen.add(suggestion.document_id)
    return (firsts + rest)[:count]


def _is_of_abbreviation(suggestion: Suggestion) -> bool:
    before, after = ABBREVIATION_QUESTION.split("{short}")
    return suggestion.question.startswith(before) and suggestion.question.endswith(after)


def follow_up_questions(
    suggestions: Sequence[Suggestion], answer: Answer, earlier: Iterable[str], count: int
) -> list[str]:
    """Return the questions to ask after an answer, the nearest places of its documents first.

    Left out are the `earlier` questions of the conversation and those that words of `answer`
    answer too.
    """
    places = _places_of(answer)
    asked_before = {normalize_words(question) for question in earlier}

    def distance(suggestion: Suggestion) -> tuple[bool, int]:
        distances = [
            abs(suggestion.start - start)
            for document_id, start in places
            if document_id == suggestion.document_id
        ]
        return (not distances, min(distances, default=0))

    def is_new(suggestion: Suggestion) -> bool:
        is_repeated = normalize_words(suggestion.question) in asked_before
        return not is_repeated and not _cites(answer, suggestion)

    nearest = sorted(filter(is_new, suggestions), key=distance)
    return [suggestion.question for suggestion in nearest[:count]]


def _places_of(answer: Answer) -> list[tuple[str, int]]:
    """Return where the citations of an answer start; of a refusal, where the first hit does."""
    places = [(citation.document_id, citation.start) for citation in answer.citations]
    if places:
        return places
    return [(hit.passage.document_id, hit.passage.start) for hit in answer.hits[:1]]


def dump_suggestions(reader: str, suggestions: Sequence[Suggestion]) -> str:
    """Return suggestions as text, with the name of the reader that answered them."""
    questions = [asdict(suggestion) for suggestion in suggestions]
    return json.dumps({"reader": reader, "questions": questions}, indent=1)


def load_suggestions(text: str | None, reader: str) -> list[Suggestion] | None:
    """Return the suggestions of a text by `dump_suggestions`; None for another reader's."""
    try:
        content = json.loads(text or "")
        if content["reader"] != reader:
            return None
        return [Suggestion(**fields) for fields in content["questions"]]
    except (ValueError, TypeError, KeyError):
        return None
