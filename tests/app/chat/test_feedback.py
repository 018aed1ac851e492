import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest

from fake_system import ARTICLE, INJECTIONS, make_answer, make_document
from inquote.app.chat.feedback import (
    FeedbackEndpoints,
    FeedbackError,
    make_feedback,
    picking_html,
    sentences_of,
    verdicts_html,
)
from inquote.app.cli.output import format_feedback
from inquote.index.stores.journal import Feedback, QuestionInContext, QuotedRange, SqliteJournal
from inquote.ingest.errors import InquoteError

DOCUMENT = make_document(ARTICLE)
ANSWER = make_answer("When was it approved?", DOCUMENT, ["2015"])
REFUSED = make_answer("What is it called?", DOCUMENT, [], ["2015"])


def links(html: str) -> list[str]:
    return [unescape(href) for href in re.findall('href="([^"]*)"', html)]


# ---- what the page shows


def test_an_answer_can_be_given_four_verdicts_and_a_refusal_two() -> None:
    assert links(verdicts_html("t1", ANSWER)) == [
        "#turn=t1&verdict=right",
        "#turn=t1&verdict=wrong+answer",
        "#turn=t1&verdict=wrong+passage",
        "#turn=t1&verdict=not+in+the+corpus",
    ]
    assert links(verdicts_html("t1", REFUSED)) == [
        "#turn=t1&verdict=right",
        "#turn=t1&verdict=wrong+answer",
    ]


def test_what_was_said_is_shown() -> None:
    assert "Is this right?" in verdicts_html("t1", ANSWER)
    assert "Noted: wrong passage." in verdicts_html("t1", ANSWER, "wrong passage")
    assert "Noted: the corpus does say." in verdicts_html("t1", REFUSED, "wrong answer")


def test_the_sentences_to_pick_from_are_those_of_the_passages_each_once() -> None:
    twice = replace(ANSWER, hits=ANSWER.hits * 2)
    start = ARTICLE.index("The first virus")
    assert [place for _, place in sentences_of(twice)] == [
        QuotedRange(
            DOCUMENT.id, DOCUMENT.sha256, start, start + 37, "The first virus was approved in 2015."
        ),
        QuotedRange(
            DOCUMENT.id,
            DOCUMENT.sha256,
            start + 38,
            start + 83,
            "It was found by Ada Quill, who named it Tern.",
        ),
    ]


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_can_be_picked_is_escaped(text: str) -> None:
    document = make_document(text, title=text, id=text)
    html = picking_html(make_answer(text, document, [text]))
    assert not re.search(r"<(script|img|form|style|b|a|mark)\b", html)
    assert text in unescape(html)


# ---- what is kept


def test_a_picked_sentence_is_kept_with_the_question_and_the_answer() -> None:
    feedback = make_feedback("t1", ["What is it?"], ANSWER, "wrong answer", 1)
    assert feedback.context == QuestionInContext("When was it approved?", ("What is it?",))
    assert feedback.answer == "2015"
    assert [place.quote for place in feedback.citations] == ["2015"]
    sentence = feedback.sentence
    assert sentence and sentence.quote == "It was found by Ada Quill, who named it Tern."
    assert ARTICLE[sentence.start : sentence.end] == sentence.quote


@pytest.mark.parametrize(
    "verdict, sentence", [("great", None), ("right", 0), ("wrong answer", 2), ("wrong answer", -1)]
)
def test_what_is_no_feedback_is_refused(verdict: str, sentence: int | None) -> None:
    with pytest.raises(FeedbackError):
        make_feedback("t1", [], ANSWER, verdict, sentence)


def test_an_answer_that_is_gone_can_be_said_nothing_of() -> None:
    waiting = SimpleNamespace(id="t1", history=(), answer=None, verdict="")
    endpoints = FeedbackEndpoints(None, {"t1": waiting})  # type: ignore[arg-type]
    for turn in ("t1", "t2"):
        with pytest.raises(FeedbackError, match="not there any more"):
            endpoints._answer(turn)


def test_the_journal_gives_back_what_it_was_given_and_the_last_counts(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    assert journal.feedback() == []
    first, second = (
        make_feedback("t1", ["a"], ANSWER, "wrong answer", 0),
        make_feedback("t2", [], REFUSED, "right", None),
    )
    changed = make_feedback("t1", ["a"], ANSWER, "right", None)
    for feedback in (first, second):
        journal.record_feedback(feedback)
    assert journal.feedback() == [first, second]
    journal.record_feedback(changed)
    assert journal.feedback() == [second, changed]
    assert journal.questions() == []


def test_feedback_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    with pytest.raises(InquoteError, match="could not be written"):
        SqliteJournal(tmp_path / "nowhere").record_feedback(
            make_feedback("t1", [], ANSWER, "right", None)
        )


def test_feedback_as_text() -> None:
    feedback: Feedback = replace(
        make_feedback("t1", [], ANSWER, "wrong answer", 0), at="2026-01-02T03:04:05+00:00"
    )
    start = ARTICLE.index("The first virus")
    assert format_feedback(feedback) == (
        "2026-01-02T03:04:05+00:00  wrong answer: When was it approved?\n"
        "  answered       2015\n"
        "  right would be The first virus was approved in 2015."
        f"  [corpus/small.md {start}-{start + 37}]"
    )
