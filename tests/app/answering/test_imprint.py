"""What a text says of itself: who wrote or signed it, when, and what it is called."""

import pytest

from fakes import PLAIN_CALIBRATION, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.system import System
from inquote.index.retrieval.search import Search
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from store_writing import EMBEDDER

FILES = {
    "paper.md": (
        "# Counting otters by night\n\nAda Quill∗, Jan van der Berg†, and Mary T. Ox\n\n"
        "## Abstract\n\nOtters were counted by Bo Lind, Eva Moss and others on forty nights.\n"
    ),
    "ferries.md": "# Ferries\n\nBy Nora Vale and Tom Ash\n\nThe ferry leaves at noon.\n",
    "memo.txt": (
        "5 May 2023\n\nTo all.\n\nThe pump of the north well is broken.\n\nKind regards,\n\nIris\n"
    ),
    "places.md": (
        "# Places\n\n## North Cove, South Cove and East Cove\n\nTwo of them are open.\n\n"
        "East Cove is not, for the path to it was lost in the storm of last year.\n\n"
        "West Cove, Low Cove\n"
    ),
}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    folder = tmp_path_factory.mktemp("authors")
    for name, text in FILES.items():
        (folder / "texts").mkdir(exist_ok=True)
        (folder / "texts" / name).write_text(text, encoding="utf-8")
    store = LocalStore(folder / "library")
    ingest(store, [folder / "texts"], EMBEDDER)
    return System(store, Search(EMBEDDER), Answerer(FakeReader(), PLAIN_CALIBRATION))


@pytest.mark.parametrize(
    ("question", "names"),
    [
        (
            "Who are the authors of Counting otters?",
            ["Ada Quill", "Jan van der Berg", "Mary T. Ox"],
        ),
        ("Who wrote the paper?", ["Ada Quill", "Jan van der Berg", "Mary T. Ox"]),  # by its file
        ("By whom was Ferries written?", ["Nora Vale", "Tom Ash"]),
        ("Who signed the memo?", ["Iris"]),
        ("When was the memo written?", ["5 May 2023"]),
        ("What is the date of the memo?", ["5 May 2023"]),
        ("What is the title of the paper?", ["Counting otters by night"]),
    ],
)
def test_a_text_names_its_authors(system: System, question: str, names: list[str]) -> None:
    answer = system.answer(question)
    assert [citation.quote for citation in answer.citations] == names
    assert answer.confidence == 0.8


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote Places?",
        "Who wrote the article?",
        "Who counted the otters?",
        "When was the paper published?",
        "When was the ferry issued?",
        "What is the title of the memo?",
    ],
)
def test_nothing_is_made_up(system: System, question: str) -> None:
    assert system.answer(question).confidence != 0.8


def test_the_only_text_that_is_called_so_is_summarised(system: System) -> None:
    answer = system.answer("Summarise the memo")
    assert answer.trace["form"] == "overview"
    assert {citation.document_id for citation in answer.citations} == {"texts/memo.txt"}


def test_a_text_of_one_kind_is_summarised_alone(system: System) -> None:
    answer = system.answer("What is this paper about?")
    assert {citation.document_id for citation in answer.citations} == {"texts/paper.md"}
    answer = system.answer("What is the report about?")
    assert len({citation.document_id for citation in answer.citations}) > 1
