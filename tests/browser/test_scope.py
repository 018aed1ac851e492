"""The control that limits questions to documents and folders."""

from collections.abc import Callable

from playwright.sync_api import expect

from browser.driving import Tab
from fake_system import FakeSystem


def test_a_question_is_limited_by_the_control(tab: Tab, system: FakeSystem) -> None:
    page = tab.page
    page.get_by_role("button", name="In: everything").click()
    page.get_by_role("searchbox", name="Find a document or folder").fill("corpus")
    page.locator("#scope li").get_by_role("button", name="corpus/", exact=True).click()
    expect(page.locator("#limited .chip")).to_have_text("corpus/×")
    tab.ask("When was it approved?")
    assert system.scopes[-1] == ("corpus",)
    expect(tab.latest.locator(".limited")).to_have_text("Only in corpus")
    # The choice stays, grows and goes.
    page.get_by_role("button", name="Add a document or folder").click()
    page.locator("#scope li").get_by_role("button", name="A small article").click()
    tab.ask("What was the response?")
    assert system.scopes[-1] == ("corpus", "corpus/small.md")
    page.get_by_role("button", name="Leave out corpus/", exact=True).click()
    tab.ask("What was the price?")
    assert system.scopes[-1] == ("corpus/small.md",)
    page.get_by_role("button", name="Ask everything").click()
    tab.ask("Which side effects were seen?")
    assert system.scopes[-1] is None


def test_a_link_limits_its_question(new_tab: Callable[..., Tab], system: FakeSystem) -> None:
    tab = new_tab().open("?q=When+was+it+approved&in=corpus")
    expect(tab.latest.locator(".limited")).to_have_text("Only in corpus")
    assert system.scopes[-1] == ("corpus",)


def test_the_drawer_limits_too(tab: Tab, system: FakeSystem) -> None:
    tab.page.locator("#corpus-open").click()
    tab.page.get_by_role("button", name="Ask only A small article").click()
    expect(tab.page.locator("#limited .chip")).to_have_text("A small article×")
    tab.ask("When was it approved?")
    assert system.scopes[-1] == ("corpus/small.md",)


def test_a_draft_keeps_its_limit_over_a_reload(tab: Tab, system: FakeSystem) -> None:
    page, box = tab.page, tab.page.locator("#question textarea")
    tab.ask("When was it approved?")
    page.locator("#pane [data-only]").click()
    box.fill("What was the response?")
    page.reload()
    expect(page.locator("#log .span .quote")).to_have_text("2015")
    expect(page.locator("#limited .chip")).to_have_text("A small article×")
    expect(box).to_have_value("What was the response?")
    box.press("Enter")
    expect(tab.latest.locator(".limited")).to_have_text("Only in A small article")
    assert system.scopes[-1] == ("corpus/small.md",)


def test_show_me_opens_the_place_on_a_phone_too(
    new_tab: Callable[..., Tab], system: FakeSystem
) -> None:
    system.answers["show me"] = ["2015"]
    tab = new_tab(360, 740).open()
    tab.ask("When was it approved?")
    expect(tab.page.locator("#pane")).not_to_have_attribute("role", "dialog")
    tab.ask("Show me.")
    sheet = tab.page.get_by_role("dialog", name="Document")
    expect(sheet.locator("mark.current")).to_have_text("2015")
