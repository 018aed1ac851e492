"""axe-core finds nothing serious in the page's main states, wide and narrow, in light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.driving import Tab, serious
from fake_system import FakeSystem


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_nothing_serious_is_found(
    new_tab: Callable[..., Tab], system: FakeSystem, width: int, height: int, scheme: str
) -> None:
    system.understood = {"And that?": "What was the response to Tern?"}
    tab = new_tab(width, height, color_scheme=scheme, reduced_motion="reduce").open()
    tab.page.locator("#examples button").first.wait_for()
    assert serious(tab) == [], "at the start"
    tab.ask("What was the response?").ask("And that?")
    tab.latest.get_by_text("Why ").click()
    tab.latest.get_by_role("button", name="Change").click()
    assert serious(tab) == [], "with a refusal, its trace, and the question being changed"
    tab.page.locator("#log a.cite").first.click()
    expect(tab.page.locator("#pane mark.current").first).to_have_text("16.3% of patients")
    assert serious(tab) == [], "with the document"
    tab.page.keyboard.press("Escape")
    tab.page.locator("#log .feedback").first.get_by_role("button", name="Wrong answer").click()
    expect(tab.page.locator("#picking")).to_be_visible()
    assert serious(tab) == [], "with the sentences to pick from"
