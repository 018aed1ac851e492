"""Read questions that several spans of a paragraph answer, in MultiSpanQA's layout.

The file is a JSON list, gzipped or not: `id`, `question`, `context`, whose tokens are joined by
spaces, and `answers` (Li et al. 2022, "MultiSpanQA: A Dataset for Multi-Span Question Answering").
"""

import re
from pathlib import Path
from typing import Any

from inquote.app.training.json_files import read_json_file
from inquote.app.training.squad import Article, Paragraph, Question, SquadError

_QUOTES = re.compile(r"`` ?| ?''")
_GLUED_BEFORE = re.compile(r" (?=[.,;:!?)\]%]|'s\b|n't\b)")
_GLUED_AFTER = re.compile(r"(?<=[(\[$£€]) ")
_HYPHEN = re.compile(r"(?<=\w) - (?=\w)")


def read_multispan(path: Path) -> list[Article]:
    """Return an article for each paragraph, as a person writes it.

    Questions whose answers do not stand in their paragraph are left out. Raises `SquadError` if the
    file is not in the layout.
    """

    def complain(error: Exception) -> SquadError:
        return SquadError(
            f"{path} cannot be read as questions of several spans ({error!r}); "
            "give one in MultiSpanQA's layout."
        )

    return read_json_file(path, _articles, complain)


def _articles(content: Any) -> list[Article]:
    return [_article(item) for item in content]


def _article(item: dict[str, Any]) -> Article:
    context = without_gaps(item["context"])
    answers = []
    for answer in item["answers"]:
        words = without_gaps(answer)
        start = context.find(words)
        if start >= 0:
            answers.append((start, words))
    question = Question(item["id"], item["question"], tuple(answers), len(answers) > 1)
    questions = (question,) if len(answers) == len(item["answers"]) else ()
    return Article("", (Paragraph(context, questions),))


def without_gaps(tokens: str) -> str:
    """Return tokens that spaces join as a person writes them.

    >>> without_gaps("Ten - year old Tre ( the hero ) , `` Tre '' to friends .")
    'Ten-year old Tre (the hero), "Tre" to friends.'
    """
    text = _QUOTES.sub('"', tokens)
    text = text.replace('" ,', '",').replace(' "', ' "')
    text = _GLUED_BEFORE.sub("", text)
    text = _GLUED_AFTER.sub("", text)
    return _HYPHEN.sub("-", text)
