"""The page through nginx and Caddy with TLS, at the root and below a folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from browser.driving import Tab, marked
from fake_system import FakeSystem, opener
from inquote.app.web.sites import Proxies, PublicUrl, Sites
from proxies import FOLDER, NAME, free_port, proxied, require
from serving import served


@pytest.fixture(params=["nginx", "caddy"])
def kind(request: pytest.FixtureRequest) -> str:
    require(request.param, "openssl")
    return str(request.param)


@pytest.fixture(params=["", FOLDER], ids=["root", "folder"])
def address(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    public = PublicUrl.parse(f"https://{NAME}:{port}{request.param}")
    sites = Sites("127.0.0.1", [public], Proxies(["127.0.0.1"]))
    with served(opener(FakeSystem()), sites=sites) as own:
        upstream = own.removeprefix("http://")
        with proxied(kind, port, upstream, request.param, tmp_path) as address:
            yield address


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Tab]:
    context = browser.new_context(ignore_https_errors=True)
    tab = Tab(context.new_page(), address)
    yield tab
    context.close()
    assert tab.foreign == []
    assert tab.errors == []


def test_the_page_works_behind_a_proxy(tab: Tab, address: str) -> None:
    tab.open().ask("When was it approved?")
    expect(tab.latest.locator("mark").first).to_have_text("2015")
    tab.page.locator("#pane mark").first.wait_for()
    assert marked(tab.page) == "2015"
    # What the page calls beside Gradio.
    tab.page.locator("#corpus-open").click()
    expect(tab.page.locator(".corpus-documents li")).to_have_count(1)
    tab.page.keyboard.press("Escape")
    with tab.page.expect_download() as saved:
        tab.page.get_by_role("link", name="md", exact=True).click()
    assert "2015" in Path(saved.value.path()).read_text("utf-8")
    # A link to a question, and the description of the endpoints.
    tab.open("?q=What+was+the+response")
    expect(tab.latest.locator("mark").first).to_have_text("16.3% of patients")
    assert tab.page.url.startswith(f"{address}/")
    described = tab.page.evaluate("async () => (await fetch('openapi.json')).json()")
    assert described["servers"] == [{"url": "."}]
    tab.page.goto(f"{address}/docs")
    assert tab.page.get_by_role("link", name="/openapi.json").evaluate("a => a.href") == (
        f"{address}/openapi.json"
    )


@pytest.mark.parametrize("address", [FOLDER], indirect=True, ids=["folder"])
def test_the_folder_without_its_slash_leads_to_the_page(tab: Tab, address: str) -> None:
    tab.page.goto(address)
    tab.page.locator("#question textarea").wait_for()
    assert tab.page.url == f"{address}/"
    tab.foreign.remove(address)  # the very address that was opened
