"""Say what models read of a range of a document, where that is not the text as it stands."""

import bisect

from inquote.ingest.documents import Document, Segment
from inquote.ingest.grid import Grid, GridPlace, read_grids
from inquote.ingest.mail_fields import mail_fields
from inquote.ingest.text import Range


class Segmenter:
    """Knows the tables of a document and the fields of an e-mail, by their places."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._grids = list(read_grids(document))
        fields = dict(mail_fields(document))
        self._places: list[Range] = list(fields)
        for grid in self._grids:
            self._places += [(row.start, row.end) for row in grid.rows]
        self._places.sort()
        self._read: dict[Range, list[Segment]] = fields  # rows as soon as they are asked for

    def lead_at(self, offset: int) -> str | None:
        """Return the line that introduces the table whose row holds an offset, None for no row."""
        place = self._row_at(offset)
        return place[1].lead if place else None

    def segments(self, start: int, end: int) -> tuple[Segment, ...]:
        """Return a range of the text as models read it; () where that is as it stands."""
        segments: list[Segment] = []
        at = start
        for index in range(bisect.bisect_left(self._places, (start, 0)), len(self._places)):
            place = self._places[index]
            if place[1] > end:
                break
            pieces = self._segments_at(place)
            if pieces:
                if at < place[0]:
                    segments.append(Segment(self._text[at : place[0]], at))
                segments.extend(pieces)
                at = place[1]
        if segments and at < end:
            segments.append(Segment(self._text[at:end], at))
        return tuple(segments)

    def _segments_at(self, place: Range) -> list[Segment]:
        """Return a row or a field as models read it; [] for one that is read as it stands."""
        if place not in self._read:
            row = self._row_at(place[0])
            self._read[place] = row[1].segments_of(row[2]) if row else []
        return self._read[place]

    def _row_at(self, offset: int) -> GridPlace | None:
        number = bisect.bisect_right(self._grids, offset, key=_start_of) - 1
        return self._grids[number].place_at(offset) if number >= 0 else None


def _start_of(grid: Grid) -> int:
    return grid.rows[0].start
