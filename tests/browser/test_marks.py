"""Characters that act unseen, in texts, titles, headings and names: shown, kept, and inert."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from browser.driving import Tab, marked
from fake_system import FakeSystem, make_document
from inquote.app.marks import BIDI_CONTROLS
from inquote.ingest.documents import Document

RLO, PDI = "\u202e", "\u2069"
HEADING = f"Results {RLO}5432"
TEXT = f"A small article\n\nThe count was {RLO}9876 in all.\n\n" + "\n\n".join(
    f"Line {name}: ab{control}9876 and אב{control}גד, then 12 cd."
    for control in BIDI_CONTROLS
    for name in [BIDI_CONTROLS[control][0]]
)
NAME = f"corpus/bidi-{RLO}fdp.exe.md"
TITLE = f"Numbers {RLO}1234 of אב{PDI}גד in all"

# The visible characters of an element in the order in which they are painted, line by line.
PAINTED = r"""element => {
  const painted = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    [...node.data].forEach((character, at) => {
      if (!/[\p{L}\p{N}]/u.test(character)) return;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = range.getClientRects()[0];
      if (box) painted.push([character, box.left, box.top + box.height / 2]);
    });
  }
  painted.sort((a, b) => (Math.abs(a[2] - b[2]) > 8 ? a[2] - b[2] : a[1] - b[1]));
  return painted.map(([character]) => character).join("");
}"""
# The same of a copy with a dash that does nothing in the place of each mark.
UNMARKED = f"""element => {{
  const copy = element.cloneNode(true);
  for (const mark of copy.querySelectorAll("bdi")) {{
    const dash = document.createElement("bdi");
    dash.textContent = "\u2013";
    mark.replaceWith(dash);
  }}
  element.after(copy);
  try {{ return ({PAINTED})(copy); }} finally {{ copy.remove(); }}
}}"""


def show_document(system: FakeSystem, document: Document) -> None:
    """Put a document into the system; suggestions, which are found once a generation, are off."""
    system.document_ = document
    system.generation += 1
    system.suggestions = lambda ask=None: []  # type: ignore[method-assign]


@pytest.fixture
def bidi_tab(new_tab: Callable[..., Tab], system: FakeSystem) -> Tab:
    document = make_document(TEXT, id=NAME, title=TITLE)
    section = replace(document.sections[0], title=HEADING)
    show_document(system, replace(document, sections=(section,)))
    system.answers = {"count": [f"{RLO}9876 in all"], "line": ["Line RLO: ab", "then 12 cd."]}
    system.nearest = (f"{RLO}9876 in all", "Line ALM")
    system.understood = {"What count?": f"What count {RLO}9876?"}
    return new_tab(width=1600).open()


def assert_inert(place: Locator, words: str) -> None:
    """The element holds `words`, and its marks turn nothing around."""
    assert words in (place.text_content() or "")
    assert place.evaluate(PAINTED) == place.evaluate(UNMARKED)
    for mark in place.locator("bdi").all():
        name, description = BIDI_CONTROLS[mark.text_content() or ""]
        assert mark.get_attribute("class") == name
        assert (mark.get_attribute("title") or "").startswith(description)
        label = mark.evaluate("mark => getComputedStyle(mark, '::before').content")
        assert name in label or "attr(class)" in label
        assert (mark.bounding_box() or {"width": 0})["width"] > 8


def painted(place: Locator) -> str:
    return str(place.evaluate(PAINTED))


def test_the_answer_its_sentence_and_its_place_are_read_as_written(bidi_tab: Tab) -> None:
    answer = bidi_tab.ask("What count?").latest
    quote = answer.locator(".span .quote")
    assert_inert(quote, f"{RLO}9876 in all")
    assert painted(quote) == "9876inall"
    assert_inert(answer.locator("blockquote.sentence"), f"The count was {RLO}9876 in all")
    assert_inert(answer.locator(".understood q"), f"What count {RLO}9876?")
    assert_inert(answer.locator(".where").first, f"Results {RLO}5432")
    assert answer.locator("a.cite").first.get_attribute("title") == (
        "Numbers ⟨RLO⟩1234 of אב⟨PDI⟩גד in all · Results ⟨RLO⟩5432: "
        "“The count was ⟨RLO⟩9876 in all.”"
    )
    for summary in ("Why this answer", "Details"):
        answer.locator("summary", has_text=summary).click()
    assert_inert(answer.locator(".trace tbody td").first, f"{RLO}9876 in all")


def test_a_question_is_shown_as_it_was_typed(bidi_tab: Tab) -> None:
    question = f"What count{RLO}9876?"
    bidi_tab.ask(question)
    shown = bidi_tab.page.locator("#log .question").last
    assert_inert(shown, question)
    assert painted(shown) == "Whatcount9876"


def test_a_passage_is_read_as_written(bidi_tab: Tab) -> None:
    passage = bidi_tab.ask("What else?").latest.locator(".passage").first
    assert_inert(passage, f"The count was {RLO}9876 in all.")


def test_the_pane_is_read_as_written_and_its_marks_keep_their_places(bidi_tab: Tab) -> None:
    bidi_tab.ask("What count?")
    page = bidi_tab.page
    expect(page.locator("#pane mark.current").first).to_be_visible()
    assert marked(page) == f"{RLO}9876 in all"
    assert "".join(page.locator("#pane .part").all_text_contents()) == TEXT
    lines = page.locator("#pane .part p").all()
    assert len(lines) == 1 + len(BIDI_CONTROLS)
    for line in lines:
        assert_inert(line, "")
    assert painted(lines[0]) == "Thecountwas9876inall"
    assert_inert(page.locator("#document-title"), TITLE)
    source = page.locator("#pane .document-name .source")
    assert_inert(source, NAME)
    assert "fdpexemd" in painted(source)
    assert_inert(page.locator("#pane .at"), HEADING)


def test_copied_text_and_the_search_of_the_browser_keep_the_characters(bidi_tab: Tab) -> None:
    page = bidi_tab.ask("What count?").page
    select = "place => (getSelection().selectAllChildren(place), getSelection().toString())"
    assert bidi_tab.latest.locator(".span .quote").evaluate(select) == f"{RLO}9876 in all"
    for line in page.locator("#pane .part p").all():
        assert line.evaluate(select) == line.text_content()
    find = "words => (getSelection().removeAllRanges(), find(words))"
    for words in ("9876 in all", f"was {RLO}9876", "was 9876 in", f"ab{PDI}9876"):
        assert page.evaluate(find, words), words


def test_the_drawer_is_read_as_written(bidi_tab: Tab) -> None:
    bidi_tab.page.locator("#corpus-open").click()
    entry = bidi_tab.page.locator(".corpus-documents li")
    assert_inert(entry.locator("a.open"), TITLE)
    assert_inert(entry.locator(".source").first, NAME)
    assert "fdpexemd" in painted(entry.locator(".source").first)


def test_the_sentences_to_pick_from_are_read_as_written(bidi_tab: Tab) -> None:
    page = bidi_tab.ask("What count?").page
    page.locator("#log a.verdict", has_text="Wrong answer").click()
    dialog = page.locator("#picking")
    assert_inert(dialog.locator("button.sentence").first, f"The count was {RLO}9876 in all.")
    assert_inert(dialog.locator("h3").first, HEADING)


def test_text_of_the_right_to_left_scripts_is_set_from_the_right(
    new_tab: Callable[..., Tab], system: FakeSystem
) -> None:
    text = "הנגיף אושר בשנת 2015 על ידי סוכנות התרופות.\n\nThe virus was approved in 2015."
    show_document(system, make_document(text, title="מסמך"))
    system.answers = {"approved": ["אושר בשנת 2015"]}
    tab = new_tab().open().ask("When was it approved?")
    direction = "place => getComputedStyle(place).direction"
    directions = "places => places.map(place => getComputedStyle(place).direction)"
    lines = tab.page.locator("#pane .part p")
    assert lines.evaluate_all(directions) == ["rtl", "ltr"]
    assert tab.latest.locator("p.span").evaluate(direction) == "rtl"
    assert tab.latest.locator("blockquote").evaluate(direction) == "rtl"
    shown: Any = lines.first.evaluate(PAINTED)
    assert shown.endswith("ףיגנה") and "2015" in shown and shown.startswith("תופורתה")
