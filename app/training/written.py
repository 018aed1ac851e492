"""Questions written for this project on paragraphs of SQuAD files, which are not kept here: `written/squad.jsonl`.

A line names its paragraph and holds no text of it but the answer:
{"title": "Zinc", "paragraph": 3, "question": "...", "answer": "copied from the paragraph, or empty"}
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from inquote.app.training.data import Article, DataError, Paragraph, Question


def read_written(path: Path, articles: Iterable[Article]) -> list[Article]:
    """The articles that `path` asks about, with all their paragraphs and its questions alone.

    Lines about other articles are passed over. Raises `DataError` where a line cannot be read, names no paragraph of
    its article, or has an answer that does not stand there.
    """
    named = {article.title: article for article in articles}
    asked: dict[str, dict[int, list[Question]]] = defaultdict(lambda: defaultdict(list))
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            row = json.loads(line)
            if row["title"] in named:
                paragraph = named[row["title"]].paragraphs[row["paragraph"]]
                question = _question(f"written-{number}", row, paragraph)
                asked[row["title"]][row["paragraph"]].append(question)
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path} cannot be read as questions on these SQuAD files ({error!r})."
        ) from error
    return [
        Article(
            title,
            tuple(
                Paragraph(p.text, tuple(by_paragraph[at]))
                for at, p in enumerate(named[title].paragraphs)
            ),
        )
        for title, by_paragraph in asked.items()
    ]


def _question(id: str, row: dict, paragraph: Paragraph) -> Question:
    answer = row["answer"]
    if not answer:
        return Question(id, row["question"], ())
    return Question(id, row["question"], ((paragraph.text.index(answer), answer),))
