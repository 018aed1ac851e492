"""The gate catches planted regressions: on a small zoo with fakes, and in slow tests on the
article with the models."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from inquote.app.answering.answerer import Answerer
from inquote.app.build import open_system
from inquote.app.system import System
from inquote.eval.metrics.bootstrap import estimate
from inquote.eval.report.floors import Floors, check_floors, load_floors
from inquote.eval.report.score import METRICS, score
from inquote.eval.runs.corpus import library_of
from inquote.eval.runs.predict import predict
from inquote.eval.runs.questions import Question, fill, load_questions
from inquote.eval.runs.run import Run, texts_of
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.retrieval.search import Search
from inquote.ingest.chunk import Chunks, chunk
from places import CORPUS, ROOT

ANIMALS = "otter owl newt tern seal hare lynx crane viper bison heron stoat".split()
FACTS = (
    ("weigh", "The {a} can weigh about {n} kilograms in a good summer."),
    ("eat", "To eat well the {a} needs some {n} meals of roots each week."),
    ("sleep", "A {a} must sleep for close to {n} hours out of every day."),
)


def halved(document, count_tokens, window) -> Chunks:
    """The chunker with a fault: every passage ends in its middle."""
    made = chunk(document, count_tokens, window)
    cut = [
        replace(p, end=(p.start + p.end) // 2, text=p.text[: (p.end - p.start) // 2])
        for p in made.passages
    ]
    return replace(made, passages=tuple(replace(p, end=p.start + len(p.text)) for p in cut))


def with_threshold(system: System, threshold: float) -> None:
    calibration = replace(system.answerer.calibration, threshold=threshold)
    system.answerer = Answerer(system.answerer.reader, calibration)


def without_lexical_search(system: System) -> None:
    system.search = Search(system.search.embedder, dense_weight=1.0)


REGRESSIONS: dict[str, Callable[[System], None]] = {
    "everything answered": lambda system: with_threshold(system, 0.0),
    "everything refused": lambda system: with_threshold(system, 1.01),
    "lexical search switched off": without_lexical_search,
}


def problems(system: System, questions: list[Question], floors: Floors) -> list[str]:
    predictions = predict(system, questions)
    return broken_by(floors, Run({}, texts_of(predictions, system.document), tuple(predictions)))


def broken_by(floors: Floors, run: Run) -> list[str]:
    columns = score(run).columns
    held = {name for wanted in floors.values() for name in wanted}
    return check_floors(
        floors,
        {metric.name: estimate(metric, columns) for metric in METRICS if metric.name in held},
    )


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    """A document an animal, with three facts each."""
    folder = tmp_path / "zoo"
    folder.mkdir()
    for number, animal in enumerate(ANIMALS):
        facts = [fact.format(a=animal, n=10 * number + at) for at, (_, fact) in enumerate(FACTS)]
        (folder / f"{animal}.txt").write_text("\n\n".join(facts) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def questions(tmp_path: Path, zoo: Path) -> list[Question]:
    """What the zoo says of every animal, and as many questions that it does not answer."""
    rows = []
    for number, animal in enumerate(ANIMALS):
        for at, (verb, fact) in enumerate(FACTS):
            quote = fact.format(a=animal, n=10 * number + at)
            evidence = [[{"document": f"zoo/{animal}.txt", "quote": quote}]]
            asked = quote.replace(f"{10 * number + at} ", "").removesuffix(".") + "?"
            row = {
                "id": f"{animal}-{verb}",
                "type": "factoid",
                "question": asked,
                "answerable": True,
            }
            rows.append(row | {"answers": [quote], "evidence": evidence})
            missing = {
                "type": "factoid",
                "question": f"Which {verb}er painted purple bread, {number}?",
            }
            rows.append({"id": f"{animal}-no-{verb}", "answerable": False} | missing)
    path = tmp_path / "zoo.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    fill(path, zoo)
    return list(load_questions(path))


ZOO_FLOORS: Floors = {
    "at_least": {
        "evidence_recall@3": 0.95,
        "lexical_recall@3": 0.9,
        "answer_right": 0.9,
        "refusal_recall": 0.9,
    },
    "at_most": {"answerable_refused": 0.1},
    "exactly": {"verbatim_violations": 0, "errors": 0},
}


def test_the_healthy_zoo_passes(make_system, zoo, questions):
    assert problems(make_system(zoo), questions, ZOO_FLOORS) == []


@pytest.mark.parametrize("regression", REGRESSIONS)
def test_the_gate_catches_a_regression_of_the_zoo(make_system, zoo, questions, regression):
    system = make_system(zoo)
    REGRESSIONS[regression](system)
    assert problems(system, questions, ZOO_FLOORS) != []


def test_the_gate_catches_halved_passages_of_the_zoo(make_system, zoo, questions, monkeypatch):
    monkeypatch.setattr("inquote.index.updating.writer.chunk", halved)
    found = problems(make_system(zoo), questions, ZOO_FLOORS)
    assert any(problem.startswith("evidence_recall@3") for problem in found)


def test_the_gate_catches_quotes_that_are_not_the_text(make_system, zoo, questions):
    system = make_system(zoo)
    predictions = predict(system, questions)
    texts = {id: text.upper() for id, text in texts_of(predictions, system.document).items()}
    found = broken_by(ZOO_FLOORS, Run({}, texts, tuple(predictions)))
    assert [problem.split()[0] for problem in found] == ["verbatim_violations"]


@pytest.fixture(scope="module")
def article_questions() -> list[Question]:
    return list(load_questions(ROOT / "eval" / "questions" / "imlygic.jsonl"))


@pytest.fixture(scope="module")
def article_floors() -> Floors:
    return load_floors(
        ROOT / "eval" / "floors.toml", "imlygic", {metric.name for metric in METRICS}
    )


@pytest.mark.slow
@pytest.mark.parametrize("regression", [None, *REGRESSIONS])
def test_the_gate_on_the_article(article_questions, article_floors, regression):
    with library_of(CORPUS, SentenceTransformerEmbedder()) as library:
        system = open_system(library)
        REGRESSIONS.get(regression or "", lambda system: None)(system)
        assert bool(problems(system, article_questions, article_floors)) == (regression is not None)
        system.close()


@pytest.mark.slow
def test_the_gate_catches_halved_passages_of_the_article(
    article_questions, article_floors, monkeypatch
):
    monkeypatch.setattr("inquote.index.updating.writer.chunk", halved)
    with library_of(CORPUS, SentenceTransformerEmbedder()) as library:
        system = open_system(library)
        assert problems(system, article_questions, article_floors) != []
        system.close()
