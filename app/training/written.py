"""Read questions that were written for this project on the paragraphs of SQuAD files.

The paragraphs are not kept here. A line of `written_questions/squad.jsonl` names its paragraph and
holds no text of it but the answer:
{"title": "Zinc", "paragraph": 3, "question": "...", "answer": "copied from it, or empty"}
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from inquote.app.training.squad import Article, Paragraph, Question, SquadError

_UNREADABLE = (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError)


def read_written(path: Path, articles: Iterable[Article]) -> list[Article]:
    """Return the articles that `path` has questions about, with those questions alone.

    An article keeps all its paragraphs; lines about other articles are passed over. Raises
    `SquadError` if a line cannot be read, names no paragraph of its article, or has an answer that
    does not stand there.
    """
    by_title = {article.title: article for article in articles}
    # The questions of each paragraph of each article, by title and by the paragraph's number.
    questions: dict[str, dict[int, list[Question]]] = defaultdict(lambda: defaultdict(list))
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            row = json.loads(line)
            title, place = row["title"], row["paragraph"]
            if title in by_title:
                paragraph = by_title[title].paragraphs[place]
                question = _question(f"written-{number}", row, paragraph)
                questions[title][place].append(question)
    except _UNREADABLE as error:
        raise SquadError(
            f"{path} cannot be read as questions on these SQuAD files ({error!r})."
        ) from error
    return [_with_questions(by_title[title], its) for title, its in questions.items()]


def _question(id: str, row: Mapping[str, Any], paragraph: Paragraph) -> Question:
    answer = row["answer"]
    if not answer:
        return Question(id, row["question"], ())
    return Question(id, row["question"], ((paragraph.text.index(answer), answer),))


def _with_questions(article: Article, questions: Mapping[int, list[Question]]) -> Article:
    """Return the article with these questions in place of its own."""
    paragraphs = []
    for number, paragraph in enumerate(article.paragraphs):
        paragraphs.append(Paragraph(paragraph.text, tuple(questions.get(number, ()))))
    return Article(article.title, tuple(paragraphs))
