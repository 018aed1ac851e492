"""Flip bits of a library and look what it says: `python tests/flips.py [TRIALS [SEED]]`.

A library of three generations, with a journal and suggestions, loses a bit at a random place of a
random file. Whatever is read of it must be what the files say, or an error of one sentence; where
what is kept differs from before, `verify` must name something; and the next ingest must bring the
library back to the same answers.
"""

import contextlib
import hashlib
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from damage import flip_bit

from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.answering.suggestions import ATTACHMENT
from inquote.app.system import System
from inquote.index.retrieval.search import Search
from inquote.index.stores.journal import Feedback, QuestionInContext
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from inquote.ingest.errors import InquoteError

ANIMALS = 12
QUESTIONS = [f"What does animal {number} eat?" for number in range(ANIMALS + 1)]


def write_texts(folder: Path, year: int) -> None:
    """Texts that say something else each year."""
    folder.mkdir(exist_ok=True)
    for number in range(ANIMALS):
        meal = ("crabs", "fish", "roots")[(year * (number % 3 == 0) + number) % 3]
        text = f"# Animal {number}\n\nAnimal {number} eats {meal}.\n\nIt sleeps {number} hours.\n"
        (folder / f"{number:02d}.md").write_text(text)


def system_of(library: Path) -> System:
    store = LocalStore(library)
    answerer = Answerer(FakeReader(), PLAIN_CALIBRATION)
    return System(store, Search(FakeEmbedder()), answerer, store.journal)


def make_library(library: Path, texts: Path) -> None:
    """Three generations, a journal and suggestions."""
    for year in range(3):
        write_texts(texts, year)
        ingest(LocalStore(library), [texts], FakeEmbedder())
    system = system_of(library)
    for question in QUESTIONS:
        system.ask(question)
    context = QuestionInContext(QUESTIONS[0])
    feedback = Feedback("1", context, QUESTIONS[0], "right", "roots", (), None, 3, "2026-01-01")
    system.record_feedback(feedback)
    system.suggestions()
    system.close()


def texts_of(library: Path) -> dict[tuple[int, str], str]:
    """The text of every document by generation and id."""
    texts = {}
    for generation in (1, 2, 3):
        with LocalStore(library).snapshot(generation) as snapshot:
            for document in snapshot.documents():
                texts[generation, document.id] = document.text
    return texts


def answers_of(library: Path) -> list[dict[str, Any]]:
    """What is answered, without the numbers that change from run to run and with an ingest."""
    system = system_of(library)
    try:
        answers = [system.answer(question).as_json() for question in QUESTIONS]
    finally:
        system.close()
    for answer in answers:
        for name in ("elapsed_ms", "generation", "trace", "id"):
            answer.pop(name)
    return answers


def kept_by(library: Path) -> dict[str, object]:
    """Everything that is kept, as far as it can be read: rows, attachments, derived files."""
    kept: dict[str, object] = {}
    for name in ("library.db", "journal.db"):
        with contextlib.closing(sqlite3.connect(library / name)) as connection:
            connection.text_factory = bytes
            try:
                query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
                for (table,) in connection.execute(query).fetchall():
                    rows = connection.execute(f"SELECT * FROM {table.decode()}").fetchall()
                    kept[f"{name} {table.decode()}"] = sorted(rows, key=repr)
            except (sqlite3.Error, ValueError, OverflowError) as error:
                kept[name] = str(error)
    for file in sorted(library.glob("derived/**/*")):
        if file.is_file() and file.suffix != ".lock":
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            kept[file.relative_to(library).as_posix()] = digest
    return kept


