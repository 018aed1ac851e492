"""Files in the layout of SQuAD 1.1 and 2.0, gzipped or not; contexts may be as long as whole papers.

Of a question the official script of SQuAD 2.0 looks at `id`, `question` and `answers`, and of an article at none but
its paragraphs: a title may be missing, and whether a question is answerable is told by its answers.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inquote.ingest.documents import Document
from inquote.ingest.errors import InquoteError
from inquote.ingest.text import encodable


class SquadError(InquoteError):
    """A file is not in SQuAD's layout, or the articles asked for are not in it."""


@dataclass(frozen=True)
class SquadQuestion:
    """A question about one context; without `answers` it is unanswerable.

    `context` indexes the file's contexts. `ranges` are where the answers stand in it, empty where they do not.
    """

    id: str
    question: str
    title: str
    context: int
    answers: tuple[str, ...]
    ranges: tuple[tuple[int, int], ...]

    @property
    def answerable(self) -> bool:
        """As the official script decides: whether the file gives an answer."""
        return bool(self.answers)


@dataclass(frozen=True)
class SquadFile:
    """Contexts, each text once, as documents; and the questions in the order of the file, the last of an id."""

    contexts: tuple[Document, ...]
    questions: tuple[SquadQuestion, ...]


def load_squad(path: Path) -> SquadFile:
    """Read a file; raises `SquadError` where it is not in the layout."""
    try:
        content = path.read_bytes()
        articles = json.loads(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)[
            "data"
        ]
        contexts: dict[str, Document] = {}
        questions: dict[str, SquadQuestion] = {}
        for article in articles:
            title = encodable(article.get("title"))
            for number, paragraph in enumerate(article["paragraphs"]):
                text = encodable(paragraph["context"])
                document = contexts.setdefault(text, _document(title, number, len(contexts), text))
                at = int(document.id.split("/", 1)[0])
                for asked in paragraph.get("qas") or ():
                    questions[str(asked["id"])] = _question(asked, title, at, text)
    except (
        OSError,
        EOFError,
        zlib.error,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        raise SquadError(
            f"{path} is not a file in SQuAD's layout ({error!r}); name one that is."
        ) from error
    if not questions:
        raise SquadError(f"{path} holds no questions; name a file that does.")
    return SquadFile(tuple(contexts.values()), tuple(questions.values()))


def _document(title: str, number: int, at: int, text: str) -> Document:
    """A context as a document; ids sort in the order of the file."""
    return Document(
        f"{at:06d}/{title}/{number}", title, "", text, hashlib.sha256(text.encode()).hexdigest()
    )


def _question(asked: dict[str, Any], title: str, context: int, text: str) -> SquadQuestion:
    answers = [
        (encodable(answer["text"]), answer.get("answer_start"))
        for answer in asked.get("answers") or ()
    ]
    ranges = dict.fromkeys(_range(said, start, text) for said, start in answers)
    return SquadQuestion(
        id=str(asked["id"]),
        question=encodable(asked["question"]),
        title=title,
        context=context,
        answers=tuple(said for said, _ in answers),
        ranges=tuple(found for found in ranges if found is not None),
    )


def _range(answer: str, start: object, text: str) -> tuple[int, int] | None:
    """Where an answer stands: at its offset, else at its first occurrence, else nowhere."""
    if not isinstance(start, int) or start < 0 or text[start : start + len(answer)] != answer:
        start = text.find(answer)
    return (start, start + len(answer)) if start >= 0 and answer else None


def titles_of(split: Path, part: str) -> frozenset[str]:
    """The titles of a part of a split file, `{"part": [title, ...]}`; raises `SquadError` where there is none."""
    try:
        return frozenset(json.loads(split.read_text(encoding="utf-8"))[part])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SquadError(
            f'{split} has no part "{part}" ({error!r}); name one that it has with --part.'
        ) from error


def of_titles(
    questions: Collection[SquadQuestion], titles: frozenset[str] | None
) -> list[SquadQuestion]:
    """The questions about articles among `titles`, all where it is None; raises `SquadError` where there are none."""
    chosen = [question for question in questions if titles is None or question.title in titles]
    if not chosen:
        raise SquadError(
            "The file has none of the articles of that part; name another file, split or part."
        )
    return chosen
