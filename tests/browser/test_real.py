"""The real system on the real article, in a real browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from browser.driving import Tab, in_view, marked
from inquote.app.build import open_system
from inquote.index.models.embedder import PACKAGED, SentenceTransformerEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from places import CORPUS
from serving import served


@pytest.fixture(scope="session")
def real_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    library = tmp_path_factory.mktemp("real") / "library"
    ingest(LocalStore(library), [CORPUS], SentenceTransformerEmbedder(PACKAGED))
    with served(lambda: open_system(library)) as address:
        yield address


@pytest.fixture
def address(real_address: str) -> str:
    return real_address


def test_a_question_opens_the_article_at_the_cited_line(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab().open().ask("Who developed IMLYGIC?")
    quote = tab.latest.locator(".span .quote").first.text_content()
    assert quote and "Amgen" in quote
    link = tab.latest.locator("a.cite").first.get_attribute("href")
    place = re.search(r"start=(\d+)&end=(\d+)", link or "")
    current = tab.page.locator("#pane mark.current")
    expect(current).to_have_text(quote)
    assert in_view(current)
    text = "".join(tab.page.locator("#pane .part").all_text_contents())
    assert place and text[int(place[1]) : int(place[2])] == quote == marked(tab.page)


def test_what_the_article_does_not_say_is_refused(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab().open().ask("What does a dose of IMLYGIC cost?")
    expect(tab.latest.locator(".refusal")).to_contain_text("I found no answer in ")
    expect(tab.latest.locator(".nearest li")).to_have_count(3)
    tab.latest.locator("a.near").first.click()
    expect(tab.page.locator("#pane .at")).to_contain_text("Passage 1 of ")
    assert tab.page.locator("#pane mark.current").count() >= 1
