"""The questions that the page suggests, at the beginning and after each answer."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.driving import Tab


def test_each_answer_brings_next_questions_not_asked_before(tab: Tab) -> None:
    offered = tab.page.locator("#examples button")
    expect(offered).to_have_text(
        ["When was it approved?", "What was the response?", "Which side effects were seen?"]
    )
    offered.first.click()
    expect(tab.latest.locator(".span .quote")).to_have_text("2015")
    expect(offered).to_have_text(
        ["What was the response?", "Which side effects were seen?", "What is said of the price?"]
    )
    offered.nth(1).press("Enter")
    expect(tab.latest.locator(".span .quote")).to_have_text("fatigue, chills and fever")
    expect(offered.and_(tab.page.locator(":visible"))).to_have_text(
        ["What is said of the price?", "What was the response?"]
    )
    tab.page.get_by_role("button", name="New conversation").click()
    expect(offered.first).to_have_text("When was it approved?")


@pytest.mark.parametrize("width, height, count", [(1280, 800, 3), (360, 740, 2)])
def test_next_questions_can_be_read_whole_and_nothing_scrolls_sideways(
    new_tab: Callable[..., Tab], width: int, height: int, count: int
) -> None:
    tab = new_tab(width, height).open().ask("When was it approved?")
    row = tab.page.locator("#examples")
    expect(row).to_be_visible()
    box = row.bounding_box()
    assert box and box["height"] < 110
    assert tab.page.evaluate("document.documentElement.scrollWidth") == width
    buttons = row.locator("button:visible")
    expect(buttons).to_have_count(count)
    for at in range(count):
        inside = buttons.nth(at).bounding_box()
        assert inside and inside["x"] >= 0 and inside["x"] + inside["width"] <= width
        assert buttons.nth(at).evaluate("e => e.scrollWidth <= e.clientWidth")
