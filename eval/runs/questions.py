"""Read question files: JSON Lines of hand-checked questions, accepted answers and evidence.

`python -m inquote.eval.runs.questions fill FILE CORPUS_FOLDER` finds each evidence quote in its
document and writes the ranges. eval/questions/README.md describes the format and how the questions
were checked.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from inquote.app.cli.terminal import run_program
from inquote.eval.metrics.verdicts import VERDICTS
from inquote.ingest.errors import InquoteError
from inquote.ingest.files.collect import Limits, collect
from inquote.ingest.files.find import find_sources

TYPES = tuple(
    "factoid list definition how why yes/no paraphrase keyword typo follow-up several".split()
)
FORMS = ("table", "list", "count", "comparison", "verdict", "overview", "sources")
_REQUIRED = {"id", "question", "type", "answerable"}
_OPTIONAL = {"history", "answers", "items", "evidence", "searched"}
_OF_FORMS = {"form", "headers", "count", "verdict", "near_miss"}


class QuestionFileError(InquoteError):
    """A question file that cannot be used; the message names the line and says how to mend it."""


@dataclass(frozen=True)
class Evidence:
    """A range of a document that answers a question: `text[start:end] == quote`, in code points."""

    document: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Question:
    """A question with its accepted answers and its evidence.

    `history` are earlier questions, oldest first. `answers` are accepted verbatim texts; `items`
    has an entry for each item of a list, with the accepted wordings of that item. `evidence` are
    groups of alternative ranges: a system has to show one range of every group. `searched`, of an
    unanswerable question, are words that were looked for in the corpus in vain.

    `form` is one of `FORMS`, "" for questions that any sentence may answer. `headers` are the texts
    that explain the cell of a table; `count` is the number wanted, `verdict` the word wanted (yes,
    no, unclear). `near_miss` says in which respect the corpus answers almost the same question:
    another year, line, company, relation.
    """

    id: str
    question: str
    type: str
    answerable: bool
    history: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    items: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[tuple[Evidence, ...], ...] = ()
    searched: tuple[str, ...] = ()
    form: str = ""
    headers: tuple[str, ...] = ()
    count: int | None = None
    verdict: str = ""
    near_miss: str = ""

    @property
    def part(self) -> Literal["tune", "report"]:
        """Whether thresholds may be fitted on the question or figures reported from it."""
        return part(self.id)


def part(id: str) -> Literal["tune", "report"]:
    """Return the half of the set that a question belongs to.

    The parity of the SHA-256 of its id decides: even is "tune".

    >>> part("imlygic-001"), part("imlygic-002")
    ('tune', 'report')
    """
    return "report" if int(hashlib.sha256(id.encode()).hexdigest(), 16) % 2 else "tune"


def load_questions(path: Path) -> tuple[Question, ...]:
    """Load the questions of a file, in its order, or of all files of a folder, by name.

    Raises `QuestionFileError` that names the first faulty line.
    """
    questions: dict[str, Question] = {}
    for file in question_files(path):
        for number, row in _rows(file):
            try:
                question = _question(row)
                if question.id in questions:
                    raise ValueError(
                        f'the id "{question.id}" was used before; give each question its own'
                    )
            except ValueError as error:
                raise QuestionFileError(f"{file}, line {number}: {error}.") from error
            questions[question.id] = question
    return tuple(questions.values())


def question_files(path: Path) -> list[Path]:
    """Return the question files of a folder in the order of their names, or the file itself.

    Raises `QuestionFileError` for a folder without any.
    """
    if not path.is_dir():
        return [path]
    files = sorted(path.glob("*.jsonl"))
    if not files:
        raise QuestionFileError(f"{path} holds no question file; name a folder or file with some.")
    return files


def _rows(path: Path) -> list[tuple[int, Any]]:
    """Return line numbers, from 1, with the JSON value of each line that is not blank."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(
            f"{path} cannot be read ({error}); name a question file in JSON Lines."
        ) from error
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            rows += [(number, json.loads(line))] if line.strip() else []
        except ValueError as error:
            raise QuestionFileError(
                f"{path}, line {number}: not JSON ({error}); write one object a line."
            ) from error
    if not rows:
        raise QuestionFileError(f"{path} holds no questions; write one JSON object a line.")
    return rows


def _question(row: Any) -> Question:
    if not isinstance(row, dict):
        raise ValueError("expected a JSON object")
    if missing := sorted(_REQUIRED - row.keys()):
        raise ValueError(f'the key "{missing[0]}" is missing')
    if unknown := sorted(row.keys() - _REQUIRED - _OPTIONAL - _OF_FORMS):
        raise ValueError(
            f'the key "{unknown[0]}" is not known; the keys are told in eval/questions/README.md'
        )
    if not isinstance(row["answerable"], bool):
        raise ValueError('"answerable" must be true or false')
    question = Question(
        id=_text(row, "id"),
        question=_text(row, "question"),
        type=_text(row, "type"),
        answerable=row["answerable"],
        history=_texts(row.get("history", []), "history"),
        answers=_texts(row.get("answers", []), "answers"),
        items=tuple(_texts(item, "items") for item in _list(row.get("items", []), "items")),
        evidence=tuple(_group(group) for group in _list(row.get("evidence", []), "evidence")),
        searched=_texts(row.get("searched", []), "searched"),
        headers=_texts(row.get("headers", []), "headers"),
        count=row.get("count"),
        form=row.get("form", ""),
        verdict=row.get("verdict", ""),
        near_miss=row.get("near_miss", ""),
    )
    _check(question)
    _check_form(question)
    return question


