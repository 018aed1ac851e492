import pytest

from fakes import FakeReader
from inquote.app.answering.mail import is_field_value, read_mail
from inquote.app.language.mail import ASKED_FIELDS
from inquote.app.reader.base import Reading, Span
from inquote.ingest.chunk import chunk
from inquote.ingest.documents import Document, Passage, sections_of
from inquote.ingest.formats import mail

MESSAGE = b"""From: Ann Lee <ann@example.org>
To: Bo Reed <bo@example.org>
Cc: Cy <cy@example.org>
Date: Fri, 16 Dec 2022 17:04:16 -0500
Subject: Keys of the shed

The keys are with Ann.
"""


def passage() -> Passage:
    parsed = mail.parse(MESSAGE)
    sections = sections_of(parsed.text, parsed.blocks)
    document = Document("a.eml", "", "", parsed.text, "", sections, blocks=parsed.blocks)
    (only,) = chunk(document, lambda text: len(text.split()), 256).passages
    return only


def best(question: str, *spans: Span) -> str:
    """The words that come first where the reader has these spans."""
    read = read_mail(question, passage(), Reading(spans, (), 1.0, spans))
    assert read.members in ((), read.spans)
    first = read.spans[0]
    return passage().text[first.start : first.end]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Who is the e-mail from?", "Ann Lee <ann@example.org>"),
        ("Who sent the email about the keys?", "Ann Lee <ann@example.org>"),
        ("Who is the e-mail from Ann to?", "Bo Reed <bo@example.org>"),
        ("Who was the message addressed to?", "Bo Reed <bo@example.org>"),
        ("Who received the e-mail?", "Bo Reed <bo@example.org>"),
        ("Who was copied in?", "Cy <cy@example.org>"),
        ("Who got a copy of the e-mail?", "Cy <cy@example.org>"),
        ("Who was in cc?", "Cy <cy@example.org>"),
        ("When was the e-mail sent?", "Fri, 16 Dec 2022 17:04:16 -0500"),
        ("What is the date of the e-mail?", "Fri, 16 Dec 2022 17:04:16 -0500"),
        ("What is the subject of the e-mail?", "Keys of the shed"),
    ],
)
def test_the_value_of_the_field_that_is_asked_for_answers(question: str, value: str) -> None:
    elsewhere = passage().text.index("The keys")
    assert best(question, Span(elsewhere, elsewhere + 8, 9.0)) == value


@pytest.mark.parametrize(
    "question",
    [
        "Who has the keys?",
        "Who is the author of the book?",
        "When were the keys sent?",
        "Who founded the company that the e-mail names?",
        "Who sent the parcel?",
        "Who copied the picture?",
    ],
)
def test_other_questions_ask_for_no_field(question: str) -> None:
    assert not any(pattern.search(question) for pattern, _ in ASKED_FIELDS)


def test_a_label_is_no_answer_but_its_value() -> None:
    label = passage().text.index("Cc")
    assert best("Who has the keys?", Span(label, label + 2, 3.0)) == "Cy <cy@example.org>"
    start = passage().text.index("Ann Lee")
    assert is_field_value(passage(), start, start + len("Ann Lee <ann@example.org>"))
    assert not is_field_value(passage(), start, start + 3)


def test_what_is_no_email_is_read_as_it_is() -> None:
    text = Passage("a.md", 0, 20, "", "From: here. To: there.")
    reading = FakeReader().read("Who is the e-mail from?", [text])[0]
    assert read_mail("Who is the e-mail from?", text, reading) is reading
