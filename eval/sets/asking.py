"""Ask questions of a library made of a set's own texts, and keep what came of each.

An outcome is a line of a file, so that a long run goes on where it was stopped.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from inquote.app.answering.answer import Answer
from inquote.app.answering.answerer import Answerer
from inquote.app.build import make_answerer
from inquote.app.system import System
from inquote.eval.runs.stated import verdict_of
from inquote.eval.sets.files import SetFileError
from inquote.index.models.embedder import Embedder
from inquote.index.retrieval.search import Search
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import Options, ingest
from inquote.ingest.errors import InquoteError


@dataclass(frozen=True)
class Outcome:
    """What the system answers to a question of a set.

    `quotes` are those of the citations, empty for a refusal; `verdict` is the word before them, if
    any; `shown` are the texts of the passages, best first.
    """

    id: str
    answer: str | None
    quotes: tuple[str, ...]
    confidence: float
    verdict: str | None = None
    shown: tuple[str, ...] = ()

    @classmethod
    def of(cls, id: str, answer: Answer) -> "Outcome":
        """Return the outcome of an answer."""
        return cls(
            id=id,
            answer=answer.text,
            quotes=tuple(citation.quote for citation in answer.citations),
            confidence=answer.confidence,
            verdict=verdict_of(answer.as_json()),
            shown=tuple(hit.passage.text for hit in answer.hits),
        )


class Machinery:
    """What every library of a run is asked with: an embedder and an answerer, loaded once."""

    def __init__(self, embedder: Embedder, answerer: Answerer) -> None:
        self.embedder = embedder
        self.answerer = answerer

    @classmethod
    def load(cls, embedder: Embedder, reader: str | None, never_refuse: bool) -> "Machinery":
        """Load a reader; with `never_refuse` no answer needs any confidence."""
        answerer = make_answerer(reader, embedder)
        if never_refuse:
            answerer = Answerer(answerer.reader, replace(answerer.calibration, threshold=0.0))
        return cls(embedder, answerer)

    @contextmanager
    def system_of(self, files: Mapping[str, str]) -> Iterator[System]:
        """Open a system over a library of these files, names to contents, ingested as any are."""
        with TemporaryDirectory(prefix="inquote-set-") as folder:
            texts = Path(folder) / "texts"
            texts.mkdir()
            for name, content in files.items():
                (texts / name).write_text(content, encoding="utf-8")
            store = LocalStore(Path(folder) / "library")
            ingest(store, [texts], self.embedder, options=Options(originals=False))
            with closing(System(store, Search(self.embedder), self.answerer)) as system:
                yield system


def ask(system: System, id: str, question: str) -> Outcome:
    """Ask one question; what is no question to the system is a refusal."""
    try:
        return Outcome.of(id, system.answer(question))
    except InquoteError:
        return Outcome(id, None, (), 0.0)


class Kept:
    """The outcomes of a run, by id; with a file, those of its earlier part too."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._outcomes: dict[str, Outcome] = {}
        if path and path.exists():
            self._outcomes = _read_outcomes(path)

    def __contains__(self, id: str) -> bool:
        return id in self._outcomes

    def __len__(self) -> int:
        return len(self._outcomes)

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome, in the file at once."""
        self._outcomes[outcome.id] = outcome
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")

    def of(self, ids: Sequence[str]) -> list[Outcome]:
        """Return the outcomes of these ids, in their order."""
        return [self._outcomes[id] for id in ids]


def _read_outcomes(path: Path) -> dict[str, Outcome]:
    outcomes = {}
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            row |= {"quotes": tuple(row["quotes"]), "shown": tuple(row["shown"])}
            outcomes[row["id"]] = Outcome(**row)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SetFileError(
            f"{path} does not hold the answers of an earlier run ({error}); name another --out."
        ) from error
    return outcomes
