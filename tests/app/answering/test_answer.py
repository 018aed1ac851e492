from collections.abc import Sequence
from dataclasses import replace

from fakes import PLAIN_CALIBRATION, FakeReader
from inquote.app.answering.answerer import READ_AT_ONCE, Answerer
from inquote.app.answering.choice import interleave
from inquote.app.reader.base import Reading, Span
from inquote.app.system import System
from inquote.index.retrieval.search import Hit, Search
from inquote.index.stores.memory import MemoryStore
from inquote.ingest.documents import Passage
from store_writing import EMBEDDER, RECIPE, cut
from tables import SALES, passage_of


class CountingReader(FakeReader):
    def __init__(self) -> None:
        self.read_at_once: list[int] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.read_at_once.append(len(passages))
        return super().read(question, passages)


def hits(*texts: str) -> list[Hit]:
    return [
        Hit(Passage(f"d{at}", 0, len(text), "", text), 1.0, 1, 0.5, 1, 0.5)
        for at, text in enumerate(texts)
    ]


def read_by(settled: float | None, *texts: str) -> tuple[list[int], list[str]]:
    """How many passages were read at once, and the texts of the hits in their final order."""
    reader = CountingReader()
    answerer = Answerer(reader, replace(PLAIN_CALIBRATION, settled=settled))
    choice = answerer.choose("otters eat crabs", hits(*texts))
    return reader.read_at_once, [hit.passage.text for hit in choice.findings.hits]


def test_a_settled_question_reads_no_more_than_the_first_passages() -> None:
    texts = ["Newts.", "The otters eat crabs.", *["Mud."] * 4, "All otters eat crabs."]
    assert read_by(0.95, *texts) == (
        [READ_AT_ONCE],
        [texts[1], texts[0], "Mud.", "Mud.", "Mud.", "Mud.", texts[6]],
    )
    assert read_by(0.96, *texts)[0] == [READ_AT_ONCE, READ_AT_ONCE, 1]
    assert read_by(None, *texts)[0] == [7]


def test_a_cell_settles_nothing_while_another_that_is_not_read_fits_as_well() -> None:
    class FirstCell(CountingReader):
        def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
            super().read(question, passages)
            return [
                Reading((Span(at, at + 3, 9.0),), (), 0.0)
                if (at := passage.text.find("7.5")) >= 0
                else Reading((), (), 0.0)
                for passage in passages
            ]

    def read(*passages: Passage) -> list[int]:
        reader = FirstCell()
        answerer = Answerer(reader, replace(PLAIN_CALIBRATION, settled=0.9))
        found = [Hit(passage, 1.0, 1, 0.5, 1, 0.5) for passage in passages]
        answerer.choose("How much did pumps sell for in 2019?", found)
        return reader.read_at_once

    mud = Passage("mud", 0, 4, "", "Mud.")
    other = passage_of((("Sales", "2019"), ("Boats", "3.1")))
    assert read(passage_of(SALES), mud, mud, mud, other) == [READ_AT_ONCE]
    same = passage_of((("Sales", "2019"), ("Pumps", "8.8")))
    assert read(passage_of(SALES), mud, mud, mud, same) == [READ_AT_ONCE, 2]


def test_a_question_without_hope_is_given_up_after_nine_passages() -> None:
    texts = [*["Mud."] * 11, "All otters eat crabs."]
    reader = CountingReader()
    calibration = replace(PLAIN_CALIBRATION, settled=0.95, hopeless=0.1)
    choice = Answerer(reader, calibration).choose("otters eat crabs", hits(*texts))
    assert reader.read_at_once == [READ_AT_ONCE] * 3
    assert [hit.passage.text for hit in choice.findings.hits] == texts
    assert read_by(0.95, *texts)[0] == [READ_AT_ONCE] * 4


def test_what_is_read_later_can_still_win() -> None:
    texts = ["Otters.", *["Mud."] * 5, "All otters eat crabs."]
    read, shown = read_by(0.95, *texts)
    assert read == [READ_AT_ONCE, READ_AT_ONCE, 1]
    assert shown[0] == "All otters eat crabs."


def test_the_hits_of_several_questions_are_shown_in_turns() -> None:
    a, b, c, d = hits("A.", "B.", "C.", "D.")
    assert interleave([[a, b, c], [c, d]]) == (a, c, b, d)


def answer_of(*recognised: tuple[int, int, float]) -> tuple[str | None, float]:
    """The answer from a text of which some words were recognised in a picture."""
    store = MemoryStore()
    made = cut("a", "The otters eat crabs. Newts glow.")
    document = replace(made.record.document, recognised=recognised)
    with store.begin() as draft:
        texts = [passage.embedded_text for passage in made.chunks.passages]
        draft.put_embeddings(made.keys, EMBEDDER.embed_passages(texts))
        draft.put_documents([replace(made, record=replace(made.record, document=document))])
        draft.commit(RECIPE)
    system = System(store, Search(EMBEDDER), Answerer(FakeReader(), PLAIN_CALIBRATION))
    answer = system.answer("otters eat crabs")
    return answer.text, answer.confidence


def test_words_that_were_hard_to_recognise_lower_the_confidence() -> None:
    text, confidence = answer_of()
    assert text == "The otters eat crabs."
    assert answer_of((4, 10, 0.9), (22, 27, 0.1)) == (text, round(0.9 * confidence, 4))
    assert answer_of((4, 10, 0.2)) == (None, round(0.2 * confidence, 4))
