"""The line between the panes, which can be drawn aside."""

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from browser.driving import Tab, serious, until


def width(tab: Tab) -> float:
    box = tab.page.locator("#conversation").bounding_box()
    assert box
    return box["width"]


def line(tab: Tab) -> Locator:
    return tab.page.get_by_role("separator", name="Width of the conversation")


def test_the_line_between_the_panes_is_moved_by_keys_and_pointer_and_stays(tab: Tab) -> None:
    assert round(width(tab)) == 576  # 45 % of 1,280
    line(tab).press("ArrowRight")
    expect(line(tab)).to_have_attribute("aria-valuenow", "47")
    until(tab.page, lambda: round(width(tab)) == 602)
    line(tab).press("Home")
    expect(line(tab)).to_have_attribute("aria-valuenow", "25")
    line(tab).hover()
    tab.page.mouse.down()
    tab.page.mouse.move(768, 300)
    tab.page.mouse.up()
    expect(line(tab)).to_have_attribute("aria-valuenow", "60")
    tab.open()
    expect(line(tab)).to_have_attribute("aria-valuenow", "60")
    until(tab.page, lambda: round(width(tab)) == 768)
    assert serious(tab) == []
    line(tab).press("Enter")
    expect(line(tab)).to_have_attribute("aria-valuenow", "45")


def test_a_phone_has_no_line_between_panes(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(360, 740).open()
    expect(tab.page.locator("#divider")).to_be_hidden()
    assert round(width(tab)) == 360
