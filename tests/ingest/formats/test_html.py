import time

import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import html

PAGE = b"""<!doctype html><html><head><title>The  otter &amp; co</title>
<link rel="canonical" href="https://zoo.example/otter"><style>p {}</style></head><body>
<header><a href="/">Zoo</a></header><nav><ul><li><a>Newts</a><li><a>Owls</a></ul></nav>
<main><h1>Otters</h1><p>An otter <b>weighs</b>
12&nbsp;kg.<br>It swims.</p><h2>Food</h2><p>They eat:</p><ol start="3">
<li>crabs<li>fish <ul><li>cod</ul></ol>
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
        "hidden",
        "gone",
        "(c) Zoo",
    ]
    assert [(s.title, s.level) for s in parsed.sections] == [("", 0), ("Otters", 1), ("Food", 2)]
    hidden = [(parsed.text[range.start : range.end], range.reason) for range in parsed.hidden]
    assert hidden == [("hidden", "hidden attribute"), ("gone", "display: none")]
    assert (parsed.title, parsed.source) == ("The otter & co", "https://zoo.example/otter")


def test_what_stands_beside_the_text_is_an_aside() -> None:
    parsed = html.parse(PAGE)
    assert [parsed.text[start:end] for start, end in parsed.asides] == [
        "Zoo",
        "- Newts",
        "- Owls",
        "(c) Zoo",
    ]


def test_a_list_of_nothing_but_links_is_an_aside_and_a_list_with_one_is_not() -> None:
    links = "<ul>" + "<li><a>Link</a>" * 3 + "</ul>"
    parsed = html.parse(
        b"<p>Text.</p>%s<ul><li><a>Otter</a>: swims<li>Newt: crawls<li>Owl: flies</ul>"
        % links.encode()
    )
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
    assert time.process_time() - began < 60


def test_a_deep_page_keeps_all_of_its_words() -> None:
    assert html.parse(b"<html><body>" + b"<span>a" * 100_000).text.split() == ["a"] * 100_000


def test_a_page_that_shows_nothing_is_skipped() -> None:
    with pytest.raises(FileSkipped, match="no text that a browser would show"):
        html.parse(b"<html><script>alert('x')</script><style>p {}</style></html>")


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (
            "<table><tr><td>A<td>Before<table><tr><td>inner<td>cell</table>After<td>C</table>",
            "A | Before inner, cell After | C",
        ),
        ("<table><tr><td><p>One</p><p>Two</p><td><ul><li>a<li>b</ul></table>", "One Two | a b"),
        ("<table><tr><td>Left<td><h2>Head</h2><p>Body.</table>", "Left | Head Body."),
        ("<p>10<sup>6</sup> PFU of H<sub>2</sub>O, the 2<sup>nd</sup>", "10⁶ PFU of H₂O, the 2nd"),
        ("<ol><li>a<li value=5>b<li>c</ol>", "1. a\n5. b\n6. c"),
        ("<p>E is <math><mi>E</mi><mo>=</mo><mn>5</mn></math>.", "E is E=5."),
        (
            "<p>Costs <span aria-hidden=true>$5</span><span style='opacity: 0'>$6</span> now.",
            "Costs $5 now.\n\n$6",
        ),
    ],
)
def test_what_a_person_sees_is_the_text(page: str, text: str) -> None:
    assert html.parse(page.encode()).text == text


def test_a_script_that_states_its_encoding_does_not_state_the_page_s() -> None:
    page = '<script charset="x" src="s.js"></script><p>Write charset = utf-8. Überraschung, café.'
    assert html.parse(page.encode()).text == "Write charset = utf-8. Überraschung, café."


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16-le", "utf-16"])
def test_a_page_that_states_no_encoding_is_read_as_a_text_is(encoding: str) -> None:
    page = "<html><body><p>café “q” – 5 µg</p></body></html>".encode(encoding)
    assert html.parse(page).text == "café “q” – 5 µg"


@pytest.mark.parametrize(
    "page",
    [
        "<form id=aspnet><h1>Otters</h1><p>Otters swim.</p></form>",
        "<form><p>Otters swim.</p></form>",
        "<main id=app></main><div><p>Otters swim.</p></div>",
        "<div><p>Otters swim in rivers and in lakes.</p></div><article>Related</article>",
    ],
)
def test_a_page_is_never_all_aside(page: str) -> None:
    parsed = html.parse(page.encode())
    assert not any("Otters swim" in parsed.text[start:end] for start, end in parsed.asides)
