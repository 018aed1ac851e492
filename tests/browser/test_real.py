"""The real system on the real article, in a real browser."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import CORPUS
from playwright.sync_api import expect

from app.chat.message import REFUSAL
from app.system import System, open_system
from browser.driving import Tab, in_view, marked, served
from index.build import ingest
from index.embed import PACKAGED, SentenceTransformerEmbedder


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("real") / "library"
    ingest(path, [CORPUS], SentenceTransformerEmbedder(PACKAGED))
    return path


@pytest.fixture(scope="session")
def real(library: Path) -> Iterator[tuple[System, str]]:
    systems = []

    def open_library() -> System:
        systems.append(open_system(library))
        return systems[0]

    with served(open_library) as address:
        yield systems[0] if systems else open_system(library), address


@pytest.fixture
def address(real: tuple[System, str]) -> str:
    return real[1]


def test_a_question_opens_the_article_at_the_cited_line(new_tab: Callable[..., Tab], library: Path) -> None:
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
    expect(tab.latest.locator(".refusal")).to_have_text(REFUSAL)
    expect(tab.latest.locator(".nearest li")).to_have_count(3)
    tab.latest.locator("a.near").first.click()
    expect(tab.page.locator("#pane .at")).to_contain_text("Passage 1 of ")
    assert tab.page.locator("#pane mark.current").count() >= 1
