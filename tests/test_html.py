import time

import pytest

from ingest.errors import FileSkipped
from ingest.formats import html

PAGE = b"""<!doctype html><html><head><title>The  otter &amp; co</title>
<link rel="canonical" href="https://zoo.example/otter"><style>p {}</style></head><body>
<header><a href="/">Zoo</a></header><nav><ul><li><a>Newts</a><li><a>Owls</a></ul></nav>
<main><h1>Otters</h1><p>An otter <b>weighs</b>
12&nbsp;kg.<br>It swims.</p><h2>Food</h2><p>They eat:</p><ol start="3"><li>crabs<li>fish <ul><li>cod</ul></ol>
<table><tr><th>Year<th>Number<tr><td>2020<td>5</table><pre>a  b
  c</pre><p hidden>hidden</p><p style="display: none">gone</p><script>alert(1)</script></main>
<footer>(c) Zoo</footer></body></html>"""


def test_a_page_is_what_a_browser_shows() -> None:
    parsed = html.parse(PAGE)
    assert parsed.text.split("\n\n") == [
        "Zoo",
        "- Newts\n- Owls",
        "Otters",
        "An otter weighs 12 kg.\nIt swims.",
        "Food",
        "They eat:",
        "3. crabs\n4. fish\n  - cod",
        "Year | Number\n2020 | 5",
        "a  b\n  c",
        "(c) Zoo",
    ]
    assert [(s.title, s.level) for s in parsed.sections] == [("", 0), ("Otters", 1), ("Food", 2)]
    assert (parsed.title, parsed.source) == ("The otter & co", "https://zoo.example/otter")


def test_what_stands_beside_the_text_is_an_aside() -> None:
    parsed = html.parse(PAGE)
    assert [parsed.text[start:end] for start, end in parsed.asides] == ["Zoo", "- Newts", "- Owls", "(c) Zoo"]


def test_a_list_of_nothing_but_links_is_an_aside_and_a_list_with_one_is_not() -> None:
    links = "<ul>" + "<li><a>Link</a>" * 3 + "</ul>"
    parsed = html.parse(f"<p>Text.</p>{links}<ul><li><a>Otter</a>: swims<li>Newt: crawls<li>Owl: flies</ul>".encode())
    assert [parsed.text[start:end] for start, end in parsed.asides] == ["- Link"] * 3


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (b"<div>" * 200_000 + b"hello", "hello"),
        (b"<html><body>" + b"<span>a" * 100_000, "a a a"),
        (b"<p>hi" + b"<!--" * 100_000, "hi"),
        (b"<html>no tags within", "no tags within"),
        (b"<p>" + b"&amp;" * 100_000, "&&&"),
        (b"<table>" * 50_000 + b"<td>cell", "cell"),
    ],
)
def test_bad_markup_takes_no_time_and_loses_no_text(content: bytes, begins: str) -> None:
    began = time.process_time()
    assert html.parse(content).text.strip().startswith(begins)
    assert time.process_time() - began < 10


def test_a_deep_page_keeps_all_of_its_words() -> None:
    assert html.parse(b"<html><body>" + b"<span>a" * 100_000).text.split() == ["a"] * 100_000


def test_a_page_that_shows_nothing_is_skipped() -> None:
    with pytest.raises(FileSkipped, match="no text that a browser would show"):
        html.parse(b"<html><script>alert('x')</script><style>p {}</style></html>")
