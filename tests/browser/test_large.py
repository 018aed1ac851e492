"""The page over ten thousand documents: its lists are bounded, and all can be reached."""

from playwright.sync_api import expect

from browser.driving import Tab
from fake_system import FakeSystem
from inquote.app.chat.corpus_list import MAX_ENTRIES
from inquote.app.chat.document_pane import MAX_OFFERED
from inquote.index.stores.base import DocumentInfo

AT = "2026-11-24T20:13:05+00:00"


def test_ten_thousand_documents_are_listed_in_parts(tab: Tab, system: FakeSystem) -> None:
    infos = []
    for n in range(10_000):
        id = f"all/part-{n % 20:02d}/{n:05d}.md"
        infos.append(DocumentInfo(id, f"Station {n:05d}", "", str(n), n, 1, AT))
    system.documents = lambda: infos  # type: ignore[method-assign]
    page = tab.page
    page.locator("#corpus-open").click()
    dialog = page.get_by_role("dialog", name="Corpus")
    expect(dialog.locator(".corpus-sum")).to_contain_text("10,000 documents")
    expect(dialog.locator(".corpus-documents li")).to_have_count(20)
    # A folder of 500 documents, in parts.
    dialog.get_by_role("button", name="part-07/", exact=True).click()
    entries = dialog.locator(".corpus-documents li")
    parts = dialog.get_by_role("navigation", name="Parts of the list")
    expect(parts).to_contain_text("1 to 200 of 500")
    expect(entries).to_have_count(MAX_ENTRIES)
    parts.get_by_role("button", name="Later ones").click()
    expect(parts).to_contain_text("201 to 400 of 500")
    parts.get_by_role("button", name="Later ones").click()
    expect(entries).to_have_count(100)
    expect(entries.last.locator("a.open")).to_have_text("Station 09987")
    # The order and a search begin at the first part again.
    dialog.locator(".corpus-sort select").select_option("largest")
    expect(parts).to_contain_text("1 to 200 of 500")
    expect(entries.first.locator("a.open")).to_have_text("Station 09987")
    dialog.locator(".corpus-find input").fill("Station 00007")
    expect(entries).to_have_count(1)
    page.keyboard.press("Escape")
    # The pane offers some.
    tab.open()
    expect(page.locator("#pane .documents li")).to_have_count(MAX_OFFERED)
    expect(page.locator("#pane")).to_contain_text("more; the corpus lists and finds them all")
