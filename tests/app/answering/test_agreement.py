from answering_library import ask

from inquote.app.answering.agreement import Agreement, agreement_sentence
from inquote.app.answering.shelf import Shelf
from inquote.app.answering.spans import AnswerSpan, HitReading
from inquote.app.reader.base import Reading
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Document, Passage


class Titles(Shelf):
    """A shelf of documents that have nothing but titles."""

    def document(self, id: str) -> Document:
        return Document(id, id, "", "", "")


def shelf() -> Shelf:
    return Titles.__new__(Titles)


def say(id: str, text: str) -> AnswerSpan:
    hit = Hit(Passage(id, 0, len(text), "", text), 0.0, 1, 0.0, None, 0.0)
    return AnswerSpan(HitReading(hit, 0, Reading((), (), 0.0)), 0, len(text))


def sentence(*groups: tuple[AnswerSpan, ...]) -> str:
    return agreement_sentence(Agreement(groups), shelf())


def test_values_are_counted_by_document() -> None:
    a, b, c = say("a", "16.3 %"), say("b", "16.3 %"), say("c", "17.9 %")
    assert sentence((a, b), (c,)) == "2 documents say 16.3 %, 1 says 17.9 %"
    assert sentence((a, b)) == "2 documents say 16.3 %"


def test_the_newest_is_named_where_all_have_a_date() -> None:
    old, new = say("Report 2021", "30 days"), say("Report 2023", "60 days")
    undated = say("Report", "90 days")
    assert sentence((old,), (new,)).endswith("; the newest, Report 2023 (2023), says 60 days")
    assert "newest" not in sentence((old,), (new,), (undated,))


def test_longer_answers_are_only_counted() -> None:
    a, b = say("a", "as soon as the ice has gone away"), say("b", "in May")
    assert sentence((a,), (b,)) == "2 documents answer this"
    assert sentence((a, a)) == "2 documents say the same"


def test_another_document_that_answers_is_heard() -> None:
    texts = {"a": "How deep is it: 30 metres.", "b": "How deep is it: 60 metres."}
    answer = ask("how deep is it", **texts)
    assert answer.inferred is not None
    assert answer.inferred.kind == "agreement"
    assert {citation.document_id for citation in answer.citations} == {"a", "b"}
    assert answer.as_json()["inferred"]["kind"] == "agreement"


def test_one_document_agrees_with_none() -> None:
    answer = ask("how deep is it", a="How deep is it: 30 metres.", b="Otters eat crabs.")
    assert answer.inferred is None
