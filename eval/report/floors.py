"""Hold figures against floors: what a set of questions must reach, kept in eval/floors.toml.

    [imlygic.at_least]
    "evidence_recall@3" = 0.95
    [imlygic.at_most]
    answerable_refused = 0.08
    [imlygic.exactly]
    verbatim_violations = 0

The first word is the name of the question file. A floor is compared with the 95 % interval: "at
least" is broken where the upper end lies below it, "at most" where the lower end lies above it;
"exactly" is compared with the bare figure.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from inquote.eval.metrics.bootstrap import Estimate
from inquote.ingest.errors import InquoteError

KINDS = ("at_least", "at_most", "exactly")


class FloorsError(InquoteError):
    """The floors cannot be used; the message says what to mend."""


Floors = dict[str, dict[str, float]]
"""Kind of floor to metric to value."""


def load_floors(path: Path, questions: str, known: set[str]) -> Floors:
    """Return the floors for a question file called `questions` (without suffix).

    Raises `FloorsError` where the file has none, or where one is for a metric that is not among
    `known`: a gate with a misspelt floor would hold nothing back.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))[questions]
        unknown = [kind for kind in tables if kind not in KINDS]
        floors: Floors = {}
        for kind in KINDS:
            values = tables.get(kind, {})
            unknown += [name for name in values if name not in known]
            floors[kind] = {name: float(value) for name, value in values.items()}
    except KeyError as error:
        raise FloorsError(
            f"{path} has no floors for {questions}; add [{questions}.at_least]."
        ) from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise FloorsError(
            f"{path} cannot be read as floors ({error}); see eval/floors.toml for an example."
        ) from error
    if unknown:
        raise FloorsError(
            f'{path} names "{unknown[0]}" for {questions}, which is nothing that is measured; '
            "correct it."
        )
    return floors


def check_floors(floors: Floors, estimates: Mapping[str, Estimate]) -> list[str]:
    """Return a sentence for each broken floor.

    A metric that could not be measured breaks its floor.
    """
    problems = []
    for kind, values in floors.items():
        for name, floor in values.items():
            figure = estimates[name]
            if not _holds(kind, floor, figure):
                wanted = f"{kind.replace('_', ' ')} {floor:g}"
                problems.append(f"{name} must be {wanted} and is {_format_figure(figure)}.")
    return problems


def _holds(kind: str, floor: float, figure: Estimate) -> bool:
    if figure.value is None or figure.low is None or figure.high is None:
        return False
    if kind == "exactly":
        return figure.value == floor
    return figure.high >= floor if kind == "at_least" else figure.low <= floor


def _format_figure(figure: Estimate) -> str:
    if figure.value is None:
        return "not measured"
    interval = f"95 % interval {figure.low:.3f} to {figure.high:.3f}"
    return f"{figure.value:.3f} ({interval}, {figure.n} questions)"
