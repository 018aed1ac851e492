"""What a document is about, and questions about it, over HTTP."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from fake_system import FakeSystem, opener
from inquote.app.answering.answer import Answer
from inquote.app.answering.scope import ScopeError
from inquote.app.service.overviews import Overviews
from inquote.app.service.service import DocumentChanged, Service
from inquote.app.web.server import create_app

ADDRESS = "http://127.0.0.1:7860"
ID = "corpus/small.md"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    service = Service(opener(FakeSystem()))
    app, _ = asyncio.run(create_app(service))
    with TestClient(app, base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield client
    service.close()


def test_a_document_says_in_its_own_words_what_it_is_about(client: TestClient) -> None:
    html = client.get("/api/overview", params={"document": ID}).text
    assert ">The future is open.</a>" in html
    assert "document=corpus%2Fsmall.md" in html


def test_questions_are_those_that_the_document_answers(client: TestClient) -> None:
    questions = client.get("/api/overview/questions", params={"document": ID}).json()["questions"]
    assert len(questions) == 1
    assert questions == client.get(f"/api/overview/questions?document={ID}").json()["questions"]


@pytest.mark.parametrize("path", ["", "/questions"])
def test_a_document_that_is_not_there_gets_a_sentence(client: TestClient, path: str) -> None:
    response = client.get(f"/api/overview{path}", params={"document": "none.md"})
    assert response.status_code == 410
    assert "not in the library any more" in response.json()["error"]


def test_a_document_that_is_removed_while_it_is_asked_is_gone() -> None:
    class Removed(FakeSystem):
        def answer(self, question: str, *rest: Any) -> Answer:
            raise ScopeError("Nothing of that name is in the corpus.")

    service = Service(opener(Removed()))
    with pytest.raises(DocumentChanged, match="not in the library any more"):
        asyncio.run(Overviews(service).questions(ID, ""))
    service.close()
