"""The page through nginx and Caddy with TLS, at the root and below a folder: all that it calls."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from paged import SENTENCES, paged_pdf
from playwright.sync_api import Browser, expect

from browser.driving import Tab, marked
from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.reader.base import Reading
from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.service import Service
from inquote.app.system import System
from inquote.app.web.password import hash_password
from inquote.app.web.people import People
from inquote.app.web.people_login import COOKIE, PeopleLogin
from inquote.app.web.sites import Proxies, PublicUrl, Sites
from inquote.index.retrieval.search import Search
from inquote.index.stores.journal import SqliteJournal
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.registry import open_store
from inquote.index.stores.sessions import Sessions
from inquote.index.updating.ingest import ingest
from inquote.ingest.documents import Passage
from proxies import FOLDER, NAMES, free_port, proxied, require
from serving import served

FILE = """
editors = ["office"]
folders."shelf/press" = ["everybody"]
people.ann = {{password = "{ann}", groups = ["office"]}}
people.bob = {{password = "{bob}"}}
"""
DOSE = "The dose is how many mg a day?"
KINDS = ("nginx", "caddy")
Places = dict[tuple[str, str], int]
"""The port of each proxy, by its kind and the folder below it."""


class Gate:
    """Models that wait while it is shut."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.embedder = GatedEmbedder(self)
        self.reader = GatedReader(self)

    def shut(self) -> None:
        self.open.clear()


class GatedEmbedder(FakeEmbedder):
    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self._gate = gate

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        assert self._gate.open.wait(100)
        return super().embed_passages(texts)


class GatedReader(FakeReader):
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        assert self._gate.open.wait(100)
        return super().read(question, passages)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("behind")


@pytest.fixture(scope="module")
def ports() -> Places:
    require("nginx", "caddy", "openssl")
    return {(kind, path): free_port() for kind in KINDS for path in NAMES}


@pytest.fixture(scope="module")
def upstream(gate: Gate, place: Path, ports: Places) -> Iterator[str]:
    """One server for all proxies, which knows an editor and somebody who sees one folder."""
    (place / "shelf/press").mkdir(parents=True)
    (place / "shelf/press/newts.md").write_text("# Newts\n\nNewts live in ponds.\n", "utf-8")
    (place / "shelf/doses.pdf").write_bytes(paged_pdf(3))
    library = place / "library"
    ingest(LocalStore(library), [place / "shelf"], gate.embedder)

    def open_system() -> System:
        answerer = Answerer(gate.reader, PLAIN_CALIBRATION)
        return System(open_store(library), Search(gate.embedder), answerer, SqliteJournal(library))

    def make_jobs(service: Service) -> LibraryJobs:
        return LibraryJobs(service, library, lambda: gate.embedder)

    hashes = {name: hash_password(name, f"{name}-word") for name in ("ann", "bob")}
    login = PeopleLogin(People(FILE.format(**hashes), "people.toml"), Sessions(library))
    urls = [f"https://{NAMES[path]}:{port}{path}" for (_, path), port in ports.items()]
    sites = Sites("127.0.0.1", list(map(PublicUrl.parse, urls)), Proxies(["127.0.0.1"]))
    with served(open_system, make_jobs, sites=sites, people=login) as address:
        yield address.removeprefix("http://")


@pytest.fixture(params=["", FOLDER], ids=["root", "folder"])
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=KINDS)
def address(
    request: pytest.FixtureRequest, path: str, upstream: str, ports: Places, place: Path
) -> Iterator[str]:
    port = ports[request.param, path]
    with proxied(request.param, port, upstream, path, place) as address:
        yield address


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Tab]:
    context = browser.new_context()
    tab = Tab(context.new_page(), address)
    yield tab
    context.close()
    assert tab.foreign == []
    assert tab.errors == []


def log_in(tab: Tab, name: str, password: str) -> None:
    tab.page.get_by_label("Name", exact=True).fill(name)
    tab.page.get_by_label("Password").fill(password)
    tab.page.get_by_role("button", name="Log in").click()


