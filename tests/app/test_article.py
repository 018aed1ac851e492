"""The real models on the real article, end to end."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inquote.app.answering.answer import Answer
from inquote.app.build import open_system
from inquote.app.cli.terminal import system_opener
from inquote.app.marks import dump_json
from inquote.app.reader.later import LaterReader
from inquote.app.service.parallel import ParallelService
from inquote.app.service.readers import Readers
from inquote.app.system import System
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from places import CORPUS, ROOT


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("article") / "library"
    ingest(LocalStore(path), [CORPUS], SentenceTransformerEmbedder())
    return path


@pytest.fixture(scope="session")
def system(library: Path) -> Iterator[System]:
    opened = open_system(library)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who developed IMLYGIC?", "Amgen"),
        ("What durable response rate did IMLYGIC reach in the OPTiM trial?", "16.3%"),
        ("When did the FDA approve IMLYGIC?", "2015"),
        ("Which virus is IMLYGIC derived from?", "herpes simplex virus type 1"),
    ],
)
def test_what_the_article_says_is_answered_verbatim(
    system: System, question: str, words: str
) -> None:
    answer = system.ask(question)
    assert answer.text is not None
    assert words in answer.text
    for cited in answer.citations:
        assert system.document(cited.document_id).text[cited.start : cited.end] == cited.quote


@pytest.mark.parametrize(
    "question",
    ["What does one dose of IMLYGIC cost in dollars?", "Who won the football world cup in 1998?"],
)
def test_what_the_article_does_not_say_is_refused(system: System, question: str) -> None:
    answer = system.ask(question)
    assert answer.text is None
    assert len(answer.hits) >= 3


def test_the_library_of_the_article_is_sound(library: Path) -> None:
    opened = LocalStore(library)
    assert opened.verify() == []
    with opened.snapshot() as snapshot:
        left_out = [text for _, _, text in snapshot.left_out()]
    assert len(left_out) == 5
    assert left_out[-1] == "Related Reports"
    assert all(text.startswith("For more") for text in left_out[:-1])


@pytest.mark.server
def test_no_name_is_looked_up(library: Path, tmp_path: Path) -> None:
    """A cold process ingests, asks and evaluates with name resolution forbidden."""
    few = (ROOT / "eval" / "questions" / "imlygic.jsonl").read_text("utf-8").splitlines()[:3]
    (tmp_path / "few.jsonl").write_text("\n".join(few), "utf-8")
    (tmp_path / "x.html").write_text("<p>An otter weighs 12 kilograms.")
    code = f"""
import socket
def forbidden(*a, **k): raise AssertionError(f"looked up {{a}}")
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = forbidden
import sys
from inquote.app.cli.commands import main
from inquote.eval.__main__ import main as evaluate
def run(program, *arguments):
    sys.argv = ["program", *arguments]
    try: program()
    except SystemExit as stop: assert not stop.code, stop.code
    print()
run(main, "ingest", {str(tmp_path / "x.html")!r}, "--library", {str(tmp_path / "library")!r})
run(main, "ask", "Who developed IMLYGIC?", "--json", "--library", {str(library)!r})
evaluated = ["run", {str(tmp_path / "few.jsonl")!r}, "--json", "--library", {str(library)!r}]
run(evaluate, *evaluated, "--out", {str(tmp_path / "run")!r})
"""
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", code], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "added: " in done.stdout
    answer = next(line for line in done.stdout.splitlines() if line.startswith('{"version"'))
    assert "Amgen" in json.loads(answer)["answer"]
    assert len((tmp_path / "run" / "predictions.jsonl").read_text("utf-8").splitlines()) == 1 + len(
        few
    )


def test_two_processes_answer_with_the_bytes_of_one(system: System, library: Path) -> None:
    lines = (ROOT / "eval" / "questions" / "imlygic.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line) for line in lines[::12]]
    readers = Readers(system_opener(library, None, None, journal=False), 2)
    service = ParallelService(
        system_opener(library, None, None, journal=False, load=False), readers
    )

    async def ask() -> list[Answer]:
        turns = [(each["question"], each.get("history", ())) for each in questions]
        return await asyncio.gather(*[service.answer(*turn) for turn in turns])

    answers = asyncio.run(ask())
    service.close()
    for each, answer in zip(questions, answers, strict=True):
        alone = system.answer(each["question"], each.get("history", ()))
        assert dump_json(untimed(answer)) == dump_json(untimed(alone))


def test_a_system_that_loads_later_answers_the_same(system: System, library: Path) -> None:
    later = open_system(library, load=False)
    assert isinstance(later.answerer.reader, LaterReader)
    assert "_reader" not in vars(later.answerer.reader)
    question = "Which virus is IMLYGIC derived from?"
    assert untimed(later.answer(question)) == untimed(system.answer(question))
    later.close()


def untimed(answer: Answer) -> dict[str, Any]:
    return {**answer.as_json(), "elapsed_ms": 0}
