"""Floors: what a set of questions must reach, kept in eval/floors.toml.

    [imlygic.at_least]
    "evidence_recall@3" = 0.95
    [imlygic.at_most]
    answerable_refused = 0.08
    [imlygic.exactly]
    verbatim_violations = 0

The first word is the name of the question file. A floor is compared with the 95 % interval: "at least" is broken where
the upper end lies below it, "at most" where the lower end lies above it; "exactly" is compared with the bare figure.
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
    """The floors for a question file called `questions` (without suffix).

    Raises `FloorsError` where there are none, or where one is for a metric that is not among `known`: a gate with a
    misspelt floor would hold nothing back.
    """
    try:
        floors = tomllib.loads(path.read_text(encoding="utf-8"))[questions]
        unknown = [kind for kind in floors if kind not in KINDS]
        unknown += [name for kind in KINDS for name in floors.get(kind, {}) if name not in known]
        values = {
            kind: {name: float(value) for name, value in floors.get(kind, {}).items()}
            for kind in KINDS
        }
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
            f'{path} names "{unknown[0]}" for {questions}, which is nothing that is measured; correct it.'
        )
    return values


def broken(floors: Floors, estimates: Mapping[str, Estimate]) -> list[str]:
    """One sentence for each floor that is broken; a metric that could not be measured breaks its floor."""
    problems = []
    for kind, wanted in floors.items():
        for name, floor in wanted.items():
            found = estimates[name]
            if not _holds(kind, floor, found):
                problems.append(
                    f"{name} must be {kind.replace('_', ' ')} {floor:g} and is {_told(found)}."
                )
    return problems


def _holds(kind: str, floor: float, found: Estimate) -> bool:
    if found.value is None or found.low is None or found.high is None:
        return False
    if kind == "exactly":
        return found.value == floor
    return found.high >= floor if kind == "at_least" else found.low <= floor


def _told(found: Estimate) -> str:
    if found.value is None:
        return "not measured"
    return f"{found.value:.3f} (95 % interval {found.low:.3f} to {found.high:.3f}, {found.n} questions)"
