"""The answers stay the same unless something is meant to change them.

`same_answers.jsonl` holds questions about the article and the stations with what was answered when
headings became part of passages: one library of both, the real models, everything in float32, so
that the processor makes no difference.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from inquote.app.answering.answerer import Answerer
from inquote.app.build import open_system
from inquote.app.reader.span import SpanReader
from inquote.app.system import System
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from places import CORPUS, ROOT

RECORDED = [
    json.loads(line)
    for line in (ROOT / "tests" / "eval" / "same_answers.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    library = tmp_path_factory.mktemp("same") / "library"
    embedder = SentenceTransformerEmbedder(precision="float32")
    ingest(LocalStore(library), [CORPUS, ROOT / "eval" / "corpora" / "stations"], embedder)
    opened = open_system(library)
    opened.answerer = Answerer(SpanReader(precision="float32"), opened.answerer.calibration)
    yield opened
    opened.close()


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["id"])
def test_the_answer_is_the_same(system: System, recorded: dict[str, Any]) -> None:
    answer = system.answer(recorded["question"], recorded["history"])
    assert answer.understood_as == recorded["understood_as"]
    assert answer.text == recorded["text"]
    cited = [[c.document_id, c.start, c.end] for c in answer.citations]
    assert cited == recorded["citations"]
    assert answer.confidence == pytest.approx(recorded["confidence"], abs=0.001)
    assert answer.trace["form"] == recorded["form"]
