import pytest

from inquote.app.answering.forms import Form, form_of, requested_count


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("How long are the three main stages?", Form.SHORT),
        ("Why are there two main steps?", Form.LIST),
        ("What is the purpose of the trial?", Form.EXPLANATION),
        ("Who is Ada Quill?", Form.SENTENCES),
        ("What is the name of the founder?", Form.SHORT),
        ("Is it sold or is it given away?", Form.SHORT),
        ("Isn't it sold?", Form.VERDICT),
    ],
)
def test_of_two_forms_one_goes_first(question: str, form: Form) -> None:
    assert form_of(question) is form


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("What are the five key factors?", 5),
        ("Name all the 12 months", 12),
        ("Which were Amgen's two trials?", 2),
        ("List the cancers", None),
        ("What do the five factors mean?", None),
        ("What are the 100 names?", None),
    ],
)
def test_the_number_of_things_that_a_question_asks_for(question: str, count: int | None) -> None:
    assert requested_count(question) == count
