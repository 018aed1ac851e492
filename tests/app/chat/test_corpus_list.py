"""The list of documents in the drawer, and the places that a question can be limited to."""

import re

import pytest

from inquote.app.chat.corpus_list import MAX_ENTRIES, View, documents_html, places
from inquote.index.stores.base import DocumentInfo


def info(id: str, characters: int = 9, at: str = "2026-11-24T20:13:05+00:00") -> DocumentInfo:
    return DocumentInfo(id, f"Title of {id}", "", "", characters, 2, at)


MANY = [info(f"all/part-{n % 4}/year-{n % 20}/{n}.md") for n in range(10_000)]


def folders(html: str) -> list[str]:
    return re.findall(r'<li class="folder"><div><button type="button" data-folder="([^"]*)"', html)


def names(html: str) -> list[str]:
    return re.findall(r'<a class="open"[^>]*>Title of ([^<]*)</a>', html)


def test_few_documents_are_listed_without_folders() -> None:
    html = documents_html([info("a/b.md"), info("c.md")], False, View())
    assert (names(html), folders(html)) == (["a/b.md", "c.md"], [])


def test_many_documents_are_listed_by_folders() -> None:
    html = documents_html(MANY, False, View())
    assert folders(html) == [f"all/part-{n}" for n in range(4)]
    assert "2,500 documents" in html
    assert names(html) == []
    html = documents_html(MANY, False, View(folder="all/part-1"))
    assert "all/part-1/year-13" in folders(html)
    html = documents_html(MANY, False, View(folder="all/part-1/year-13"))
    assert len(names(html)) == MAX_ENTRIES
    assert "1 to 200 of 500" in html
    assert re.findall(r'data-part="(\d+)"', html) == ["1"]
    assert len(html) < 200_000


def test_a_long_list_is_shown_in_parts() -> None:
    folder = "all/part-1/year-13"
    shown = []
    for part in range(3):
        shown += names(documents_html(MANY, False, View(folder=folder, part=part)))
    assert len(shown) == len(set(shown)) == 500
    last = documents_html(MANY, False, View(folder=folder, part=99))
    assert "401 to 500 of 500" in last
    assert re.findall(r'data-part="(\d+)"', last) == ["1"]
    flat = [info(f"{n}/a.md") for n in range(450)]
    assert len(folders(documents_html(flat, False, View(part=2)))) == 50


def test_a_search_looks_into_all_folders_below_the_open_one() -> None:
    html = documents_html(MANY, False, View("/9999.md"))
    assert names(html) == ["all/part-3/year-19/9999.md"]
    assert names(documents_html(MANY, False, View("/9999.md", "all/part-1"))) == []
    assert "No document has that" in documents_html(MANY, False, View("nowhere"))


@pytest.mark.parametrize(
    ("order", "expected"),
    [("name", "abc"), ("newest", "bca"), ("largest", "cab"), ("<script>", "abc")],
)
def test_documents_come_in_an_order(order: str, expected: str) -> None:
    documents = [info("a", 2, "2024"), info("b", 1, "2026"), info("c", 3, "2025")]
    assert "".join(names(documents_html(documents, False, View(order=order)))) == expected


def test_folders_and_documents_are_offered_by_their_names() -> None:
    assert [item["place"] for item in places(MANY, "part-2")][:2] == [
        "all/part-2",
        "all/part-2/year-10",
    ]
    offered = places(MANY, "/9999")
    assert [item["place"] for item in offered] == ["all/part-3/year-19/9999.md"]
    assert offered[0]["name"] == "Title of all/part-3/year-19/9999.md"
    assert len(places(MANY, "")) == 40


def test_names_are_escaped() -> None:
    hostile = [info(f'"><img src=x>/{n}') for n in range(60)]
    for view in (View(), View(folder='"><img src=x>')):
        assert "<img" not in documents_html(hostile, True, view)