class Trial:
    """A library with one bit flipped, against what was in it before."""

    def __init__(self, library: Path, texts: Path, truth: dict[tuple[int, str], str]) -> None:
        self.library, self.texts, self.truth = library, texts, truth
        self.errors = 0

    def _try(self, work: Callable[[], object]) -> None:
        """Do something that may end in one sentence, and in nothing else."""
        try:
            work()
        except InquoteError as error:
            assert "\n" not in str(error), error
            self.errors += 1

    def read_everything(self) -> None:
        system = system_of(self.library)
        for question in QUESTIONS:
            self._try(lambda question=question: self._check_answer(system, question, None))
        self._try(lambda: self._check_answer(system, QUESTIONS[0], 2))
        for generation in (None, 1, 2):
            self._try(lambda generation=generation: self._check_documents(system, generation))
        self._try(system.documents)
        self._try(lambda: list(system.store.journal.questions()))
        self._try(system.store.journal.feedback)
        self._try(system.suggestions)
        system.close()

    def _check_answer(self, system: System, question: str, generation: int | None) -> None:
        answer = system.answer(question, (), generation)
        for citation in answer.citations:
            self._check_range(3, citation.document_id, citation.start, citation.end, citation.quote)
        for hit in answer.hits:
            passage = hit.passage
            self._check_range(
                generation or 3, passage.document_id, passage.start, passage.end, passage.text
            )

    def _check_range(self, at: int, id: str, start: int, end: int, quote: str) -> None:
        texts = [text for (_, name), text in self.truth.items() if name == id]
        assert any(text[start:end] == quote for text in texts), f"wrong quote: {id} {quote!r}"
        assert at in (1, 2, 3)

    def _check_documents(self, system: System, generation: int | None) -> None:
        with system.store.snapshot(generation) as snapshot:
            for document in snapshot.documents():
                assert document.text == self.truth[generation or 3, document.id], document.id


def flip(library: Path, rng: random.Random) -> str:
    """Flip a bit of a random file of a library, and return its place."""
    files = [path for path in library.rglob("*") if path.is_file() and path.stat().st_size]
    groups: dict[str, list[Path]] = {}
    for path in sorted(files):
        if path.suffix in (".lock", ".holder") or path.name.endswith("-shm"):
            continue
        kind = path.name if path.parent == library else path.relative_to(library).parts[1]
        groups.setdefault("suggestions" if path.name == ATTACHMENT else kind, []).append(path)
    # Half of all in library.db, the biggest and the truth.
    group = "library.db" if rng.random() < 0.5 else rng.choice(sorted(groups))
    file = rng.choice(groups[group])
    place = rng.randrange(8 * file.stat().st_size)
    flip_bit(file, place)
    return f"{file.relative_to(library)} bit {place}"


def run_trials(count: int, seed: int, *, only: int | None = None) -> Counter[str]:
    """Flip `count` bits, each in a library of its own; an assertion tells of those that mislead."""
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base, texts, library = folder / "base", folder / "animals", folder / "library"
        make_library(base, texts)
        assert system_of(base).store.verify() == []
        truth, answers, kept = texts_of(base), answers_of(base), kept_by(base)
        for number in range(count):
            if only is not None and number != only:
                continue
            rng = random.Random(f"{seed} {number}")
            shutil.rmtree(library, ignore_errors=True)
            shutil.copytree(base, library)
            place = flip(library, rng)
            try:
                outcomes += one_trial(Trial(library, texts, truth), answers, kept)
            except Exception as error:
                traceback.print_exc()
                failures.append(f"trial {number} of seed {seed}, {place}: {error!r}")
    assert not failures, "\n".join(failures)
    return outcomes


def one_trial(trial: Trial, answers: list[Any], kept: dict[str, object]) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    changed = kept_by(trial.library) != kept
    store = LocalStore(trial.library)
    try:
        problems = store.verify()
    except InquoteError as error:
        problems = [str(error)]
    store.close()
    assert problems or not changed, "verify does not name what changed"
    trial.read_everything()
    outcomes["what is kept differed"] += changed
    outcomes["was named"] += bool(problems)
    outcomes["something could not be read"] += trial.errors > 0
    report = ingest(LocalStore(trial.library), [trial.texts], FakeEmbedder())
    assert answers_of(trial.library) == answers, "the ingest did not mend it"
    system = system_of(trial.library)
    system.ask("Which animal sleeps most?")  # saves what is sound of the journal
    outcomes["not sound after an ingest"] += bool(rest := system.store.verify())
    assert not rest, rest
    outcomes["had to be ingested again"] += report.has_changes
    return outcomes


def main(count: int = 500, seed: int = 0, only: int | None = None) -> None:
    outcomes = run_trials(count, seed, only=only)
    print(f"{count} flipped bits: {json.dumps(outcomes)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
