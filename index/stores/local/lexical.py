"""BM25 over tantivy (Robertson and Zaragoza 2009; k1 = 1.2, b = 0.75) on English stems.

An index is always made whole, by one thread, in the order given: tantivy keeps counting deleted documents in its
statistics, so an index that was patched and one that was rebuilt would answer differently.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inquote.index.terms import analyzer, content_terms, idf
from inquote.ingest.errors import LibraryDamaged

_HEAP_BYTES = 64_000_000
_MOST_TERMS = 256  # of a query
_SHORTEST_MISSPELT = 4  # letters of a term that may be misspelt
_K1 = 1.2


def _schema() -> Any:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_integer_field("row", stored=True)
    builder.add_text_field("text", stored=False, tokenizer_name="inquote")
    return builder.build()


class LexicalIndex:
    """Passages by the words they share with a question."""

    def __init__(self, index: Any) -> None:
        index.register_tokenizer("inquote", analyzer())
        index.reload()
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def build(cls, rows: Iterable[tuple[int, str]], folder: Path | None = None) -> "LexicalIndex":
        """From (row, text) pairs; kept in memory, or in `folder`, which must exist and be empty."""
        from tantivy import Document, Index

        index = Index(_schema(), path=str(folder) if folder else None)
        index.register_tokenizer("inquote", analyzer())
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for row, text in rows:
            writer.add_document(Document(row=row, text=text))
        writer.commit()
        writer.wait_merging_threads()
        return cls(index)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open an index whose files' hashes have been checked; raises `LibraryDamaged` where it cannot be read."""
        from tantivy import Index

        try:
            return cls(Index.open(str(folder)))
        except (ValueError, OSError) as error:
            raise LibraryDamaged(
                "The lexical index cannot be read; run inquote ingest again."
            ) from error

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def has(self, word: str) -> bool:
        """Whether a form of the word stands in any passage."""
        return any(self._searcher.doc_freq("text", term) for term in analyzer().analyze(word))

    def search(self, question: str, k: int) -> list[tuple[int, float]]:
        """The best k (row, score), best first.

        The score, in (0, 1), is BM25 over its bound for the question, which is the sum of idf (k1 + 1) over all its
        terms, those included that stand nowhere. There is no query language: every word is a word. A term that stands
        nowhere counts as misspelt where terms one edit away do stand somewhere: each passage with one of these scores
        as for one occurrence of a term that stands in as many passages.
        """
        from tantivy import Occur, Query

        terms = content_terms(question)[:_MOST_TERMS]
        if not terms or k < 1 or not len(self):
            return []
        clauses = [self._clause(term) for term in terms]
        query = Query.boolean_query([(Occur.Should, clause) for clause, _ in clauses])
        found = self._searcher.search(query, limit=k, count=False).hits
        bound = sum(weight * (_K1 + 1) for _, weight in clauses)
        return [
            (int(self._searcher.doc(address)["row"][0]), float(score) / bound)
            for score, address in found
        ]

    def _clause(self, term: str) -> tuple[Any, float]:
        """The query for a term, and its idf."""
        from tantivy import Query

        schema, total = self._index.schema, len(self)
        exact = Query.term_query(schema, "text", term)
        containing = int(self._searcher.doc_freq("text", term))
        if containing or len(term) < _SHORTEST_MISSPELT or term.isdigit():
            return exact, idf(containing, total)
        near = Query.fuzzy_term_query(schema, "text", term, distance=1, transposition_cost_one=True)
        containing = int(self._searcher.search(near, limit=1, count=True).count or 0)
        weight = idf(containing, total)
        return (Query.const_score_query(near, weight), weight) if containing else (exact, weight)