def log_out(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Log out").click()
    expect(tab.page.get_by_label("Name", exact=True)).to_be_visible()


def test_the_page_works_behind_a_proxy(tab: Tab, address: str, path: str, gate: Gate) -> None:
    if path:  # without its stroke too
        tab.page.goto(address)
        expect(tab.page).to_have_url(f"{address}/login")
        tab.foreign.remove(address)  # the very address that was opened
    see_a_part(tab, address, path)
    log_in(tab, "ann", "ann-word")
    read_and_judge(tab, gate)
    save_and_describe(tab, address)
    change_the_corpus(tab, gate)
    log_out(tab)


def see_a_part(tab: Tab, address: str, path: str) -> None:
    """Log in with a wrong password and a right one; the question of the link is answered then."""
    page = tab.page
    page.goto(f"{address}/?q=Newts+live+where&in=shelf/press")
    log_in(tab, "bob", "wrong")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    tab.excuse("401")
    log_in(tab, "bob", "bob-word")
    tab.latest.wait_for()
    expect(tab.latest).to_contain_text("ponds")
    expect(tab.latest.locator(".limited")).to_have_text("Only in shelf/press")
    assert page.url.startswith(f"{address}/")
    (cookie,) = (cookie for cookie in page.context.cookies() if cookie["name"] == COOKIE)
    assert (cookie["secure"], cookie["httpOnly"], cookie["path"]) == (True, True, path or "/")
    page.locator("#corpus-open").click()
    expect(page.locator(".corpus-documents li")).to_have_count(1)
    expect(page.locator(".corpus-add")).to_have_count(0)
    page.keyboard.press("Escape")
    log_out(tab)
    page.goto(f"{address}/")
    expect(page.get_by_label("Name", exact=True)).to_be_visible()


def read_and_judge(tab: Tab, gate: Gate) -> None:
    """Ask; the events come as they happen, and the citation opens its page with a box."""
    page, box = tab.page, tab.page.locator("#question textarea")
    gate.shut()
    box.fill(DOSE)
    box.press("Enter")
    expect(page.locator("#log .waiting")).to_be_visible()
    gate.open.set()
    expect(tab.latest.locator(".span .quote")).to_have_text(SENTENCES[1])
    frame = page.locator("#pane .page[data-page='2']")
    expect(frame.locator("canvas")).to_be_visible()
    expect(frame.locator(".mark.current")).to_have_count(1)
    page.get_by_role("button", name="Text", exact=True).click()
    tab.latest.locator("a.cite").first.click()
    expect(page.locator("#pane mark.current")).to_have_text(SENTENCES[1])
    assert marked(page) == SENTENCES[1]
    row = page.locator("#log .feedback")
    row.get_by_role("button", name="Right").click()
    expect(row.locator(".said")).to_have_text("Noted: right. Thank you.")


def save_and_describe(tab: Tab, address: str) -> None:
    """Save the conversation, and read the description of the endpoints."""
    with tab.page.expect_download() as saved:
        tab.page.get_by_role("link", name="md", exact=True).click()
    assert SENTENCES[1][:-1] in Path(saved.value.path()).read_text("utf-8")
    described = tab.page.evaluate("async () => (await fetch('openapi.json')).json()")
    assert described["servers"] == [{"url": "."}]
    link = tab.page.evaluate(
        """async () => new DOMParser().parseFromString(await (await fetch('docs')).text(),
        'text/html').querySelector('a[href$="openapi.json"]').getAttribute('href')"""
    )
    assert not link.startswith("/")


def change_the_corpus(tab: Tab, gate: Gate) -> None:
    """Take a file in and back, and stop taking one in."""
    page = tab.page
    page.locator("#corpus-open").click()
    dialog = page.get_by_role("dialog", name="Corpus")
    names = dialog.locator(".corpus-documents a")
    expect(names).to_have_count(2)
    add = dialog.get_by_label("Add files")
    moles = {"name": "moles.md", "mimeType": "text/markdown", "buffer": b"# Moles\n\nMoles dig.\n"}
    add.set_input_files([moles])  # type: ignore[list-item]
    expect(names).to_have_text(["Moles", "Newts", "Part A0"])
    dialog.get_by_role("button", name="Undo").click()
    expect(names).to_have_count(2)
    expect(dialog.locator(".corpus-done h3").first).to_have_text("Taking 1 file back: done")
    gate.shut()
    voles = moles | {"name": "voles.md", "buffer": b"# Voles\n\nVoles are small.\n"}
    add.set_input_files([voles])  # type: ignore[list-item]
    with page.expect_response("**/api/corpus/stop"):
        dialog.locator("[data-post=stop]").click()
    gate.open.set()
    expect(dialog.locator(".corpus-problem")).to_contain_text("It was stopped")
    expect(names).to_have_count(2)
    page.keyboard.press("Escape")
