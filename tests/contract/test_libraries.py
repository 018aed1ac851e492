"""One suite for a library in a folder and for the same library behind a server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import inquote
from asked_endpoints import TEXTS, make_library, open_fakes, served_library
from inquote.app.library import Library
from inquote.ingest.errors import LibraryUnavailable, QuestionError

KINDS = ["folder", pytest.param("server", marks=pytest.mark.server)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="module", params=KINDS)
def library(request: pytest.FixtureRequest, folder: Path) -> Iterator[Library]:
    if request.param == "folder":
        with Library(open_fakes(folder)) as library:
            yield library
        return
    with served_library(folder) as address, inquote.open_library(address) as library:
        yield library


def test_an_answer_is_the_texts_own_words(library: Library) -> None:
    answer = library.ask("An otter weighs how many kilograms?")
    assert answer.text == "An otter weighs 12 kilograms."
    (citation,) = answer.citations
    document = library.document(citation.document_id)
    assert document.text[citation.start : citation.end] == citation.quote
    assert document.sha256 == citation.document_sha256
    assert answer.hits[0].passage.document_id == "zoo/otters.md"


def test_an_answer_is_the_same_from_both(library: Library, folder: Path) -> None:
    with Library(open_fakes(folder)) as local:
        for question, history in (
            ("How many kilograms weighs it?", ["What is an otter?"]),
            ("What is the capital of Peru?", []),
            ("How many metres has an otter?", []),
            ("hello", []),
        ):
            mine, theirs = (each.ask(question, history) for each in (library, local))
            times = {"elapsed_ms": 0.0}
            assert {**mine.as_json(), **times} == {**theirs.as_json(), **times}
            assert mine.is_small_talk == theirs.is_small_talk
            assert [hit.passage.id for hit in mine.hits] == [hit.passage.id for hit in theirs.hits]


def test_a_question_can_be_limited(library: Library) -> None:
    answer = library.ask("What turns its head?", scope=["zoo/otters.md"])
    assert answer.scope == ("zoo/otters.md",)
    assert {hit.passage.document_id for hit in answer.hits} == {"zoo/otters.md"}


@pytest.mark.parametrize("question", ["", "?!", "x" * 5000])
def test_what_is_no_question_is_a_sentence(library: Library, question: str) -> None:
    with pytest.raises(QuestionError, match=r"[Pp]lease"):
        library.ask(question)
    with pytest.raises(QuestionError, match=r"[Pp]lease"):
        library.search(question)


def test_a_scope_that_is_not_there_is_a_sentence(library: Library) -> None:
    with pytest.raises(QuestionError, match="There is no document or folder zoo/rats"):
        library.ask("Who sleeps afloat?", scope=["zoo/rats"])
    with pytest.raises(QuestionError, match="There is no document or folder zoo/rats"):
        library.search("afloat", scope=["zoo/rats"])


def test_a_search_lists_whole_passages(library: Library) -> None:
    passages = library.search("Who sleeps afloat?", limit=2)
    assert [passage.document_id for passage in passages][:1] == ["zoo/otters.md"]
    assert len(passages) == 2
    for passage in passages:
        text = library.document(passage.document_id).text
        assert text[passage.start : passage.end] == passage.quote
        assert (passage.passage_start, passage.passage_end) == (passage.start, passage.end)
    (owls,) = library.search("Who sleeps afloat?", scope=["zoo/owls.md"])
    assert owls.document_id == "zoo/owls.md"
    with pytest.raises(QuestionError, match="1 to 100 passages"):
        library.search("afloat", limit=0)


def test_documents_are_the_same_from_both(library: Library, folder: Path) -> None:
    with Library(open_fakes(folder)) as local:
        infos = library.documents()
        assert [info.id for info in infos] == [f"zoo/{name}" for name in TEXTS]
        assert infos == local.documents()
        for info in infos:
            mine, theirs = library.document(info.id), local.document(info.id)
            assert mine == replace(theirs, pages=mine.pages)
            assert mine.blocks == theirs.blocks


def test_a_document_that_is_not_there_is_a_key_error(library: Library) -> None:
    for id in ("zoo/rats.md", "", "../zoo", "zoo", "a b/ü?#%2F"):
        with pytest.raises(KeyError):
            library.document(id)


def test_several_threads_ask_at_once(library: Library) -> None:
    def ask(number: int) -> list[str]:
        answer = library.ask(f"An otter weighs how many kilograms in {2000 + number}?")
        return [answer.hits[0].passage.id, library.documents()[0].id]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(24)))
    assert {document for _, document in answers} == {"zoo/otters.md"}
    assert {hit.partition(":")[0] for hit, _ in answers} == {"zoo/otters.md"}


def test_what_was_asked_before_is_given_and_a_text_is_needed(library: Library) -> None:
    answer = library.ask("And how heavy?", history=["What is an otter?", "Where does it sleep?"])
    assert answer.question == "And how heavy?"
    for question in (None, 7, ["a"]):
        with pytest.raises(QuestionError, match=r"[Pp]lease"):
            library.ask(question)  # type: ignore[arg-type]


def test_odd_characters_are_no_obstacle(library: Library) -> None:
    answer = library.ask("What weighs an otter \ud800 \x00?", ["\udfff"])
    assert "\ud800" not in answer.question
    assert library.search("afloat \ud800")


@pytest.mark.server
def test_a_server_that_is_none_is_a_sentence(folder: Path) -> None:
    is_none = pytest.raises(inquote.InquoteError, match="is no inquote server")
    with served_library(folder) as address, is_none:
        inquote.open_library(f"{address}/elsewhere")
    with pytest.raises(LibraryUnavailable, match=f"No server answers at {address}"):
        inquote.open_library(address)


def test_options_that_contradict_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(inquote.InquoteError, match="A server has its own reader"):
        inquote.open_library("https://docs.example.org", reader="sentence")
    with pytest.raises(inquote.InquoteError, match="A token is for a server"):
        inquote.open_library(tmp_path, token="abc")
    with pytest.raises(LibraryUnavailable, match=r"No server answers at http://127\.0\.0\.1:9"):
        inquote.open_library(Path("HTTP://127.0.0.1:9"))
