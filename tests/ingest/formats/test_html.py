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
        "The otter & co",
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
    sections = [(section.title, section.level) for section in parsed.sections]
    assert sections == [("The otter & co", 1), ("Otters", 1), ("Food", 2)]
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
        ("<table><tr><td><p>One</p><p>Two</p><td><ul><li>a<li>b</ul></table>", "One Two | - a - b"),
        ("<table><tr><td><ul><li>a</ul><td><ol><li>b</ol></table>", "a | 1. b"),
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


def kinds_of(page: str) -> list[tuple[str, str]]:
    """The kind and the text of each block of a page, rows aside."""
    parsed = html.parse(page.encode())
    blocks = []
    for block in parsed.blocks:
        if block.kind != "row":
            blocks.append((block.kind, parsed.text[block.start : block.end]))
    return blocks


def asides_of(page: str) -> list[str]:
    parsed = html.parse(page.encode())
    return [parsed.text[start:end] for start, end in parsed.asides]


def test_a_table_has_its_caption_spans_and_header_cells() -> None:
    parsed = html.parse(
        b"<table><caption>Fares</caption><thead><tr><td>From<td colspan=2>To</thead>"
        b"<tr><th rowspan=2>Ayr<td>Largs<td>4.50<tr><td>Troon<td>2</table>"
    )
    assert parsed.text == "Fares\n\nFrom | To\nAyr | Largs | 4.50\nTroon | 2"
    assert parsed.blocks[0].kind == "caption"
    cells = [
        (parsed.text[block.start : block.end], block.row, block.column, block.is_header)
        for block in parsed.blocks
        if block.kind == "cell"
    ]
    assert cells == [
        ("From", 0, 0, True),
        ("To", 0, 1, True),
        ("Ayr", 1, 0, True),
        ("Largs", 1, 1, False),
        ("4.50", 1, 2, False),
        ("Troon", 2, 1, False),
        ("2", 2, 2, False),
    ]
    spans = [(block.row_span, block.column_span) for block in parsed.blocks if block.kind == "cell"]
    assert spans[:3] == [(1, 1), (1, 2), (2, 1)]


def test_text_between_the_cells_of_a_table_keeps_its_place() -> None:
    page = "<table><tr><td>a<td>b</tr><tr><div><p>Oil it.</p></div></tr><tr>Loose<td>c</table>"
    assert html.parse(page.encode()).text == "a | b\n\nOil it.\n\nLoose\n\nc"


def test_a_table_for_layout_is_no_table() -> None:
    prose = "<p>" + "The ferry leaves from the old pier. " * 10 + "</p>"
    inner = "<table><tr><th>Port<th>Fare<tr><td>Ayr<td>4.50</table>"
    page = f"<table><tr><td><h1>Ferries</h1>{prose}{inner}</td><td>News</td></tr></table>"
    parsed = html.parse(page.encode())
    assert parsed.text.endswith("old pier.\n\nPort | Fare\nAyr | 4.50\n\nNews")
    assert [section.title for section in parsed.sections] == ["Ferries"]


def test_blocks_have_their_kinds() -> None:
    assert kinds_of(
        "<h2>H</h2><p>P<sup>1</sup></p><ol type=a start=3><li>x<li>y<ul><li>z</ul></ol><pre>a\n b"
        "</pre><figure><img alt=Pic><figcaption>Fig. 1</figcaption></figure><dl><dt>Open<dd>9 to 5"
        "</dl><section class=footnotes><ol><li id=fn1>See there.</ol></section>"
    ) == [
        ("heading", "H"),
        ("paragraph", "P¹"),
        ("item", "c. x"),
        ("item", "d. y"),
        ("item", "  - z"),
        ("code", "a\n b"),
        ("paragraph", "Pic"),
        ("caption", "Fig. 1"),
        ("paragraph", "Open\n9 to 5"),
        ("note", "1. See there."),
    ]


def test_fields_and_buttons_are_text() -> None:
    page = "<h1>H</h1><button>Reset?</button><div>Hold <input value=9> seconds.</div>"
    page += "<p><select><option>Red<option>Blue</select></p><svg><text>Inlet</text></svg>"
    page += "<input type=checkbox checked> yes <input type=hidden value=no>"
    assert html.parse(page.encode()).text.split("\n\n") == [
        "H", "Reset?", "Hold 9 seconds.", "Red\nBlue", "Inlet", "☑ yes",
    ]  # fmt: skip


