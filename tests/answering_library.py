"""Ask a library in memory that holds some texts, with the fake models."""

from fakes import PLAIN_CALIBRATION, FakeReader
from inquote.app.answering.answer import Answer
from inquote.app.answering.answerer import Answerer
from inquote.app.reader.base import Reader
from inquote.app.system import System
from inquote.index.retrieval.search import Search
from inquote.index.stores.memory import MemoryStore
from store_writing import EMBEDDER, RECIPE, cut


def ask(question: str, reader: Reader | None = None, **texts: str) -> Answer:
    """Answer a question from documents, `texts` by their ids."""
    return make_system(reader, **texts).answer(question)


def make_system(reader: Reader | None = None, **texts: str) -> System:
    """Make a system over documents, `texts` by their ids, that keeps what is asked."""
    store = MemoryStore()
    made = [cut(id, text) for id, text in texts.items()]
    with store.begin() as draft:
        for document in made:
            embedded = [passage.embedded_text for passage in document.chunks.passages]
            draft.put_embeddings(document.keys, EMBEDDER.embed_passages(embedded))
        draft.put_documents(made)
        draft.commit(RECIPE)
    answerer = Answerer(reader or FakeReader(), PLAIN_CALIBRATION)
    return System(store, Search(EMBEDDER), answerer, store.journal)
