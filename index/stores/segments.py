"""Write the segments of a passage as JSON, and read them again.

What stands in the document is kept as its place there, so that it cannot differ from it.
"""

import json
from collections.abc import Sequence

from inquote.ingest.documents import Segment


def dump_segments(segments: Sequence[Segment]) -> str:
    """Return segments as JSON: a string, or the range and whether it is a cell; "" for none."""
    if not segments:
        return ""
    stored: list[object] = []
    for segment in segments:
        if segment.start < 0:
            stored.append(segment.text)
        else:
            end = segment.start + len(segment.text)
            stored.append([segment.start, end, int(segment.is_cell)])
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


def load_segments(stored: str, text: str) -> tuple[Segment, ...]:
    """Return the segments that `dump_segments` wrote for a passage of the document `text`.

    >>> load_segments('["Sold ",[0,2,1]]', "42 boats")
    (Segment(text='Sold ', start=-1, is_cell=False), Segment(text='42', start=0, is_cell=True))
    """
    segments = []
    for piece in json.loads(stored or "[]"):
        if isinstance(piece, str):
            segments.append(Segment(piece))
        else:
            start, end, is_cell = piece
            segments.append(Segment(text[start:end], start, bool(is_cell)))
    return tuple(segments)
