"""The corpus drawer: the list, files dropped in, documents removed, answers that changed."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from browser.driving import Tab, serious
from fake_system import INJECTIONS
from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.service import Service
from inquote.app.system import System
from inquote.index.retrieval.search import Search
from inquote.index.stores.journal import QuestionInContext, SqliteJournal
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.registry import open_store
from inquote.index.updating.ingest import ingest
from serving import served

SIZES = [(1280, 800), (360, 740)]
WEIGHT = "An otter weighs how many kilograms?"
DROP = """([selector, files]) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name));
  const options = {dataTransfer: data, bubbles: true, cancelable: true};
  const target = document.querySelector(selector);
  for (const kind of ["dragover", "drop"]) target.dispatchEvent(new DragEvent(kind, options));
}"""

# Of the lists after a removal, the first comes when it has ended, others when the test lets them.
LATE_LISTS = """() => {
  const fetchNow = window.fetch;
  let lists = 9;
  const late = (number, come) => {
    window.letListCome = come;
    document.body.dataset.late = number;
  };
  window.fetch = async (address, ...more) => {
    if (address === "api/corpus/remove") lists = 0;
    if (!String(address).startsWith("api/corpus?")) return fetchNow(address, ...more);
    const number = (lists += 1);
    while (number === 1 && (await (await fetchNow("api/corpus/work")).json()).running) ;
    const response = await fetchNow(address, ...more);
    if (number === 2 || number === 4) await new Promise((come) => late(number, come));
    return response;
  };
}"""


@contextmanager
def library_served(library: Path, embedder: FakeEmbedder, read_only: bool = False) -> Iterator[str]:
    def open_system() -> System:
        search, answerer = Search(embedder), Answerer(FakeReader(), PLAIN_CALIBRATION)
        return System(open_store(library), search, answerer, SqliteJournal(library))

    def make_jobs(service: Service) -> LibraryJobs:
        return LibraryJobs(service, library, lambda: embedder)

    with served(open_system, None if read_only else make_jobs) as address:
        yield address


@pytest.fixture
def address(tmp_path: Path, corpus: Path, embedder: FakeEmbedder) -> Iterator[str]:
    """A page over the three documents about animals, which may be changed."""
    ingest(LocalStore(tmp_path / "library"), [corpus], embedder)
    with library_served(tmp_path / "library", embedder) as address:
        yield address


def drawer(tab: Tab) -> Locator:
    """The drawer, opened."""
    tab.page.get_by_role("button", name="Corpus", exact=True).click()
    dialog = tab.page.get_by_role("dialog", name="Corpus")
    expect(
        dialog.locator(".corpus-documents, .corpus-empty, .corpus-problem").first
    ).to_be_visible()
    return dialog


def choose(dialog: Locator, **contents: str) -> None:
    files: Any = [
        {"name": f"{n}.md", "mimeType": "text/markdown", "buffer": t.encode()}
        for n, t in contents.items()
    ]
    dialog.get_by_label("Add files").set_input_files(files)


def drop(page: Page, *files: tuple[str, str]) -> None:
    page.evaluate(DROP, ["#inquote", [list(file) for file in files]])


def test_the_drawer_lists_the_documents_and_opens_one(tab: Tab) -> None:
    dialog = drawer(tab)
    expect(dialog.locator(".corpus-sum")).to_contain_text(
        "3 documents · 3 passages · last change 20"
    )
    expect(dialog.locator(".corpus-documents a")).to_have_text(["newts", "Otters", "Owls"])
    expect(dialog.locator(".corpus-documents li").nth(1)).to_contain_text(
        "characters · 1 passage · 20"
    )
    dialog.get_by_role("link", name="Owls").click()
    expect(dialog).to_be_hidden()
    expect(tab.page.locator("#pane h2")).to_have_text("Owls")


def test_an_empty_page_leads_to_where_documents_are_added(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(360, 740).open()
    expect(tab.page.locator("#intro")).to_contain_text("Here are 3 documents.")
    tab.page.get_by_role("button", name="Add your documents").click()
    dialog = tab.page.get_by_role("dialog", name="Corpus")
    expect(dialog.get_by_label("Add files")).to_be_attached()


def test_times_are_those_of_the_browser(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(timezone_id="Asia/Kolkata").open()
    time = drawer(tab).locator(".corpus-documents time").first
    at = datetime.fromisoformat(time.get_attribute("datetime") or "")
    there = at.astimezone(timezone(timedelta(hours=5, minutes=30)))
    expect(time).to_have_text(there.strftime("%Y-%m-%d %H:%M"))


def test_among_several_documents_a_place_names_its_own_first(tab: Tab) -> None:
    tab.ask(WEIGHT)
    expect(tab.latest.locator(".where").first).to_have_text(re.compile(r"^Otters\b"))


def test_files_dropped_on_the_page_are_taken_in_and_answered_from(tab: Tab) -> None:
    drop(
        tab.page,
        ("moles.md", "# Moles\n\nA mole digs tunnels of 200 metres a day.\n"),
        ("bad.pdf", "%PDF-1.4"),
    )
    dialog = tab.page.get_by_role("dialog", name="Corpus")
    done = dialog.get_by_role("region", name="What changed")
    expect(done.locator("h3").first).to_have_text("Taking in 2 files: done")
    expect(done.locator("dt")).to_have_text(["1 skipped", "1 added"])
    expect(done.locator("dd").first).to_contain_text("bad.pdf: ")
    expect(dialog.locator(".corpus-documents a")).to_have_text(["Moles", "newts", "Otters", "Owls"])
    expect(dialog.get_by_role("status")).to_contain_text(
        "Taking in 2 files: done. 1 skipped. 1 added"
    )
    tab.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    tab.ask("A mole digs tunnels of how many metres?")
    expect(tab.latest.locator(".span .quote")).to_have_text(
        "A mole digs tunnels of 200 metres a day."
    )


def test_answers_that_changed_are_shown_and_the_new_place_opens(tab: Tab) -> None:
    tab.ask(WEIGHT)
    dialog = drawer(tab)
    choose(dialog, otters="# Otters\n\nAn otter weighs how many kilograms, 14.\n")
    changes = dialog.locator(".changes li")
    expect(changes).to_have_count(1)
    expect(changes.locator(".kind")).to_have_text("changed")
    expect(changes.locator("q")).to_have_text(
        ["An otter weighs 12 kilograms.", "An otter weighs how many kilograms, 14."]
    )
    changes.get_by_role("link").click()
    expect(tab.page.locator("#pane mark.current")).to_have_text(
        "An otter weighs how many kilograms, 14."
    )


def test_earlier_questions_are_asked_again_without_a_word_while_undo_is_there(
    tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, asked = threading.Event(), SqliteJournal.questions

    def wait(journal: SqliteJournal) -> list[QuestionInContext]:
        assert goes_on.wait(100)
        return asked(journal)

    monkeypatch.setattr(SqliteJournal, "questions", wait)
    tab.ask(WEIGHT)
    dialog = drawer(tab)
    choose(dialog, otters="# Otters\n\nAn otter weighs how many kilograms, 14.\n")
    done = dialog.get_by_role("region", name="What changed")
    expect(done.locator("h3").first).to_have_text("Taking in 1 file: done")
    expect(done.get_by_role("button", name="Undo")).to_be_enabled()
    expect(dialog.locator(".corpus-now")).to_have_count(0)
    expect(dialog.locator(".corpus-documents a")).to_have_count(4)
    assert dialog.locator(".changes li").count() == 0
    goes_on.set()
    expect(dialog.locator(".changes li .kind")).to_have_text("changed")
    expect(done.get_by_role("button", name="Undo")).to_be_enabled()


def test_on_a_phone_no_name_is_squeezed_beside_the_buttons(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(360, 740).open()
    drop(tab.page, ("moles.md", "# Moles\n\nA mole digs tunnels of 200 metres a day.\n"))
    done = tab.page.locator(".corpus-done")
    expect(done.locator("dt")).to_have_text(["1 added"])
    below = """part => Math.max(...[...part.querySelectorAll(":scope > button")]
        .map(button => button.getBoundingClientRect().bottom))
        <= part.querySelector("dl").getBoundingClientRect().top"""
    assert done.evaluate(below)


def test_files_that_are_there_already_are_asked_about_and_taken_back(tab: Tab) -> None:
    drop(tab.page, ("moles.md", "# Moles\n\nA mole digs tunnels of 200 metres a day.\n"))
    dialog = tab.page.get_by_role("dialog", name="Corpus")
    expect(dialog.locator(".corpus-done dt")).to_have_text(["1 added"])
    drop(
        tab.page,
        ("moles.md", "# Moles\n\nA mole digs tunnels of 300 metres a day.\n"),
        ("copy.md", "# Moles\n\nA mole digs tunnels of 200 metres a day.\n"),
    )
    held = dialog.get_by_role("form", name="Files that are there already")
    expect(held.locator("li")).to_have_text(["moles.md", "copy.md = uploads/moles.md"])
    expect(held.get_by_role("radio", name="Replace what is there")).to_be_checked()
    assert serious(tab) == [], "with the choice"
    held.get_by_role("button", name="Go on").click()
    expect(dialog.locator(".corpus-done dt")).to_have_text(["1 skipped", "1 changed"])
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.locator(".corpus-done h3").first).to_have_text("Taking 1 file back: done")
    dialog.get_by_role("button", name="Close this account").click()
    expect(dialog.locator(".corpus-done")).to_be_hidden()
    tab.page.keyboard.press("Escape")
    tab.ask("A mole digs tunnels of how many metres?")
    expect(tab.latest.locator(".span .quote")).to_have_text(
        "A mole digs tunnels of 200 metres a day."
    )


def test_a_long_account_leaves_the_list_in_sight(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(1280, 720).open()
    files = [(f"m{n}.md", f"Mole {n} digs.") for n in range(9)]
    drop(tab.page, *files, ("bad.pdf", "%PDF-1.4"))
    dialog = tab.page.get_by_role("dialog", name="Corpus")
    expect(dialog.locator(".corpus-done dt")).to_have_text(["1 skipped", "9 added"])
    expect(dialog.locator(".corpus-documents li").first).to_be_in_viewport()


def test_a_document_is_removed_and_brought_back_by_keyboard(tab: Tab) -> None:
    tab.page.locator("#corpus-open").focus()
    tab.page.keyboard.press("Enter")
    dialog = tab.page.get_by_role("dialog", name="Corpus")
    expect(dialog.get_by_label("Add files")).to_be_attached()
    dialog.get_by_role("button", name="Remove Owls").focus()
    tab.page.keyboard.press("Enter")
    expect(dialog.locator(".corpus-documents a")).to_have_text(["newts", "Otters"])
    expect(dialog.locator("dd li")).to_have_text("zoo/owls.md")
    dialog.get_by_role("button", name="Undo").press("Enter")
    expect(dialog.locator(".corpus-documents a")).to_have_text(["newts", "Otters", "Owls"])
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#corpus-open")).to_be_focused()


def test_an_undo_is_followed_while_the_list_before_it_is_still_on_its_way(tab: Tab) -> None:
    dialog = drawer(tab)
    tab.page.evaluate(LATE_LISTS)
    dialog.get_by_role("button", name="Remove Owls").click()
    expect(tab.page.locator("body")).to_have_attribute("data-late", "2")
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.get_by_role("button", name="Undo")).to_have_count(0)
    tab.page.evaluate("letListCome()")
    expect(dialog.locator(".corpus-documents a")).to_have_text(["newts", "Otters"])
    expect(tab.page.locator("body")).to_have_attribute("data-late", "4")
    tab.page.evaluate("letListCome()")
    expect(dialog.locator(".corpus-documents a")).to_have_text(["newts", "Otters", "Owls"])
    expect(dialog.locator(".corpus-done h3").first).to_have_text("Bringing back zoo/owls.md: done")


def test_while_files_are_taken_in_progress_shows_and_questions_are_answered(
    tab: Tab, new_tab: Callable[..., Tab], embedder: FakeEmbedder
) -> None:
    hold = threading.Event()
    embed = embedder.embed_passages

    def embed_when_let(texts: Sequence[str]) -> np.ndarray:
        """Wait where a job embeds, not where the beginning of the page or an overview does."""
        if threading.current_thread().name.startswith("inquote-jobs"):
            hold.wait(120)
        return embed(texts)

    embedder.embed_passages = embed_when_let  # type: ignore[method-assign]
    dialog = drawer(tab)
    choose(dialog, moles="A mole digs tunnels.")
    now = dialog.get_by_role("region", name="What goes on")
    expect(now.get_by_role("progressbar", name="How far it is")).to_be_visible()
    expect(now.locator(".corpus-stage")).to_have_text("Reading files: 1 of 1")
    other = new_tab().open().ask(WEIGHT)
    expect(other.latest.locator(".span .quote")).to_have_text("An otter weighs 12 kilograms.")
    second = drawer(other)
    expect(second.get_by_role("button", name="Stop")).to_be_visible()
    choose(second, voles="Voles are small.")
    expect(second.get_by_role("alert")).to_have_text(
        "Busy: another ingest is running; try again when it is done."
    )
    hold.set()
    expect(second.locator(".corpus-documents a")).to_have_text(["moles", "newts", "Otters", "Owls"])
    expect(dialog.locator(".corpus-done h3").first).to_have_text("Taking in 1 file: done")


def test_a_page_without_a_library_takes_files_and_then_questions(
    new_tab: Callable[..., Tab], tmp_path: Path, embedder: FakeEmbedder
) -> None:
    with library_served(tmp_path / "none", embedder) as empty:
        tab = new_tab()
        tab.address = empty
        tab.open()
        expect(tab.page.locator("#notice")).to_contain_text("There is no library at")
        expect(tab.page.locator("#notice")).to_contain_text("Or add files here, under Corpus.")
        dialog = drawer(tab)
        expect(dialog.locator(".corpus-empty")).to_contain_text(
            "There is no text yet. Add files above"
        )
        choose(dialog, moles="# Moles\n\nA mole digs tunnels of 200 metres a day.\n")
        expect(dialog.locator(".corpus-documents a")).to_have_text(["Moles"])
        dialog.get_by_role("button", name="Close the corpus").click()
        expect(tab.page.locator("#notice")).to_be_hidden()
        tab.ask("A mole digs tunnels of how many metres?")
        expect(tab.latest.locator(".span .quote")).to_have_text(
            "A mole digs tunnels of 200 metres a day."
        )
        tab.excuse("503")  # of the pane
        tab.page.close()  # before its server goes


def test_a_page_without_a_library_offers_the_demonstration_text_and_then_takes_questions(
    new_tab: Callable[..., Tab], tmp_path: Path, embedder: FakeEmbedder
) -> None:
    with library_served(tmp_path / "none", embedder) as empty:
        tab = new_tab()
        tab.address = empty
        tab.open()
        offer = tab.page.get_by_role("button", name="Take in the demonstration text")
        expect(offer).to_be_visible()
        assert serious(tab) == [], "with the notice"
        offer.press("Space")
        dialog = tab.page.get_by_role("dialog", name="Corpus")
        done = dialog.get_by_role("region", name="What changed")
        expect(done.locator("h3").first).to_have_text("Taking in the demonstration text: done")
        expect(done.locator("dd li")).to_have_text(["corpus/imlygic.md"])
        dialog.get_by_role("button", name="Close the corpus").click()
        expect(tab.page.locator("#notice")).to_be_hidden()
        expect(tab.page.locator("#pane h2")).to_contain_text("IMLYGIC")
        tab.ask("What is IMLYGIC?")
        expect(tab.latest.locator("a.cite, a.near").first).to_be_visible()
        tab.excuse("503")  # of the pane
        tab.page.close()  # before its server goes


def test_a_read_only_page_without_a_library_offers_no_way_to_begin(
    new_tab: Callable[..., Tab], tmp_path: Path, embedder: FakeEmbedder
) -> None:
    with library_served(tmp_path / "none", embedder, read_only=True) as empty:
        tab = new_tab()
        tab.address = empty
        tab.open()
        expect(tab.page.locator("#notice")).to_contain_text("There is no library at")
        expect(tab.page.locator("#notice a")).to_have_count(0)
        tab.excuse("503")  # of the pane
        tab.page.close()  # before its server goes


def test_a_read_only_page_shows_the_corpus_and_offers_no_change(
    new_tab: Callable[..., Tab], tmp_path: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(tmp_path / "read"), [corpus], embedder)
    with library_served(tmp_path / "read", embedder, read_only=True) as address:
        tab = new_tab()
        tab.address = address
        dialog = drawer(tab.open())
        expect(dialog.locator(".corpus-documents a")).to_have_count(3)
        changing = dialog.locator("button:not([data-limit], [data-selected])")
        expect(changing).to_have_count(1)  # it closes the drawer
        expect(dialog.locator("input[type=file]")).to_have_count(0)
        drop(tab.page, ("moles.md", "Moles dig."))
        expect(dialog.get_by_role("alert")).to_have_text(
            "This server is read-only: it takes no files in."
        )
        tab.page.close()  # before its server goes


def test_hostile_names_and_texts_are_shown_as_text(tab: Tab) -> None:
    names = [re.sub(r"[/\\]", "-", text) + ".md" for text in INJECTIONS]
    drop(
        tab.page,
        *((name, f"# {text}\n\nMoles dig.") for name, text in zip(names, INJECTIONS, strict=True)),
    )
    dialog = tab.page.get_by_role("dialog", name="Corpus")
    expect(dialog.locator(".corpus-documents li")).to_have_count(3 + len(names))
    shown = "\n".join(dialog.locator(".corpus-documents .source").all_text_contents())
    for name in names:
        assert f"uploads/{name}" in shown
    assert dialog.locator(":is(script, img, form, style, iframe, mark, b)").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width, height", SIZES)
def test_the_drawer_scrolls_sideways_nowhere(
    new_tab: Callable[..., Tab], width: int, height: int, scheme: str
) -> None:
    tab = new_tab(width, height, color_scheme=scheme).open()
    assert tab.page.evaluate("document.documentElement.scrollWidth") == width
    dialog = drawer(tab)
    choose(dialog, **{"w" * 150: "# " + "W" * 300 + "\n\nMoles dig."})
    expect(dialog.locator(".corpus-done")).to_be_visible()
    body = dialog.locator(".corpus-body")
    assert body.evaluate("e => e.scrollWidth <= e.clientWidth")
    box = dialog.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] == width
    tab.page.keyboard.press("Escape")
    assert tab.page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width, height", SIZES)
def test_nothing_serious_is_found_in_the_drawer(
    new_tab: Callable[..., Tab], width: int, height: int, scheme: str
) -> None:
    tab = new_tab(width, height, color_scheme=scheme, reduced_motion="reduce").open()
    tab.ask(WEIGHT)
    dialog = drawer(tab)
    assert serious(tab) == [], "with the documents"
    choose(dialog, moles="# Moles\n\nMoles dig.")
    expect(dialog.locator(".corpus-done")).to_be_visible()
    assert serious(tab) == [], "with the account of what was taken in"
    dialog.get_by_role("button", name="Remove").first.click()
    expect(dialog.get_by_role("button", name="Undo")).to_be_visible()
    assert serious(tab) == [], "with a removal that can be undone"
