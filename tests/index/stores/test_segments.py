from inquote.index.stores.segments import dump_segments, load_segments
from inquote.ingest.documents import Segment


def test_segments_are_the_same_after_storing() -> None:
    text = "Port | 2021\nHull | 4.2"
    segments = (
        Segment("Port", 0, True),
        Segment(" "),
        Segment("Hull", 12, True),
        Segment(": "),
        Segment("4.2", 19, True),
        Segment(" | 2021\nHull", 4),
    )
    assert load_segments(dump_segments(segments), text) == segments


def test_a_passage_read_as_it_stands_stores_nothing() -> None:
    assert dump_segments(()) == ""
    assert load_segments("", "text") == ()