def _check(question: Question) -> None:
    """Raise where the parts of a question contradict one another."""
    if question.type not in TYPES:
        raise ValueError(f'the type "{question.type}" is not one of {", ".join(TYPES)}')
    if question.answerable and not (
        question.answers and question.evidence and all(question.evidence)
    ):
        raise ValueError(
            'an answerable question needs "answers" and "evidence", with no group empty'
        )
    if not question.answerable and (question.answers or question.items or question.evidence):
        raise ValueError('an unanswerable question has no "answers", "items" or "evidence"')


def _check_form(question: Question) -> None:
    """Raise where the keys of a form are wrong, or missing in an answerable question."""
    if question.form not in ("", *FORMS):
        raise ValueError(f'the form "{question.form}" is not one of {", ".join(FORMS)}')
    if question.count is not None and type(question.count) is not int:
        raise ValueError('"count" must be a whole number')
    if question.verdict not in ("", *VERDICTS):
        raise ValueError(f'the verdict "{question.verdict}" is not one of {", ".join(VERDICTS)}')
    if not isinstance(question.near_miss, str) or (question.near_miss and question.answerable):
        raise ValueError('"near_miss" must be a text, of an unanswerable question')
    if question.answerable and question.form == "count" and question.count is None:
        raise ValueError('an answerable question for a count needs "count"')
    if question.answerable and question.form == "verdict" and not question.verdict:
        raise ValueError('an answerable question for a verdict needs "verdict"')


def _group(group: Any) -> tuple[Evidence, ...]:
    return tuple(_evidence(piece) for piece in _list(group, "evidence"))


def _evidence(piece: Any) -> Evidence:
    if not isinstance(piece, dict):
        raise ValueError('"evidence" must be a list of groups, each a list of ranges')
    document, quote = _text(piece, "document"), _text(piece, "quote")
    start, end = piece.get("start"), piece.get("end")
    if type(start) is not int or type(end) is not int:
        raise ValueError(
            "evidence without offsets; run: "
            "python -m inquote.eval.runs.questions fill FILE CORPUS_FOLDER"
        )
    if start < 0 or end - start != len(quote):
        raise ValueError(
            f"the range {start} to {end} does not fit a quote of {len(quote)} characters; "
            "fill it again"
        )
    return Evidence(document, start, end, quote)


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f'"{key}" must be a text that is not empty')
    return value


def _texts(value: Any, key: str) -> tuple[str, ...]:
    return tuple(_text({key: text}, key) for text in _list(value, key))


def _list(value: Any, key: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f'"{key}" must be a list')
    return value


def fill(path: Path, folder: Path) -> int:
    """Write the offsets of every evidence quote into a question file, and return their number.

    A quote that stands more than once in its document needs `"nth"`, counted from 1. Raises
    `QuestionFileError`, and leaves the file as it was, where a quote or its document is missing.
    """
    texts = dict(_documents(folder))
    rows, count = _rows(path), 0
    for number, row in rows:
        try:
            pieces = list(chain.from_iterable(row.get("evidence", [])))
            for piece in pieces:
                piece |= _locate(piece, texts)
                piece["quote"] = piece.pop("quote")  # to stand last
        except ValueError as error:
            raise QuestionFileError(f"{path}, line {number}: {error}.") from error
        except (AttributeError, TypeError) as error:
            raise QuestionFileError(
                f'{path}, line {number}: "evidence" must be a list of groups of ranges.'
            ) from error
        count += len(pieces)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for _, row in rows]
    path.write_text("".join(lines), encoding="utf-8")
    return count


def _documents(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield ids and texts of the documents of a folder, without files that an ingest would skip."""
    for loaded in collect(find_sources([folder]).sources, {}, Limits()).loaded:
        yield loaded.source.id, loaded.document.text


def _locate(piece: dict[str, Any], texts: dict[str, str]) -> dict[str, int]:
    """Return where the quote of a piece of evidence starts and ends in its document."""
    document, quote = _text(piece, "document"), _text(piece, "quote")
    if document not in texts:
        raise ValueError(f'there is no document "{document}" in the folder')
    starts = [at for at in range(len(texts[document])) if texts[document].startswith(quote, at)]
    nth = piece.get("nth", 1)
    if len(starts) > 1 and "nth" not in piece:
        raise ValueError(
            f'"{quote}" stands {len(starts)} times in {document}; say which with "nth"'
        )
    if type(nth) is not int or not 1 <= nth <= len(starts):
        raise ValueError(
            f'"{quote}" is not found in {document} (occurrence {nth} of {len(starts)})'
        )
    return {"start": starts[nth - 1], "end": starts[nth - 1] + len(quote)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m inquote.eval.runs.questions", description=(__doc__ or "").split("\n")[0]
    )
    command = parser.add_subparsers(required=True).add_parser(
        "fill", help="find each quote, write its range"
    )
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("folder", type=Path, metavar="CORPUS_FOLDER")
    options = parser.parse_args(arguments)
    print(f"{options.file}: {fill(options.file, options.folder)} ranges filled")


if __name__ == "__main__":
    run_program(main)
