"""Ask for cells of tables, each report alone in a library; was it the cell, or its neighbour?

The file maps ids to `tables` (rows of texts) and to `paragraphs` around them, and lists
`questions`: id, table, question, answers, cells as [row, column].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from inquote.eval.metrics.calibration import expected_calibration_error
from inquote.eval.metrics.cells import cell_right, neighbour_given, numbers_of
from inquote.eval.sets.asking import Kept, Machinery, Outcome, ask
from inquote.eval.sets.files import SetFileError, is_in_part, read_set
from inquote.eval.sets.table_files import report_files
from inquote.index.progress import Progress

EXPECTED = "JSON with the keys tables, paragraphs and questions"
KINDS = ("financial", "wikipedia")
SURE = 0.5  # a neighbour's cell with a confidence above it is a serious mistake


@dataclass(frozen=True)
class Report:
    """A table with the paragraphs around it; a table of Wikipedia has none.

    `number` is its place in the file, from 0.
    """

    number: int
    rows: tuple[tuple[str, ...], ...]
    paragraphs: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Return one of `KINDS`."""
        return "financial" if self.paragraphs else "wikipedia"


@dataclass(frozen=True)
class CellQuestion:
    """A question that one or a few cells of a report answer."""

    id: str
    report: Report
    question: str
    answers: tuple[str, ...]
    cells: tuple[tuple[int, int], ...]

    @property
    def wanted(self) -> tuple[str, ...]:
        """Return the texts that an answer must give."""
        return self.answers

    @property
    def headers(self) -> tuple[str, ...]:
        """Return the texts that may explain the cells: their rows' labels, the cells above them."""
        texts = []
        for row, column in self.cells:
            line = self.report.rows[row]
            texts += [cell for cell in line[:column] if not numbers_of(cell)]
            texts += [line[0]] * (column > 0)
            texts += _headers_above(self.report.rows, row, column)
        return tuple(filter(None, texts))

    @property
    def neighbours(self) -> tuple[str, ...]:
        """Return the texts of all cells; see `neighbour_given` for those that do not count."""
        return tuple(chain.from_iterable(self.report.rows))


def _headers_above(rows: Sequence[Sequence[str]], row: int, column: int) -> list[str]:
    """Return the texts of a column above a cell, down to the last row without a label."""
    texts = []
    for number, line in enumerate(rows[:row]):
        is_header = number == 0 or not line[0].strip()
        if is_header and column < len(line):
            texts.append(line[column])
    return texts


def load_tables(path: Path) -> list[CellQuestion]:
    """Read a file, those of the same report side by side; raises `SetFileError`."""
    return read_set(path, _questions, EXPECTED)


def _questions(content: Any) -> list[CellQuestion]:
    reports = {}
    for number, (id, rows) in enumerate(content["tables"].items()):
        cells = tuple(tuple(map(str, row)) for row in rows)
        reports[id] = Report(number, cells, tuple(content["paragraphs"].get(id, ())))
    questions: dict[str, list[CellQuestion]] = {}
    for row in content["questions"]:
        places = tuple((int(line), int(column)) for line, column in row["cells"])
        question = CellQuestion(
            str(row["id"]), reports[row["table"]], row["question"], tuple(row["answers"]), places
        )
        questions.setdefault(row["table"], []).append(question)
    return list(chain.from_iterable(questions.values()))


def choose(
    questions: Sequence[CellQuestion], kind: str, chosen_part: str, limit: int | None
) -> list[CellQuestion]:
    """Return the first `limit` questions of a kind and a part; "all" is both of them.

    A report belongs to one part with all its questions; see `is_in_part`.
    Raises `SetFileError` where there are none.
    """
    chosen = []
    for question in questions:
        if is_in_part(question.report.number, chosen_part) and kind in (
            "all",
            question.report.kind,
        ):
            chosen.append(question)
    if not chosen:
        raise SetFileError(
            f"The file has no {kind} tables in the part {chosen_part}; --kind is one of "
            f"{', '.join(KINDS)} or all."
        )
    return chosen[:limit]


def ask_tables(
    questions: Sequence[CellQuestion],
    machinery: Machinery,
    format: str,
    kept: Kept,
    progress: Progress,
) -> list[Outcome]:
    """Ask each question of a library that holds its report alone; those in `kept` are not asked."""
    done = 0
    for report, group in groupby(questions, key=lambda question: question.report):
        chosen = list(group)
        missing = [question for question in chosen if question.id not in kept]
        if missing:
            files = report_files(report.rows, report.paragraphs, format)
            with machinery.system_of(files) as system:
                for question in missing:
                    kept.add(ask(system, question.id, question.question))
        done += len(chosen)
        progress("asking", done, len(questions))
    return kept.of([question.id for question in questions])


def is_right(question: CellQuestion, outcome: Outcome) -> bool:
    """Tell whether the answer, one of its citations or all that is no header is the cell."""
    headers = question.headers
    readings = [outcome.quotes, *((quote,) for quote in outcome.quotes)]
    return any(cell_right(quotes, question.wanted, headers) for quotes in readings)


def is_neighbour(question: CellQuestion, outcome: Outcome) -> bool:
    """Tell whether the answer is wrong and gives another cell of the table, surely."""
    if outcome.confidence <= SURE or is_right(question, outcome):
        return False
    return (
        neighbour_given(outcome.quotes, question.wanted, question.neighbours, question.headers) > 0
    )


def table_figures(
    questions: Sequence[CellQuestion], outcomes: Sequence[Outcome]
) -> dict[str, dict[str, float]]:
    """Return the figures of each kind of table, and of all; shares in [0, 1].

    - `right`: of all questions, those whose cells were given.
    - `neighbour`: of all questions, those where another cell was given with a confidence above 0.5.
    - `refused`; `shown`: the row stands in a passage shown, refused or not.
    - `ece`: the expected calibration error of the answers given.
    """
    figures = {}
    kinds = {question.report.kind for question in questions}
    for kind in (*sorted(kinds), "all") if len(kinds) > 1 else kinds:
        pairs = []
        for question, outcome in zip(questions, outcomes, strict=True):
            if kind in ("all", question.report.kind):
                pairs.append((question, outcome))
        if pairs:
            figures[kind] = _figures(pairs)
    return figures


def _figures(pairs: Sequence[tuple[CellQuestion, Outcome]]) -> dict[str, float]:
    right = [is_right(*pair) for pair in pairs]
    given = [place for place, (_, outcome) in enumerate(pairs) if outcome.answer is not None]
    confidences = [pairs[place][1].confidence for place in given]
    count = len(pairs)
    figures = {
        "questions": count,
        "right": sum(right) / count,
        "neighbour": sum(is_neighbour(*pair) for pair in pairs) / count,
        "refused": 1 - len(given) / count,
        "shown": sum(_is_shown(*pair) for pair in pairs) / count,
    }
    if given:
        rights = [float(right[place]) for place in given]
        figures["ece"] = expected_calibration_error(confidences, rights)
    return {name: round(value, 4) for name, value in figures.items()}


def _is_shown(question: CellQuestion, outcome: Outcome) -> bool:
    """Tell whether all cells stand in one of the passages."""
    wanted = question.answers
    return any(all(answer in text for answer in wanted) for text in outcome.shown)
