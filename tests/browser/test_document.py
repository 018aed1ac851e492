"""The document pane: how its text looks, how a person moves in it, what can be taken along."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.driving import Tab, in_view, marked, serious, until
from fake_system import FakeSystem, make_document
from inquote.ingest.documents import Document, Page, sections_of
from inquote.ingest.formats.builder import TableCell, TextBuilder

YEARS = ("2018", "2019")
LONG = "word " * 60
CLIPBOARD = ["clipboard-read", "clipboard-write"]
SELECT = """(place, [start, end]) => { const range = document.createRange();
    range.setStart(place.firstChild, start); range.setEnd(place.firstChild, end);
    getSelection().removeAllRanges(); getSelection().addRange(range); }"""


def report() -> Document:
    """A report with every kind of block, over three pages."""
    builder = TextBuilder()
    builder.heading("Report", 1)
    builder.block("The sales rose.² More follows.")
    builder.block("² In euros.", kind="note", label="²")
    builder.heading("Sales", 2)
    header = [TableCell("Region", 0, is_header=True)]
    header += [TableCell(year, at, is_header=True) for at, year in enumerate(YEARS, start=1)]
    rows = [header]
    for region in range(60):
        name = TableCell(f"Region {region}", 0, is_header=True)
        rows.append([name, TableCell(f"{region}.1", 1), TableCell(f"{region}.2", 2)])
    builder.table(rows)
    builder.heading("Method", 2)
    builder.block("(a) count", kind="item", label="(a)")
    builder.block("(b) add up", kind="item", label="(b)", gap="\n")
    builder.block("def add(a, b):\n    return a + b", kind="code")
    builder.table([[TableCell(f"A wide column {at}", at) for at in range(20)]])
    for _ in range(20):
        builder.block(f"{LONG}filler.")
    builder.heading("Outlook", 2)
    builder.block("The future\nis open.")
    text, blocks = builder.build()
    method, outlook = text.index("Method"), text.index("Outlook")
    starts = (0, method, outlook, len(text))
    pages = []
    for number, label in enumerate(("i", "ii", "3"), start=1):
        pages.append(Page(number, starts[number - 1], starts[number], label))
    document = make_document(text, id="corpus/report.docx", title="Report", pages=tuple(pages))
    return replace(document, blocks=blocks, sections=sections_of(text, blocks))


@pytest.fixture
def pane(new_tab: Callable[..., Tab], system: FakeSystem) -> Tab:
    """A tab with an answer from the report, its place shown in the pane."""
    system.document_ = report()
    system.generation += 1
    system.suggestions = lambda ask=None: []  # type: ignore[method-assign]
    system.answers = {"sales": ["42.2"], "future": ["The future\nis open."]}
    system.nearest = ("The sales rose.",)
    tab = new_tab(permissions=CLIPBOARD).open().ask("What were the sales?")
    tab.page.locator("#pane mark.current").wait_for()
    return tab


def clipboard(tab: Tab, kind: str = "text/plain") -> str:
    """What the clipboard holds as that kind; empty while it is being changed."""
    read = """kind => navigator.clipboard.read()
        .then(items => items[0].getType(kind)).then(blob => blob.text())
        .catch(error => { if (!/has changed/.test(error.message)) throw error; return ""; })"""
    return str(tab.page.evaluate(read, kind))


def button(tab: Tab, name: str) -> Any:
    return tab.page.locator("#pane").get_by_role("button", name=name, exact=True)


# ---- what the text is shown as


def test_the_cited_cell_is_marked_under_its_headers_which_stay_in_sight(pane: Tab) -> None:
    cell = pane.page.locator("#pane td.cited")
    expect(cell).to_contain_text("42.2")
    assert marked(pane.page) == "42.2"
    expect(pane.page.locator("#pane th.about")).to_have_text(
        [re.compile("2019"), re.compile("Region 42")]
    )
    until(pane.page, lambda: in_view(pane.page.locator("#pane mark.current")))
    head = pane.page.locator("#pane thead").first
    pane_top = pane.page.locator(".document-text").bounding_box()
    box = head.bounding_box()
    assert box and pane_top and abs(box["y"] - pane_top["y"]) < 2  # sticks to the top
    expect(pane.page.get_by_role("columnheader", name="2019")).to_have_count(1)
    expect(pane.page.get_by_role("rowheader", name="Region 42")).to_have_count(1)


def test_the_header_of_a_wide_table_stays_in_sight(pane: Tab, system: FakeSystem) -> None:
    builder = TextBuilder()
    builder.block("Many sales.")
    header = [TableCell(f"The sales of the year {at}", at, is_header=True) for at in range(20)]
    rows = [[TableCell(f"{row}.{at}", at) for at in range(20)] for row in range(60)]
    builder.table([header, *rows])
    builder.block(f"{LONG}filler.")
    text, blocks = builder.build()
    document = make_document(text, id="corpus/wide.xlsx", title="Wide")
    system.document_ = replace(document, blocks=blocks)
    system.generation += 1
    system.answers = {"sales": ["31.2"]}
    pane.open().ask("What were the sales?")
    until(pane.page, lambda: in_view(pane.page.locator("#pane mark.current")))
    above = """head => head.getBoundingClientRect().top
        - document.querySelector('.document-text').getBoundingClientRect().top"""
    until(pane.page, lambda: pane.page.locator("#pane thead").evaluate(above) > -1)
    assert in_view(pane.page.locator("#pane mark.current"))


def test_the_text_is_kept_and_a_table_is_copied_as_one(pane: Tab) -> None:
    parts = pane.page.locator("#pane .part").all_text_contents()
    assert "".join(parts) == report().text
    rows = "place => (getSelection().selectAllChildren(place), getSelection().toString())"
    copied = pane.page.locator("#pane table").first.evaluate(rows)
    assert copied.splitlines()[:2] == ["Region\t2018\t2019", "Region 0\t0.1\t0.2"]


def test_lists_and_code_look_like_it_and_a_wide_table_scrolls_by_keyboard(pane: Tab) -> None:
    pane.page.locator("#pane pre").scroll_into_view_if_needed()
    expect(pane.page.locator("#pane .marker")).to_have_text(["(a) ", "(b) "])
    expect(pane.page.get_by_role("listitem").filter(has_text="add up")).to_have_count(1)
    family = pane.page.locator("#pane pre code").evaluate("e => getComputedStyle(e).fontFamily")
    assert "mono" in family.lower()
    table = pane.page.get_by_role("region", name="Table, scrolls sideways")
    table.focus()
    pane.page.keyboard.press("ArrowRight")
    until(pane.page, lambda: table.evaluate("e => e.scrollLeft") > 0)
    assert pane.page.evaluate("document.documentElement.scrollWidth") == 1280


def test_a_note_is_followed_and_back(pane: Tab) -> None:
    mark = pane.page.locator("#pane a.to-note")
    mark.focus()
    pane.page.keyboard.press("Enter")
    back = pane.page.locator("#pane a.from-note")
    expect(back).to_be_focused()
    expect(pane.page.locator("#pane p.note")).to_have_text("² In euros.")
    pane.page.keyboard.press("Enter")
    expect(mark).to_be_focused()


# ---- moving


def test_the_page_field_has_its_number_before_anybody_scrolls(
    new_tab: Callable[..., Tab], system: FakeSystem
) -> None:
    system.document_ = report()
    expect(new_tab().open().page.locator("#pane .page-field input")).to_have_value("i")


def test_an_open_outline_pushes_nothing_off_a_low_window(new_tab: Callable[..., Tab]) -> None:
    pane = new_tab(1280, 400).open().ask("Was there fever?")
    button(pane, "Outline").click()
    expect(pane.page.locator("#document-outline [aria-current]")).to_be_focused()
    frame = "pane => [pane.scrollHeight - pane.clientHeight, pane.getBoundingClientRect().top]"
    assert pane.page.locator("#pane").evaluate(frame) == [0, 0]


def test_the_outline_folds_and_leads_by_keyboard(pane: Tab) -> None:
    button(pane, "Outline").click()
    outline = pane.page.get_by_role("navigation", name="Outline")
    current = outline.locator("[aria-current]")
    expect(current).to_have_text("Sales")
    expect(current).to_be_focused()
    pane.page.keyboard.press("End")
    pane.page.keyboard.press("Enter")
    expect(current).to_have_text("Outlook")
    assert in_view(pane.page.get_by_role("heading", name="Outlook"))
    pane.page.keyboard.press("ArrowLeft")
    expect(outline.get_by_role("button", name="Report", exact=True)).to_be_focused()
    pane.page.keyboard.press("ArrowLeft")
    expect(outline.get_by_role("button", name="Sales")).to_be_hidden()
    pane.page.keyboard.press("Escape")
    expect(outline).to_be_hidden()
    expect(button(pane, "Outline")).to_be_focused()


def test_words_are_found_across_lines_and_cells_and_stepped_through(pane: Tab) -> None:
    pane.page.locator(".document-text").focus()
    pane.page.keyboard.press("Control+f")
    box, count = pane.page.get_by_label("Find in the document"), pane.page.locator(".find .count")
    expect(box).to_be_focused()
    pane.page.keyboard.type("REGION 1")
    expect(count).to_have_text("1 of 11")
    pane.page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("11 of 11")
    pane.page.keyboard.press("F3")
    expect(count).to_have_text("1 of 11")
    box.fill("future is")
    expect(count).to_have_text("1 of 1")
    until(pane.page, lambda: in_view(pane.page.get_by_text("The future")))
    box.fill("region 7 7.1")
    expect(count).to_have_text("1 of 1")
    assert pane.page.evaluate("CSS.highlights.get('find-now').size") == 1
    box.fill("nowhere (")
    expect(count).to_have_text("No match")
    pane.page.keyboard.press("Escape")
    expect(button(pane, "Find")).to_be_focused()


def test_a_megabyte_is_searched_while_the_page_goes_on(
    new_tab: Callable[..., Tab], system: FakeSystem
) -> None:
    system.document_ = make_document("\n\n".join(f"Line {n} of many." for n in range(60_000)))
    system.answers = {"where": ["Line 59000"]}
    tab = new_tab().open().ask("where?")
    until(tab.page, lambda: in_view(tab.page.locator("#pane mark.current")))
    button(tab, "Find").click()
    tab.page.keyboard.type("of many")
    expect(tab.page.locator(".find .count")).to_have_text(re.compile(r"^59,00\d of 60,000$"))
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator(".find .count")).to_have_text(re.compile(r"of 60,000$"))


def test_a_page_is_gone_to_by_its_printed_number_or_its_counted_one(pane: Tab) -> None:
    field = pane.page.get_by_label("Page")
    expect(field).to_have_value("i")
    expect(pane.page.locator(".page-field .of")).to_have_text("(1 of 3)")
    for typed, shown, heading in (
        ("ii", "ii", "Method"),
        ("3", "3", "Outlook"),
        ("2", "ii", "Method"),
    ):
        field.fill(typed)
        field.press("Enter")
        until(pane.page, lambda: in_view(pane.page.get_by_role("heading", name=heading)))  # noqa: B023
        pane.page.locator(".document-text").focus()
        expect(field).to_have_value(shown)
    field.fill("9")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")


def test_the_size_changes_and_the_place_stays(pane: Tab) -> None:
    text = pane.page.locator(".document-text")
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    first = text.evaluate(size)
    button(pane, "Larger").click()
    button(pane, "Larger").click()
    assert text.evaluate(size) == first * 1.25
    expect(button(pane, "125 %")).to_be_visible()
    until(pane.page, lambda: in_view(pane.page.locator("#pane mark.current")))
    button(pane, "Fit the width").click()
    expect(button(pane, "Fit the width")).to_have_attribute("aria-pressed", "true")
    pane.open()
    expect(pane.page.locator("#pane mark.current")).to_have_text("42.2")
    assert pane.page.locator(".document-text").evaluate(size) == first * 1.25
    button(pane, "125 %").click()
    assert pane.page.locator(".document-text").evaluate(size) == first


def test_the_citations_of_the_conversation_are_listed_and_open_their_places(pane: Tab) -> None:
    pane.ask("What is the future?")
    button(pane, "Citations").click()
    places = pane.page.get_by_role("region", name="Citations of the conversation")
    expect(places.get_by_role("heading")).to_have_text("Report")
    expect(places.locator("a.place")).to_have_text(["42.2", "The future is open."])
    expect(places.locator(".about").first).to_have_text(
        "page i (1) · Report › Sales · What were the sales?"
    )
    places.get_by_role("link", name="42.2").press("Enter")
    expect(pane.page.locator("#pane mark.current")).to_have_text("42.2")
    expect(places).to_be_visible()


# ---- taking along


def test_a_selected_passage_is_copied_with_its_citation_and_its_link_opens_it(
    pane: Tab, new_tab: Callable[..., Tab]
) -> None:
    paragraph = pane.page.locator("#pane p.paragraph").first
    paragraph.evaluate(SELECT, [4, 14])
    bar = pane.page.get_by_role("group", name="Selected passage")
    expect(bar.locator(".chosen")).to_have_text("sales rose")
    bar.get_by_role("button", name="Copy passage with citation").click()
    expect(bar.get_by_role("button", name="Copied")).to_be_visible()
    start = report().text.index("sales rose")
    quote, place, link = clipboard(pane).splitlines()
    assert quote == "“sales rose”"
    assert place == (
        "Report, page i, corpus/report.docx, "
        f"characters {start} to {start + 10}, https://example.org/small"
    )
    assert f'href="{link.replace("&", "&amp;")}"' in clipboard(pane, "text/html")
    other = new_tab().open("#" + link.partition("#")[2])
    expect(other.page.locator("#pane mark.current")).to_have_text("sales rose")


def test_a_question_about_a_passage_is_asked_of_its_document_alone(
    pane: Tab, system: FakeSystem
) -> None:
    pane.page.locator("#pane p.paragraph").first.evaluate(SELECT, [4, 14])
    pane.page.get_by_role("button", name="Ask about it").click()
    box = pane.page.locator("#question textarea")
    expect(box).to_be_focused()
    expect(box).to_have_value("What does this say about sales rose?")
    expect(pane.page.locator("#limited")).to_contain_text("asked only of Report")
    pane.ask("What does this say about sales?")
    assert system.scopes[-1] == ("corpus/report.docx",)
    expect(pane.latest.locator(".limited")).to_have_text("Only in Report")
    expect(pane.page.locator("#limited")).to_be_hidden()
    pane.ask("What of the future?")
    assert system.scopes[-1] is None
    pane.settle().open()
    expect(pane.page.locator("#log .answer .limited")).to_have_count(1)
    button(pane, "Ask this document").click()
    pane.page.get_by_role("button", name="Ask everything").click()
    expect(pane.page.locator("#limited")).to_be_hidden()
    pane.ask("What of the future?")
    assert system.scopes[-1] is None


def test_an_answer_is_copied_with_its_citations(pane: Tab) -> None:
    row = pane.page.locator("#log .copying")
    row.get_by_role("button", name="Copy with citations").press("Space")
    expect(row.get_by_role("button", name="Copied")).to_be_visible()
    assert clipboard(pane).startswith(
        "**What were the sales?**\n\n> 42.2 [1]\n\n1. Report, Sales, page i, "
    )
    assert clipboard(pane, "text/html").startswith('<p dir="auto"><b>What were the sales?</b></p>')
    row.get_by_text("Citations only").click()
    row.get_by_role("button", name="BibTeX").click()
    until(pane.page, lambda: clipboard(pane).startswith("@misc{report-1,\n  title = {{Report}},"))


def test_an_answer_that_is_selected_is_copied_clean(pane: Tab) -> None:
    select = "place => (getSelection().selectAllChildren(place), getSelection().toString())"
    assert pane.latest.locator("p.span").evaluate(select) == "42.2"


# ---- reach


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 640, 360])  # 640 is 1280 at 200 %
def test_every_tool_fits_and_axe_has_nothing_serious(
    new_tab: Callable[..., Tab], system: FakeSystem, width: int, scheme: str
) -> None:
    system.document_ = report()
    system.answers = {"sales": ["42.2"]}
    system.nearest = ("The sales rose.",)
    tab = new_tab(width, 740, color_scheme=scheme).open().ask("What were the sales?")
    if width < 800:
        tab.latest.locator("a.cite").first.click()
    for name in ("Outline", "Find", "Citations"):
        button(tab, name).click()
        expect(button(tab, name)).to_have_attribute("aria-expanded", "true")
        assert serious(tab) == []
        assert tab.page.evaluate("document.documentElement.scrollWidth") == width
        assert tab.page.locator(".document-text").evaluate("e => e.scrollWidth <= e.clientWidth")
    for control in tab.page.locator("#pane :is(button, input, a.place)").all():
        box = control.bounding_box()
        assert box is None or min(box["width"], box["height"]) >= 24
