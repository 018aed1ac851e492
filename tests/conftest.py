"""Fakes and small libraries for the tests."""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny models gain nothing from more, and on busy cores threads wait

from app.answer import Answerer
from app.confidence import Calibration
from app.reader.base import Reading, Span
from app.system import System
from index.build import ingest
from index.library import Library
from index.search import Search
from ingest.documents import Passage
from ingest.sentences import sentence_ranges

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"


class FakeEmbedder:
    """A bag of hashed words: texts that share words are near. A token is a word. Counts what it embeds."""

    name = "fake"
    fingerprint = "f" * 64
    dimension = 64
    window = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 2

    def is_word(self, text: str) -> bool:
        return True

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += texts
        return np.array([self.embed_query(text) for text in texts], np.float32).reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> np.ndarray:
        vector = np.full(self.dimension, 0.01, np.float32)
        for word in text.lower().split():
            vector[hashlib.sha256(word.strip("?.,:").encode()).digest()[0] % self.dimension] += 1
        return (vector / np.linalg.norm(vector)).astype(np.float32)


class FakeReader:
    """Scores a sentence by how many words it shares with the question; none scores 0.5 of the question's words."""

    name = "fake"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        asked = {word.strip("?.,:").lower() for word in question.split()}
        return [self._reading(asked, passage.text) for passage in passages]

    def note(self, question: str) -> str | None:
        return None

    def _reading(self, asked: set[str], text: str) -> Reading:
        spans = [
            Span(start, end, float(len(asked & {w.strip("?.,:").lower() for w in text[start:end].split()})))
            for start, end in sentence_ranges(text)
        ]
        return Reading(tuple(sorted(spans, key=lambda s: -s.score)), tuple(spans), len(asked) / 2)


PLAIN_CALIBRATION = Calibration(weights={"score": 2.0}, bias=0.0, threshold=0.5, retrieval_weight=0.0)


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Where a library is to be made."""
    return tmp_path / "library"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Three documents about animals in a folder called `zoo`."""
    folder = tmp_path / "zoo"
    folder.mkdir()
    (folder / "otters.md").write_text("# Otters\n\nAn otter weighs 12 kilograms. Otters sleep afloat.\n", "utf-8")
    (folder / "owls.md").write_text("# Owls\n\nAn owl turns its head by 270 degrees. Owls hunt at night.\n", "utf-8")
    (folder / "newts.txt").write_text("A newt regrows its tail. Newts live in ponds.\n", "utf-8")
    return folder


@pytest.fixture
def make_system(tmp_path: Path, embedder: FakeEmbedder) -> Callable[..., System]:
    """Ingest paths into a library and open it with the fakes."""

    def make(*paths: Path, library: Path = tmp_path / "library") -> System:
        ingest(library, paths, embedder)
        return System(Library.open(library), Search(embedder), Answerer(FakeReader(), PLAIN_CALIBRATION))

    return make
