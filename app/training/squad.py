"""Read files in the layout of SQuAD 1.1 and 2.0, gzipped or not.

As in the official script of SQuAD 2.0, a question is answerable if the file gives it an answer.
Only a question's `id` and `question` and an article's paragraphs must be there.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inquote.app.training.json_files import read_json_file
from inquote.ingest.errors import InquoteError
from inquote.ingest.text import Range, encodable

NOWHERE = -1  # the start of an answer that does not stand in its paragraph


class SquadError(InquoteError):
    """A file of questions or of titles cannot be used; the message names it."""


@dataclass(frozen=True)
class Question:
    """A question about a paragraph; it is unanswerable without `answers`.

    `answers`: each (start, text) once, in the order of the file; `start` counts code points of the
    paragraph, or is `NOWHERE`. They are other ways to answer, or, where there are `several`, make
    up the answer together.
    """

    id: str
    text: str
    answers: tuple[tuple[int, str], ...]
    several: bool = False

    @property
    def first_range(self) -> Range | None:
        """Return the range of the first answer."""
        if not self.answers:
            return None
        start, text = self.answers[0]
        return start, start + len(text)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of an article with the questions about it."""

    text: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Article:
    """The paragraphs of one article; `title` is empty where the file has none."""

    title: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def heading(self) -> str:
        """Return the title as a person writes it."""
        return self.title.replace("_", " ")


def read_squad(path: Path) -> list[Article]:
    """Return the articles of a file; raise `SquadError` if it is not in the layout."""

    def complain(error: Exception) -> SquadError:
        return SquadError(
            f"{path} cannot be read as a SQuAD file ({error!r}); give one in SQuAD's layout."
        )

    return read_json_file(path, _articles, complain)


def _articles(content: Any) -> list[Article]:
    return [_article(item) for item in content["data"]]


def _article(item: dict[str, Any]) -> Article:
    paragraphs = tuple(map(_paragraph, item["paragraphs"]))
    return Article(encodable(item.get("title")), paragraphs)


def _paragraph(item: dict[str, Any]) -> Paragraph:
    text = encodable(item["context"])
    questions = tuple(_question(entry, text) for entry in item.get("qas") or ())
    return Paragraph(text, questions)


def _question(item: dict[str, Any], paragraph: str) -> Question:
    answers: dict[tuple[int, str], None] = {}
    for entry in item.get("answers") or ():
        text = encodable(entry["text"])
        answers[_start(text, entry.get("answer_start"), paragraph), text] = None
    several = item.get("several") is True and len(answers) > 1
    return Question(str(item["id"]), encodable(item["question"]).strip(), tuple(answers), several)


def _start(answer: str, start: object, paragraph: str) -> int:
    """Return where an answer stands.

    That is at its offset, else at its first occurrence, else nowhere.
    """
    if not answer:
        return NOWHERE
    if isinstance(start, int) and start >= 0 and paragraph.startswith(answer, start):
        return start
    return paragraph.find(answer)
