"""Search passages by words: BM25 over tantivy, on English stems.

BM25: Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75. An index is always made anew, by one thread,
in the order given: tantivy keeps counting deleted documents in its statistics, so an index that was
patched and one that was rebuilt would answer differently.
"""

import errno
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inquote.index.stores.places import folders_above
from inquote.index.terms import analyzer, content_terms, idf
from inquote.ingest.documents import Passage
from inquote.ingest.errors import LibraryDamaged

_HEAP_BYTES = 64_000_000
_MAX_TERMS = 256  # of a query
_SHORTEST_MISSPELT = 4  # letters of a term that may be misspelt
_K1 = 1.2
_SYSTEM_ERROR = re.compile(r"\(os error (\d{1,4})\)")


def _write_error(error: ValueError) -> OSError:
    """Return the error of the system that an error of tantivy tells of."""
    match = _SYSTEM_ERROR.search(str(error))
    number = int(match[1]) if match else errno.EIO
    return OSError(number, os.strerror(number))


@dataclass(frozen=True)
class LexicalEntry:
    """A text to index under a row number, and the document that it belongs to."""

    row: int
    text: str
    document_id: str

    @classmethod
    def of(cls, row: int, passage: Passage) -> "LexicalEntry":
        """Return the entry of a passage."""
        return cls(row, passage.embedded_text, passage.document_id)

    @property
    def places(self) -> list[str]:
        """The document and the folders above it: what a scope may name.

        >>> LexicalEntry(1, "", "a/b/c.md").places
        ['a/b/c.md', 'a/b', 'a']
        """
        return [self.document_id, *reversed(folders_above(self.document_id))]


def _schema() -> Any:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_integer_field("row", stored=True)
    builder.add_text_field("text", stored=False, tokenizer_name="inquote")
    builder.add_text_field("place", stored=False, tokenizer_name="raw", index_option="basic")
    return builder.build()


class LexicalIndex:
    """Row numbers by the words that their texts share with a question."""

    def __init__(self, index: Any) -> None:
        index.register_tokenizer("inquote", analyzer())
        index.reload()
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def build(cls, entries: Iterable[LexicalEntry], folder: Path | None = None) -> "LexicalIndex":
        """Build in memory, or in `folder`, which must exist and be empty.

        Raises `OSError` where it cannot be written.
        """
        from tantivy import Document, Index

        try:
            index = Index(_schema(), path=str(folder) if folder else None)
            index.register_tokenizer("inquote", analyzer())
            writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
            for entry in entries:
                writer.add_document(Document(row=entry.row, text=entry.text, place=entry.places))
            writer.commit()
            writer.wait_merging_threads()
            return cls(index)
        except ValueError as error:  # tantivy's only kind
            if folder is None:
                raise
            raise _write_error(error) from error

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open an index whose files' hashes were checked.

        Raises `LibraryDamaged` where it cannot be read.
        """
        try:
            return cls._open(folder)
        except (ValueError, OSError) as error:
            if os.access(folder, os.W_OK):
                raise _unreadable() from error
        # tantivy writes lock files beside its own, which it cannot do here.
        try:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as links:
                for file in folder.iterdir():
                    if file.suffix == ".lock":
                        continue
                    (Path(links) / file.name).symlink_to(file.absolute())
                return cls._open(Path(links))
        except (ValueError, OSError) as error:
            raise _unreadable() from error

    @classmethod
    def _open(cls, folder: Path) -> "LexicalIndex":
        from tantivy import Index

        return cls(Index.open(str(folder)))

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    @property
    def has_places(self) -> bool:
        """Whether its texts can be limited to places; indexes of version 0.1 cannot."""
        from tantivy import Query

        try:
            Query.term_query(self._index.schema, "place", "")
        except ValueError:
            return False
        return True

    def has(self, word: str, places: Sequence[str] | None = None) -> bool:
        """Return whether a form of the word stands in any text of `places`."""
        within = self._within(places)
        return any(self._count_of(term, within) for term in analyzer().analyze(word))

    def search(
        self, question: str, k: int, places: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best k (row, score), best first, among the texts of `places`.

        The score, in (0, 1), is BM25 over its bound for the question: the sum of idf (k1 + 1) over
        all its terms, those included that stand nowhere; idf counts the texts of `places` alone, so
        that no other text has a weight. There is no query language: every word is a word. A term
        that stands nowhere counts as misspelt where terms one edit away do stand somewhere: each
        text with one of these scores as for one occurrence of a term that stands in as many texts.
        """
        from tantivy import Occur, Query

        terms = content_terms(question)[:_MAX_TERMS]
        within = self._within(places)
        total = len(self) if within is None else self._count(within)
        if not terms or k < 1 or not total:
            return []
        clauses = [self._clause(term, total, within) for term in terms]
        query = Query.boolean_query([(Occur.Should, clause) for clause, _ in clauses])
        if within is not None:
            unscored = Query.const_score_query(within, 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, unscored)])
        hits = self._searcher.search(query, limit=k, count=False).hits
        bound = sum(weight * (_K1 + 1) for _, weight in clauses)
        return [(self._row(address), float(score) / bound) for score, address in hits]

    def _row(self, address: Any) -> int:
        return int(self._searcher.doc(address)["row"][0])

    def _within(self, places: Sequence[str] | None) -> Any:
        """Return the query for the texts of `places`; None for all texts."""
        from tantivy import Query

        if places is None:
            return None
        return Query.term_set_query(self._index.schema, "place", list(places))

    def _count(self, query: Any, within: Any = None) -> int:
        """Return how many texts, of those that `within` matches, match a query."""
        from tantivy import Occur, Query

        if within is not None:
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, within)])
        return int(self._searcher.search(query, limit=1, count=True).count or 0)

    def _count_of(self, term: str, within: Any = None) -> int:
        """Return how many texts hold a term."""
        from tantivy import Query

        everywhere = int(self._searcher.doc_freq("text", term))
        if within is None or not everywhere:
            return everywhere
        return self._count(Query.term_query(self._index.schema, "text", term), within)

    def _clause(self, term: str, total: int, within: Any) -> tuple[Any, float]:
        """Return the query for a term, and its idf among `total` texts that `within` matches."""
        from tantivy import Query

        schema = self._index.schema
        exact = Query.term_query(schema, "text", term)
        containing = self._count_of(term, within)
        if containing and within is not None:
            # tantivy weighs a term by all texts.
            weight = idf(containing, total)
            factor = weight / idf(self._count_of(term), len(self))
            return Query.boost_query(exact, factor), weight
        if containing or len(term) < _SHORTEST_MISSPELT or term.isdigit():
            return exact, idf(containing, total)
        near = Query.fuzzy_term_query(schema, "text", term, distance=1, transposition_cost_one=True)
        containing = self._count(near, within)
        weight = idf(containing, total)
        return (Query.const_score_query(near, weight), weight) if containing else (exact, weight)


def _unreadable() -> LibraryDamaged:
    return LibraryDamaged("The lexical index cannot be read; run inquote ingest again.")
