import pytest

from inquote.app.answering.requests import OverviewRequest, overview_request


@pytest.mark.parametrize(
    ("question", "request_"),
    [
        ("What is this article about?", OverviewRequest(kind="article")),
        ("what's it about", OverviewRequest()),
        ("Summarise this", OverviewRequest()),
        ("Give me a short summary of the document.", OverviewRequest(kind="document")),
        ("tl;dr", OverviewRequest()),
        ("What are the key takeaways?", OverviewRequest()),
        ("List the main points of this report", OverviewRequest(kind="report")),
        ("What does the report cover?", OverviewRequest(kind="report")),
        ("What are these documents about?", OverviewRequest()),
        ("What is this section on side effects about?", OverviewRequest("side effects")),
        ("Summarise the safety section", OverviewRequest("safety")),
        ("What is the desalination report about?", OverviewRequest(name="desalination")),
        ("Summarise rules-2.pdf", OverviewRequest(name="rules-2.pdf")),
        ("What was the OPTiM trial about?", OverviewRequest(title="the OPTiM trial")),
        ("Summarise the safety data", OverviewRequest(title="the safety data")),
        (
            "What are the main findings of the OPTiM trial?",
            OverviewRequest(title="the OPTiM trial"),
        ),
        ("What are the key factors of growth?", None),
        ("Who wrote this article?", None),
    ],
)
def test_an_overview_is_asked_of_a_text(question: str, request_: OverviewRequest | None) -> None:
    assert overview_request(question) == request_
