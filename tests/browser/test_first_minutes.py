"""What a newcomer meets in the first minutes, where no other file here says it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from playwright.sync_api import expect

from browser.driving import Tab
from fake_system import FakeSystem, make_document

SIZE = "e => parseFloat(getComputedStyle(e).fontSize)"


def change_answers(system: FakeSystem, **changes: Any) -> None:
    """Have the system give its answers with other fields."""
    ask = system.ask
    system.ask = lambda *turn: replace(ask(*turn), **changes)  # type: ignore[method-assign]


def test_an_answer_below_one_half_is_a_possibility_and_smaller(
    tab: Tab, system: FakeSystem
) -> None:
    tab.ask("When was it approved?")
    likely = tab.latest.locator(".span").evaluate(SIZE)
    change_answers(system, confidence=0.5)
    tab.ask("What was the response?")
    expect(tab.latest.locator(".confidence")).to_contain_text("more likely than not, 50\u00a0%")
    assert tab.latest.locator(".span").first.evaluate(SIZE) == likely
    change_answers(system, confidence=0.49)
    tab.ask("Which side effects were seen?")
    expect(tab.latest.locator(".confidence")).to_contain_text("possibly, 49\u00a0%")
    assert tab.latest.locator(".span").evaluate(SIZE) < likely
    expect(tab.latest.locator(".sentence")).to_contain_text("Safety: side effects were fatigue")


def test_a_list_is_numbered_once_and_its_items_stand_once(tab: Tab, system: FakeSystem) -> None:
    change_answers(system, trace={"threshold": 0.5, "reader": "fake", "form": "list"})
    tab.ask("What was the response?")
    items = tab.latest.locator("ol.items > li .quote")
    expect(items).to_have_text(["16.3% of patients", "2.1%"])
    for item in ("16.3% of patients", "2.1%"):
        expect(tab.latest.get_by_text(item)).to_have_count(1)


def test_a_citation_shows_its_sentence_on_hover_and_focus(tab: Tab) -> None:
    tab.ask("When was it approved?")
    citation = tab.latest.locator("a.cite").first
    sentence = "The first virus was approved in 2015."
    assert sentence in (citation.get_attribute("title") or "")
    tab.page.keyboard.press("Tab")
    citation.focus()
    shown = citation.evaluate("e => getComputedStyle(e, '::after').content")
    assert sentence in shown


def test_the_tab_has_an_icon_and_a_name(tab: Tab) -> None:
    expect(tab.page).to_have_title("inquote")
    icon = tab.page.locator("link[rel=icon]").first.get_attribute("href")
    reply = tab.page.request.get(f"{tab.address}/{icon}")
    assert reply.ok and reply.headers["content-type"].startswith("image/")


def test_a_title_that_the_heading_repeats_stands_once(
    new_tab: Callable[..., Tab], system: FakeSystem
) -> None:
    system.document_ = make_document(system.document_.text, title="Results")
    tab = new_tab().open().ask("What was the response?")
    expect(tab.latest.locator(".where").first).to_have_text("Results")


def test_what_is_saved_has_the_sentences_and_the_confidence(tab: Tab, system: FakeSystem) -> None:
    system.understood["When?"] = "When was it approved?"
    system.answers["when"] = ["2015"]
    tab.ask("When?")
    with tab.page.expect_download() as download:
        tab.page.locator("#save").get_by_role("link", name="md").click()
    text = download.value.path().read_text("utf-8")
    assert "Understood as: When was it approved?" in text
    assert "Confidence: likely, 82\u00a0%" in text
    assert "\u201cThe first virus was approved in 2015.\u201d" in text
    assert "\\." not in text
