"""Answers that stand in several documents, and those of a document that the question names."""

from answering_library import ask


def test_documents_that_differ_are_counted_and_the_newest_is_named() -> None:
    answer = ask(
        "what is the notice period in days",
        **{
            "a (2023-01-05)": "The notice period in days is 30.",
            "b (2024-05-06)": "The notice period in days is 60.",
            "c (2022-02-02)": "The notice period in days is 30.",
        },
    )
    assert answer.inferred is not None
    assert answer.inferred.kind == "agreement"
    assert answer.inferred.text == "3 documents answer this"
    assert len(answer.citations) == 3


def test_a_document_of_that_name_is_answered_from() -> None:
    texts = {"rules-1": "Dogs pay 5 euros.", "rules-2": "Dogs pay 9 euros."}
    answer = ask("According to rules-2, what do dogs pay?", **texts)
    assert answer.text == "Dogs pay 9 euros."
    assert {hit.passage.document_id for hit in answer.hits} == {"rules-2"}
