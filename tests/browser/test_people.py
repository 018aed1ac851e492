"""Logging in and out on the page, behind a proxy with TLS too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from answering_library import make_system
from playwright.sync_api import Browser, expect

from browser.driving import Tab
from inquote.app.web.password import hash_password
from inquote.app.web.people import People
from inquote.app.web.people_login import COOKIE, PeopleLogin
from inquote.app.web.sites import Proxies, PublicUrl, Sites
from inquote.index.stores.sessions import Sessions
from proxies import FOLDER, NAME, free_port, proxied, require
from serving import served

TEXTS = {"press/newts.md": "Newts live in ponds.", "hr/zebra.md": "Newts live in the vault."}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    require("nginx", "openssl")
    word = hash_password("bob", "bob-word")
    text = f"folders.press = ['everybody']\npeople.bob.password = '{word}'"
    login = PeopleLogin(People(text, "people.toml"), Sessions(tmp_path))
    port = free_port()
    sites = Sites(
        "127.0.0.1",
        [PublicUrl.parse(f"https://{NAME}:{port}{FOLDER}")],
        Proxies(["127.0.0.1"]),
    )
    with served(lambda: make_system(**TEXTS), sites=sites, people=login) as own:
        upstream = own.removeprefix("http://")
        with proxied("nginx", port, upstream, FOLDER, tmp_path) as address:
            yield address


def test_a_person_logs_in_asks_and_logs_out(browser: Browser, address: str) -> None:
    context = browser.new_context(ignore_https_errors=True)
    tab = Tab(context.new_page(), address)
    page = tab.page
    page.goto(f"{address}/?q=Newts+live+where")
    page.get_by_label("Name").fill("bob")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    tab.errors.clear()  # the browser reports the 401
    page.get_by_label("Password").fill("bob-word")
    page.get_by_role("button", name="Log in").click()
    # The question of the link, answered from what this person sees.
    tab.latest.wait_for()
    expect(tab.latest).to_contain_text("ponds")
    expect(page.locator("#log")).not_to_contain_text("vault")
    (cookie,) = (cookie for cookie in context.cookies() if cookie["name"] == COOKIE)
    assert (cookie["secure"], cookie["httpOnly"], cookie["path"]) == (True, True, FOLDER)
    page.locator("#corpus-open").click()
    expect(page.locator(".corpus-documents li")).to_have_count(1)
    expect(page.locator(".corpus-add")).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Name")).to_be_visible()
    page.goto(f"{address}/")
    expect(page.get_by_label("Name")).to_be_visible()
    context.close()
    assert tab.foreign == []
    assert tab.errors == []
