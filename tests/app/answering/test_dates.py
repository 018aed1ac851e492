import pytest

from inquote.app.answering.dates import date_of, read_date
from inquote.ingest.documents import Block, Document


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024-03-18", "2024-03-18"),
        ("2024-3", "2024-03"),
        ("March 18, 2024", "2024-03-18"),
        ("3rd May 2023", "2023-05-03"),
        ("Annual report 2022", "2022"),
        ("Room 2022b", None),
        ("Rules", None),
    ],
)
def test_dates(text: str, date: str | None) -> None:
    assert read_date(text) == date


def test_a_document_is_dated_by_its_field_or_else_its_title() -> None:
    text = "A text.\n\ndate: 2024-03-18"
    blocks = (Block("paragraph", 0, 7), Block("field", 9, len(text)))
    dated = Document("a", "Report 2020", "", text, "", blocks=blocks)
    assert date_of(dated) == "2024-03-18"
    assert date_of(Document("a", "Report 2020", "", text, "")) == "2020"
