"""What a document is about, and questions about it."""

from playwright.sync_api import expect

from browser.driving import Tab, serious
from fake_system import FakeSystem


def test_a_document_says_what_it_is_about_and_offers_questions(
    tab: Tab, system: FakeSystem
) -> None:
    page = tab.page
    page.get_by_role("button", name="Overview").click()
    panel = page.get_by_role("region", name="Overview")
    expect(panel.locator("a.place")).to_have_text("The future is open.")
    expect(panel.get_by_role("group").get_by_role("button")).to_have_count(1)
    assert serious(tab) == []
    panel.locator("a.place").click()
    expect(page.locator("#pane mark.current")).to_have_text("The future is open.")
    expect(panel.locator("a.place")).to_be_visible()
    question = panel.get_by_role("group").get_by_role("button").text_content()
    panel.get_by_role("group").get_by_role("button").click()
    expect(page.locator("#log .question")).to_have_text(question or "")
    expect(tab.latest.locator(".limited")).to_have_text("Only in A small article")
    assert system.scopes[-1] == ("corpus/small.md",)
