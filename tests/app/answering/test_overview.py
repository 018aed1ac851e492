from answering_library import ask

TEXT = (
    "# Otters\n\nOtters are animals that live in rivers and eat fish.\n\n"
    "## Food\n\nOtters eat fish and crabs from the rivers near them. Most otters eat twice a day "
    "in the rivers. Crabs are eaten by otters in winter when fish are rare.\n\n"
    "## Homes\n\nThe homes of otters are called holts and lie in the banks of rivers. "
    "Holts of otters have an entrance below the water of rivers.\n"
)


def test_an_overview_cites_sentences_in_text_order() -> None:
    answer = ask("What is this article about?", a=TEXT)
    assert answer.trace["form"] == "overview"
    starts = [citation.start for citation in answer.citations]
    assert 1 < len(starts) <= 5
    assert starts == sorted(starts)
    assert "Otters are animals that live in rivers and eat fish." in (answer.text or "")


def test_an_overview_of_a_library_has_a_sentence_of_each_document() -> None:
    texts = {f"d{n}": f"Document {n} is about the boats of harbour {n}." for n in range(10)}
    answer = ask("What are these documents about?", **texts)
    assert len(answer.citations) == 8
    assert answer.inferred is not None
    assert answer.inferred.text == "10 documents, 8 of them here"


def test_a_document_is_named() -> None:
    answer = ask("Summarise rules.md", **{"rules.md": TEXT, "other.md": "Boats sail on the sea."})
    assert {citation.document_id for citation in answer.citations} == {"rules.md"}
