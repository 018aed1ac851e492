"""The list of the corpus: ten thousand documents in parts, folders, badges of what was read."""

from playwright.sync_api import expect

from browser.driving import Tab
from fake_system import FakeSystem, make_document
from inquote.app.chat.corpus_list import MAX_ENTRIES, MAX_FLAT
from inquote.app.chat.document_pane import MAX_OFFERED
from inquote.index.stores.base import DocumentInfo
from inquote.index.updating.notes import notes_of
from inquote.ingest.documents import Page

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


def test_a_folder_is_opened_left_and_asked_alone(tab: Tab, system: FakeSystem) -> None:
    infos = [
        DocumentInfo(f"work/{folder}/{n:02d}.md", f"{folder} {n:02d}", "", f"{n}", n, 1, AT)
        for folder in ("Leases", "Wills")
        for n in range(MAX_FLAT)
    ]
    system.documents = lambda: infos  # type: ignore[method-assign]
    tab.page.locator("#corpus-open").click()
    dialog = tab.page.get_by_role("dialog", name="Corpus")
    folders = dialog.locator(".corpus-documents li")
    expect(folders).to_have_text(
        ["Leases/50 documentsAsk only this", "Wills/50 documentsAsk only this"]
    )
    dialog.get_by_role("button", name="Wills/", exact=True).click()
    way = dialog.get_by_role("navigation", name="Folder")
    expect(way.get_by_role("button")).to_have_text(
        ["All documents", "work", "Wills", "Ask only this"]
    )
    expect(folders).to_have_count(MAX_FLAT)
    way.get_by_role("button", name="All documents").click()
    expect(folders).to_have_count(2)
    dialog.get_by_role("button", name="Ask only Leases/").click()
    expect(tab.page.locator("#limited .chip")).to_have_text("Leases/×")
    tab.page.keyboard.press("Escape")
    tab.ask("What of the future?")
    assert system.scopes[-1] == ("work/Leases",)


def test_badges_tell_of_scans_and_of_pages_without_words(tab: Tab, system: FakeSystem) -> None:
    text = "The rent is due.\f"
    read, empty = Page(1, 0, 17), Page(2, 17, 17)
    scan = make_document(text, id="scan.pdf", pages=(read, empty), recognised=((0, 16, 0.87),))
    system.notes_ = notes_of(scan)
    tab.page.locator("#corpus-open").click()
    dialog = tab.page.get_by_role("dialog", name="Corpus")
    badges = dialog.locator(".badge")
    expect(badges).to_have_text(["read by OCR", "scanned", "unreadable in part"])
    assert [badge.get_attribute("title") for badge in badges.all()] == [
        "Its words were read from pictures, 87 % surely on average.",
        "Its pages are pictures.",
        "no text was found on page 2.",
    ]