def test_a_long_list_to_choose_from_is_its_choice() -> None:
    options = "".join(f"<option>{number}" for number in range(50))
    page = f"<p>Seats: <select>{options}<option selected>fifty</select></p>"
    assert html.parse(page.encode()).text.split() == ["Seats:", "fifty"]


MAIN = (
    "<main><p>" + "We repair windows of listed houses in the whole county. " * 4 + "</p>{}</main>"
)


def test_notes_and_contacts_beside_the_text_are_no_asides() -> None:
    page = MAIN.format("<aside>Never seal the jar.</aside>")
    page += "<footer><address>Tannery Row 14. Telephone 555 0177.</address></footer>"
    page += "<aside><p>Open Monday to Thursday.</p></aside>"
    assert asides_of(page) == []


def test_a_list_of_links_is_content_in_the_main_part_and_after_a_colon() -> None:
    links = "<ul>" + "".join(f"<li><a>Form K{number}</a>" for number in range(3)) + "</ul>"
    assert asides_of(MAIN.format(links)) == []
    assert asides_of(f"<p>The forms are:</p>{links}<p>{'Hand them in. ' * 9}") == []
    assert asides_of(MAIN.format("") + links) == ["- Form K0", "- Form K1", "- Form K2"]
    assert asides_of(MAIN.format("") + f"<footer>{links}</footer>") == [
        "- Form K0", "- Form K1", "- Form K2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "aside",
    [
        '<div class="cookie-banner"><p>We use biscuits.</p></div>',
        "<div class='post share'>Tell it to your friends</div>",
        "<div role=dialog>Log in</div>",
        "<footer>© 2020 Zoo. All rights reserved.</footer>",
        "<div id=breadcrumb><a>Home</a> / <a>Zoo</a></div>",
    ],
)
def test_notices_and_bars_are_asides(aside: str) -> None:
    assert len(asides_of(MAIN.format("") + aside)) == 1
    assert len(asides_of(MAIN.format(aside))) == 1


def test_the_menu_of_a_restaurant_is_no_aside() -> None:
    assert asides_of(MAIN.format("<div class=menu>Soup, 4 euros. Trout, 11 euros.</div>")) == []


def test_what_a_page_states_in_its_head_is_text_where_nothing_shows_it() -> None:
    head = "<title>Harbour rules | Ayr</title><meta name=author content='Ann Lee'>"
    head += "<meta property=article:published_time content=2024-05-01>"
    assert html.parse(f"<head>{head}</head><p>No swimming.".encode()).text.split("\n\n") == [
        "Harbour rules | Ayr",
        "author: Ann Lee\ndate: 2024-05-01",
        "No swimming.",
    ]
    body = "<h1>Harbour rules</h1><p>By Ann Lee, 2024-05-01.</p>"
    assert html.parse(f"<head>{head}</head>{body}".encode()).text == (
        "Harbour rules\n\nBy Ann Lee, 2024-05-01."
    )


def test_soft_hyphens_and_ligatures_are_the_letters_that_a_person_reads() -> None:
    page = "<p>Die Donau&shy;dampf&shy;schiff\u00adfahrt, of\ufb01ce</p>"
    assert html.parse(page.encode()).text == "Die Donaudampfschifffahrt, office"


def test_readings_beside_characters_are_left_out() -> None:
    page = "<p><ruby>子<rp>(</rp><rt>こ</rt><rp>)</rp></ruby>どもへの</p>"
    assert html.parse(page.encode()).text == "子どもへの"


def test_a_part_that_fades_in_is_seen() -> None:
    seen = "<div style='opacity:0'><h1>Studio</h1><p>The kiln holds 46 bowls.</p></div>"
    assert html.parse(f"{seen}<p>Write to us.".encode()).hidden == ()
    unseen = "<div style='opacity:0'><p>The kiln holds 46 bowls.</p></div>"
    assert len(html.parse(f"{unseen}<p>Write to us.".encode()).hidden) == 1


def test_zero_bytes_cost_themselves() -> None:
    assert html.parse(b"<html><p>Otters" + b"\0" + b" swim." + b" " * 2000).text == "Otters swim."


def test_the_header_of_a_tagged_filing_is_not_for_readers() -> None:
    header = "<ix:header><ix:hidden>0000013156 false FY</ix:hidden></ix:header>"
    page = f"<body><div style='display:none'>{header}</div><p>Form 10-K of Tern Ltd.</p></body>"
    parsed = html.parse(page.encode())
    assert (parsed.text, parsed.hidden) == ("Form 10-K of Tern Ltd.", ())
