"""An earlier question is changed; the conversation goes on from there, and can go back."""

from playwright.sync_api import expect

from browser.driving import Tab, serious
from fake_system import FakeSystem


def test_an_earlier_question_is_changed_and_its_branch_comes_back(
    tab: Tab, system: FakeSystem
) -> None:
    page, box = tab.page, tab.page.locator("#question textarea")
    tab.ask("When was it approved?").ask("What was the response?")
    page.locator("#log .question").first.hover()
    page.get_by_role("button", name="Edit").first.click()
    expect(box).to_have_value("When was it approved?")
    expect(page.locator("#editing")).to_contain_text("the conversation goes on from there")
    assert serious(tab) == []
    box.fill("Which side effects were seen?")
    box.press("Enter")
    expect(page.locator("#log .question")).to_have_text(["Which side effects were seen?"])
    expect(tab.latest.locator(".span .quote")).to_have_text("fatigue, chills and fever")
    expect(page.locator("#pane mark.current")).to_have_text("fatigue, chills and fever")
    expect(page.locator("#editing")).to_be_empty()
    assert system.questions[-1] == ("Which side effects were seen?", ())
    page.get_by_role("button", name="Undo the edit").click()
    questions = ["When was it approved?", "What was the response?"]
    expect(page.locator("#log .question")).to_have_text(questions)
    expect(page.locator("#pane mark.current")).to_have_text("16.3% of patients")
    tab.open()
    expect(page.locator("#log .question")).to_have_text(questions)


def test_an_earlier_question_that_is_left_changes_nothing(tab: Tab, system: FakeSystem) -> None:
    page, box = tab.page, tab.page.locator("#question textarea")
    tab.ask("When was it approved?")
    page.get_by_role("button", name="Edit").focus()
    page.keyboard.press("Space")
    expect(box).to_be_focused()
    box.press("Escape")
    expect(box).to_have_value("")
    tab.ask("What was the response?")
    expect(page.locator("#log .question")).to_have_count(2)


def test_an_earlier_question_keeps_what_it_was_limited_to(tab: Tab, system: FakeSystem) -> None:
    page, box = tab.page, tab.page.locator("#question textarea")
    page.locator("#pane [data-only]").click()
    expect(page.locator("#limited .chip")).to_have_text("A small article×")
    tab.ask("When was it approved?")
    page.get_by_role("button", name="Ask everything").click()
    tab.ask("What was the response?")
    page.locator("#log .question").first.hover()
    page.get_by_role("button", name="Edit").first.click()
    expect(page.locator("#limited .chip")).to_have_text("A small article×")
    box.press("Escape")
    expect(page.locator("#limited .chip")).to_have_count(0)
    page.get_by_role("button", name="Edit").first.click()
    box.fill("Which side effects were seen?")
    box.press("Enter")
    expect(tab.latest.locator(".limited")).to_have_text("Only in A small article")
    assert system.scopes[-1] == ("corpus/small.md",)
