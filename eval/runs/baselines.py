"""Simpler systems in the place of the full one, so that each of its parts shows what it is worth."""

from collections.abc import Sequence
from pathlib import Path

from inquote.app.answering.answer import Answerer
from inquote.app.answering.confidence import Calibration
from inquote.app.build import make_answerer
from inquote.app.reader.base import Reading, Span
from inquote.app.system import System
from inquote.index.models.embedder import Embedder
from inquote.index.retrieval.search import Search
from inquote.index.stores.registry import open_store
from inquote.ingest.documents import Passage
from inquote.ingest.text import sentence_ranges

ALWAYS = Calibration(
    weights={}, bias=0.0, threshold=0.0, retrieval_weight=0.0
)  # answers everything, at 0.5


class FirstSentenceReader:
    """Does not read: the first sentence of the first passage is the answer to everything."""

    name = "first sentence"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One `Reading` a passage, the better the earlier it comes."""
        firsts = [sentence_ranges(passage.text)[0] for passage in passages]
        return [
            Reading((Span(start, end, 1.0 / rank),), (), 0.0)
            for rank, (start, end) in enumerate(firsts, 1)
        ]

    def note(self, question: str) -> str | None:
        """Nothing to say."""
        return None


def baselines(path: Path, embedder: Embedder, reader: str | None) -> dict[str, System]:
    """Systems over the library at `path` by name, the weakest first; the caller closes them."""
    first, full = Answerer(FirstSentenceReader(), ALWAYS), make_answerer(reader, embedder)
    sentence = make_answerer("sentence", embedder)
    parts = {
        "BM25 + first sentence": (Search(embedder, dense_weight=0.0), first),
        "fusion without reader": (Search(embedder), first),
        "lexical only": (Search(embedder, dense_weight=0.0), full),
        "dense only": (Search(embedder, dense_weight=1.0), full),
    }
    if full.reader.name != sentence.reader.name:
        parts["sentence reader"] = (Search(embedder), sentence)
    return {
        name: System(open_store(path), search, answerer)
        for name, (search, answerer) in parts.items()
    }
