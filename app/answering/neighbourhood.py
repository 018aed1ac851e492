"""Tell whether the companies, persons and things that a question names stand near a passage."""

from collections.abc import Iterable, Sequence

from inquote.app.answering.names import stands_in, written
from inquote.app.answering.shelf import Shelf
from inquote.index.retrieval.search import Hit

_OPENING = 2_000  # characters of a document that say what it is about
_OFTEN = 4  # mentions that make a name a subject of its document


class Neighbourhood:
    """Knows which names stand near the hits of a question: there, in headings, titles, texts."""

    def __init__(self, names: Sequence[str], shelf: Shelf) -> None:
        self._names = names
        self._shelf = shelf
        self._known: dict[tuple[str, str], bool] = {}

    def keep(self, hits: Iterable[Hit]) -> list[Hit]:
        """Return the hits that every name stands near."""
        return [hit for hit in hits if not self.absent_near(hit)]

    def absent_near(self, hit: Hit) -> list[str]:
        """Return the names that stand nowhere near a hit."""
        around = f"{hit.passage.document_id} {hit.passage.embedded_text}"
        absent = []
        for name in self._names:
            is_near = stands_in(name, around) or self._is_subject(name, hit.passage.document_id)
            if not is_near:
                absent.append(name)
        return absent

    def _is_subject(self, name: str, document_id: str) -> bool:
        """Tell whether a document speaks of a name: in its title, at its start, or often."""
        key = name, document_id
        if key not in self._known:
            document = self._shelf.document(document_id)
            opening = f"{document.title} {document.source} {document.text[:_OPENING]}"
            often = len(written(name.lower(), document.text.lower())) >= _OFTEN
            self._known[key] = often or stands_in(name, opening)
        return self._known[key]
