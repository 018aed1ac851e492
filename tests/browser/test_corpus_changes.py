"""What is done with documents in the drawer: looked at, renamed, chosen; and their badges."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.driving import Tab, serious
from browser.test_drawer import choose, drawer, library_served
from fakes import FakeEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest

HIDING = '<h1>Moles</h1><p>Moles dig tunnels.</p><p style="display:none">Nobody sees this.</p>'


@pytest.fixture
def address(tmp_path: Path, corpus: Path, embedder: FakeEmbedder) -> Iterator[str]:
    """A page over the three documents about animals, a copy of one, and one with hidden text."""
    (corpus / "otters, again.md").write_bytes((corpus / "otters.md").read_bytes())
    (corpus / "moles.html").write_text(HIDING)
    ingest(LocalStore(tmp_path / "library"), [corpus], embedder)
    with library_served(tmp_path / "library", embedder) as address:
        yield address


def test_a_document_that_was_taken_in_opens_with_what_it_is_about(tab: Tab) -> None:
    intro = tab.page.locator("#intro")
    expect(intro).to_contain_text("Here are 5 documents.")
    dialog = drawer(tab)
    text = "# Voles\n\nVoles are small animals which live below the ground. They eat grass daily."
    choose(dialog, voles=text)
    expect(tab.page.locator("#pane h2")).to_have_text("Voles")
    expect(intro).to_contain_text("Here are 6 documents.")
    expect(tab.page.get_by_role("region", name="Overview")).to_be_visible()
    dialog.get_by_role("link", name="Look at Voles").click()
    expect(dialog).to_be_hidden()
    expect(tab.page.locator("#pane .overview :is(li, p)").first).to_contain_text("document")


def test_a_title_is_changed_everywhere_and_taken_back(tab: Tab) -> None:
    dialog = drawer(tab)
    dialog.get_by_role("button", name="Rename Owls").click()
    field = dialog.get_by_label("Title")
    field.fill("The owls of the north")
    field.press("Enter")
    expect(dialog.locator(".corpus-done h3").first).to_have_text("Renaming zoo/owls.md: done")
    dialog.get_by_role("link", name="The owls of the north").click()
    expect(tab.page.locator("#pane h2")).to_have_text("The owls of the north")
    dialog = drawer(tab)
    assert serious(tab) == []
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.get_by_role("link", name="Owls", exact=True)).to_be_visible()
    expect(tab.page.locator("#pane h2")).to_have_text("Owls")


def test_several_documents_are_removed_at_once_and_come_back(tab: Tab) -> None:
    dialog = drawer(tab)
    dialog.get_by_label("Select Owls").check()
    dialog.get_by_label("Select newts").check()
    bar = dialog.get_by_role("group", name="Selected documents")
    expect(bar.get_by_role("status")).to_have_text("2 selected")
    bar.get_by_role("button", name="Remove").click()
    titles = dialog.locator(".corpus-documents a")
    expect(titles).to_have_text(["Moles", "Otters", "Otters"])
    expect(bar).to_be_hidden()
    dialog.get_by_role("button", name="Undo").click()
    expect(titles).to_have_count(5)
    dialog.get_by_label("Select Owls").check()
    bar.get_by_role("button", name="Ask only these").click()
    expect(tab.page.locator("#limited .chip")).to_have_text("Owls×")


def test_badges_say_how_a_document_was_read(tab: Tab) -> None:
    dialog = drawer(tab)
    badges = dialog.locator(".badge")
    expect(badges).to_have_text(["hidden text", "copy of Otters"])
    dialog.get_by_role("link", name="Moles").click()
    notes = tab.page.get_by_role("list", name="How it was read")
    expect(notes).to_contain_text("It holds text that no reader sees (display: none)")
