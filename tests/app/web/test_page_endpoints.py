"""Sizes, pictures, words and places of pages over HTTP, and what is refused."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from paged import ID, SENTENCES, paged_system
from starlette.testclient import TestClient

from fake_system import FakeSystem, opener
from inquote.app.service.service import Service
from inquote.app.web.server import create_app

ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> FakeSystem:
    return paged_system(tmp_path_factory.mktemp("paged"))


@pytest.fixture(scope="module")
def client(system: FakeSystem) -> Iterator[TestClient]:
    service = Service(opener(system))
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield client
    service.close()


def test_sizes_of_all_pages_come_at_once(client: TestClient) -> None:
    response = client.get("/api/pages", params={"document": ID})
    pages = response.json()["pages"]
    assert (response.status_code, len(pages)) == (200, 40)
    assert pages[1][:3] == ["102", 612.0, 792.0]
    assert response.headers["cache-control"] == "no-store"
    assert "default-src 'self'" in response.headers["content-security-policy"]


def test_a_page_is_a_picture_that_no_browser_keeps(client: TestClient) -> None:
    query = {"document": ID, "page": "3", "width": "600"}
    response = client.get("/api/pages/picture", params=query)
    assert (response.status_code, response.headers["content-type"]) == (200, "image/png")
    assert response.content.startswith(b"\x89PNG")
    assert response.headers["cache-control"] == "no-store"


def test_words_have_their_places_and_offsets(client: TestClient, system: FakeSystem) -> None:
    response = client.get("/api/pages/words", params={"document": ID, "page": "2"})
    text = system.document_.text
    lines = response.json()["lines"]
    for line in lines:
        assert text[line["start"] :].startswith(line["text"])
        assert len(line["words"]) == len(line["text"].split())
    assert SENTENCES[1] in [line["text"] for line in lines]
    assert [line["start"] for line in lines] == sorted(line["start"] for line in lines)


def test_places_of_ranges_go_over_pages(client: TestClient, system: FakeSystem) -> None:
    text = system.document_.text
    start, end = text.index(SENTENCES[0]), text.index(SENTENCES[1]) + 5
    query = {"document": ID, "mark": [f"1:{start}-{end}", f"2:{start}-{start + 5}"]}
    marks = client.get("/api/pages/boxes", params=query).json()["marks"]
    assert [(mark["number"], mark["page"]) for mark in marks] == [(1, 1), (1, 2), (2, 1)]
    assert all(len(box) == 4 for mark in marks for box in mark["boxes"])


@pytest.mark.parametrize("page", ["0", "41", "999999999"])
def test_a_page_that_is_not_there_is_404(client: TestClient, page: str) -> None:
    for path in ("words", "picture"):
        query = {"document": ID, "page": page, "width": "600"}
        response = client.get(f"/api/pages/{path}", params=query)
        assert (response.status_code, list(response.json())) == (404, ["error"])
        assert f"has no page {page}" in response.json()["error"]


@pytest.mark.parametrize("page", ["", "-1", "1.5", "x", "٣", "1" * 4_500, "../../etc"])
def test_what_is_no_number_is_400(client: TestClient, page: str) -> None:
    for path in ("words", "picture"):
        query = {"document": ID, "page": page, "width": "600"}
        assert client.get(f"/api/pages/{path}", params=query).status_code == 400


@pytest.mark.parametrize("mark", ["", "1", "1:5", "1:9-5", "1:0-99999999", "x:1-2", "1:-1-5"])
def test_a_place_that_is_none_is_400(client: TestClient, mark: str) -> None:
    response = client.get("/api/pages/boxes", params={"document": ID, "mark": mark})
    assert response.json() == {"error": "That place is not in the document."}
    assert response.status_code == 400


@pytest.mark.parametrize("id", ["", "nothing.pdf", "../kept", "/etc/passwd", f"{ID}/../../kept"])
def test_a_document_that_is_not_there_is_410_whatever_its_path(client: TestClient, id: str) -> None:
    for path in ("", "/boxes", "/words", "/picture"):
        response = client.get(f"/api/pages{path}", params={"document": id, "page": 1, "width": 9})
        assert response.status_code == 410
        assert "ask the question again" in response.json()["error"]


def test_another_version_is_410(client: TestClient) -> None:
    response = client.get("/api/pages", params={"document": ID, "sha256": "0" * 64})
    assert response.status_code == 410


@pytest.mark.parametrize("path", ["/api/pages/", "/api/pages/file", "/api/pages/picture/1"])
def test_nothing_else_is_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_pane_leaves_the_text_out_only_where_pages_can_be_shown(client: TestClient) -> None:
    query = {"document": ID, "view": "page"}
    pane = client.get("/api/pane", params=query).text
    assert 'class="document-pages"' in pane
    assert SENTENCES[0] not in pane
    both = client.get("/api/pane", params={"document": ID}).text
    assert 'class="document-pages"' in both
    assert "Fever" in both


def test_without_its_file_a_document_is_text(tmp_path: Path) -> None:
    system = paged_system(tmp_path)
    system.file = None
    service = Service(opener(system))
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS) as client:
        pane = client.get("/api/pane", params={"document": ID, "view": "page"}).text
        assert "document-pages" not in pane
        assert "Fever" in pane
        response = client.get("/api/pages", params={"document": ID})
        assert response.status_code == 404
        assert response.json()["error"].endswith("its text is there.")
    service.close()
