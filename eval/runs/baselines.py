"""Put simpler systems in the place of the full one, to show what each of its parts is worth."""

from collections.abc import Sequence
from pathlib import Path

from inquote.app.answering.answerer import Answerer
from inquote.app.answering.confidence import Calibration
from inquote.app.build import make_answerer
from inquote.app.reader.base import Reading, Span
from inquote.app.system import System
from inquote.index.models.embedder import Embedder
from inquote.index.retrieval.search import Search
from inquote.index.stores.registry import open_store
from inquote.ingest.documents import Passage
from inquote.ingest.text import sentence_ranges

# Answers everything, with a confidence of 0.5.
ALWAYS = Calibration(weights={}, bias=0.0, threshold=0.0, retrieval_weight=0.0)


class FirstSentenceReader:
    """A reader that does not read: its answer is the first sentence of the first passage."""

    name = "first sentence"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return a `Reading` a passage, the better the earlier the passage comes."""
        readings = []
        for rank, passage in enumerate(passages, 1):
            start, end = sentence_ranges(passage.text)[0]
            readings.append(Reading((Span(start, end, 1.0 / rank),), (), 0.0))
        return readings

    def note(self, question: str) -> str | None:
        """Return None: there is nothing to note."""
        return None


def baselines(location: str | Path, embedder: Embedder, reader: str | None) -> dict[str, System]:
    """Open the systems over a library, the weakest first; the caller closes them."""
    first = Answerer(FirstSentenceReader(), ALWAYS)
    full = make_answerer(reader, embedder)
    sentence = make_answerer("sentence", embedder)
    systems = {
        "BM25 + first sentence": (Search(embedder, dense_weight=0.0), first),
        "fusion without reader": (Search(embedder), first),
        "lexical only": (Search(embedder, dense_weight=0.0), full),
        "dense only": (Search(embedder, dense_weight=1.0), full),
    }
    if full.reader.name != sentence.reader.name:
        systems["sentence reader"] = (Search(embedder), sentence)
    return {name: System(open_store(location), *parts) for name, parts in systems.items()}
