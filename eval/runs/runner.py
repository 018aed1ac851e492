"""Carry out a run: make the library, ask the questions, write the predictions, read them back."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from inquote.app.build import open_system
from inquote.app.system import System
from inquote.eval.runs.baselines import baselines
from inquote.eval.runs.corpus import check_evidence, corpus_of, library_of
from inquote.eval.runs.predict import predict
from inquote.eval.runs.progress import stages
from inquote.eval.runs.questions import Question, QuestionFileError, load_questions
from inquote.eval.runs.run import Run, describe, read_run, texts_of, write_run
from inquote.index.models.embedder import SentenceTransformerEmbedder

PARTS = ("all", "tune", "report")
FULL = "full system"
BASELINES = "baselines"


@dataclass(frozen=True)
class RunPlan:
    """The choices for a run; see the options of `python -m inquote.eval`."""

    questions: Path
    part: str = "all"
    library: str | None = None
    corpus: Path | None = None
    reader: str | None = None
    baselines: bool = False


def perform(plan: RunPlan, folder: Path) -> None:
    """Ask the questions of all systems of the plan, and write their predictions.

    The full system's go to `folder`/predictions.jsonl, a baseline's to
    `folder`/baselines/NAME/predictions.jsonl. Raises `QuestionFileError` for questions that cannot
    be asked of this library, and the errors of opening a library.
    """
    questions = chosen_questions(plan)
    with _library(plan) as library, _systems(plan, library) as systems:
        check_evidence(questions, systems[FULL])
        # An earlier run into this folder may have left baselines.
        shutil.rmtree(folder / BASELINES, ignore_errors=True)
        for name, system in systems.items():
            place = folder if name == FULL else folder / BASELINES / name
            write_run(run_of(plan, name, system, questions), place)


def chosen_questions(plan: RunPlan) -> list[Question]:
    """Return the questions of the plan's part; raises `QuestionFileError` where there are none."""
    if plan.part not in PARTS:
        raise QuestionFileError(f'There is no part "{plan.part}"; name one of {", ".join(PARTS)}.')
    questions = load_questions(plan.questions)
    chosen = [question for question in questions if plan.part in ("all", question.part)]
    if not chosen:
        raise QuestionFileError(
            f"{plan.questions} has no question in the part {plan.part}; name another part."
        )
    return chosen


def _library(plan: RunPlan) -> AbstractContextManager[str | Path]:
    if plan.library:
        return nullcontext(plan.library)
    return library_of(plan.corpus or corpus_of(plan.questions), SentenceTransformerEmbedder())


@contextmanager
def _systems(plan: RunPlan, library: str | Path) -> Iterator[dict[str, System]]:
    full = open_system(library, reader=plan.reader)
    simpler = baselines(library, full.search.embedder, plan.reader) if plan.baselines else {}
    systems = {FULL: full} | simpler
    try:
        yield systems
    finally:
        for system in systems.values():
            system.close()


def run_of(plan: RunPlan, name: str, system: System, questions: list[Question]) -> Run:
    """Ask a system all questions."""
    about = describe(
        plan.questions,
        name,
        system.answerer.reader.name,
        system.recipe.as_json(),
        system.generation,
    )
    with stages() as bar:
        predictions = predict(system, questions, lambda done: bar(name, done, len(questions)))
    return Run(
        about | {"part": plan.part}, texts_of(predictions, system.document), tuple(predictions)
    )


def read_back(folder: Path) -> tuple[Run, dict[str, Run]]:
    """Read the run of a folder, and the baselines in it by name, in the order of their making."""
    places = (folder / BASELINES).iterdir() if (folder / BASELINES).is_dir() else []
    simpler = {place.name: read_run(place) for place in places}
    names = sorted(simpler, key=lambda name: (simpler[name].about["made_at"], name))
    return read_run(folder), {name: simpler[name] for name in names}
