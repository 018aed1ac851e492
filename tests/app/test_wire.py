"""A document as JSON, whole and in part."""

import json

import pytest

from inquote.app.wire import NoSuchRange, document_json, read_document
from inquote.ingest.documents import Block, Document, Hidden, Page, Section

WHOLE = Document(
    id="a/b.pdf",
    title="B",
    source="",
    text="One two\nthree 🦦\n",
    sha256="0" * 64,
    sections=(Section("One two", 1, 0, 16),),
    pages=(Page(1, 0, 8, "i", 100.0, 200.0), Page(2, 8, 16), Page(3, 16, 16)),
    asides=((0, 3),),
    hidden=(Hidden(4, 7, "white text"),),
    blocks=(Block("heading", 0, 7, 1), Block("paragraph", 8, 15)),
    recognised=((8, 13, 0.5),),
)


def test_a_whole_document_comes_back_as_it_was() -> None:
    assert read_document(json.loads(json.dumps(document_json(WHOLE)))) == WHOLE
    empty = Document("e", "", "", "", "1" * 64)
    assert read_document(document_json(empty)) == empty


def test_a_range_holds_what_touches_it() -> None:
    part = document_json(WHOLE, 8, 15)
    assert (part["text"], part["start"], part["end"], part["characters"]) == ("three 🦦", 8, 15, 16)
    assert [block["kind"] for block in part["blocks"]] == ["paragraph"]
    assert [page["number"] for page in part["pages"]] == [2]
    assert part["asides"] == part["hidden"] == []
    assert part["recognised"] == [{"start": 8, "end": 13, "score": 0.5}]
    assert document_json(WHOLE, start=14)["text"] == "🦦\n"
    assert document_json(WHOLE, end=3)["text"] == "One"


@pytest.mark.parametrize("place", [(0, 0), (5, 5), (6, 5), (0, 17), (16, None), (-1, 2), (20, 30)])
def test_a_range_that_is_not_there_is_an_error(place: tuple[int, int | None]) -> None:
    with pytest.raises(NoSuchRange, match="must lie within 0 and 16"):
        document_json(WHOLE, *place)
