"""The conversations of eval/questions/followups.jsonl: sound, and understood as well as they were.
The conversations of eval/questions/followups.jsonl: sound, and understood as well as they were."""

from collections import Counter
from pathlib import Path

import pytest

from inquote.eval.runs.questions import QuestionFileError
from inquote.eval.studies.followups import (
    CORPORA,
    EvidenceShown,
    Quote,
    ask,
    followup_table,
    load_conversations,
    shares_by_kind,
    shows_evidence,
)
from inquote.ingest.files.collect import Limits, collect
from inquote.ingest.files.find import find_sources

CONVERSATIONS = load_conversations()
FLOORS = {  # what was measured; only ever raised
    ("tune", "follow-up"): 0.94,
    ("tune", "new topic"): 1.0,
    ("report", "follow-up"): 0.93,
    ("report", "new topic"): 0.94,
}


def test_half_of_at_least_forty_conversations_change_the_topic_about_each_corpus() -> None:
    counts = Counter((one.corpus, one.kind) for one in CONVERSATIONS)
    assert set(counts.values()) == {16}
    assert len(counts) == 4
    assert len({one.id for one in CONVERSATIONS}) == 64
    assert {len(one.history) for one in CONVERSATIONS} == {1, 2}


@pytest.mark.parametrize("name", CORPORA)
def test_the_evidence_stands_once_in_its_document(name: str) -> None:
    loaded = collect(find_sources([CORPORA[name]]).sources, {}, Limits()).loaded
    texts = {one.source.id: one.document.text for one in loaded}
    for one in CONVERSATIONS:
        if one.corpus == name:
            assert [
                texts[quote.document].count(quote.quote)
                for group in one.evidence
                for quote in group
            ] == [1]


@pytest.mark.parametrize("one", CONVERSATIONS, ids=lambda one: one.id)
def test_a_question_written_out_holds_what_it_must(one) -> None:  # type: ignore[no-untyped-def]
    assert one.holds(one.standalone)


@pytest.mark.parametrize(("part", "kind"), FLOORS)
def test_as_many_are_understood_as_were(part: str, kind: str) -> None:
    chosen = [one for one in CONVERSATIONS if (one.part, one.kind) == (part, kind)]
    assert shares_by_kind(chosen)[0].understood >= FLOORS[part, kind]


def test_outcomes_are_shares_by_kind() -> None:
    chosen = CONVERSATIONS[:2]  # both follow-ups
    shown = {
        chosen[0].id: EvidenceShown(False, True, True),
        chosen[1].id: EvidenceShown(True, True, False),
    }
    both, follow_ups = shares_by_kind(chosen, shown)
    assert (both.kind, follow_ups.kind) == ("all", "follow-up")
    assert (both.without_history, both.with_history, both.written_out) == (0.5, 1.0, 0.5)
    assert followup_table([both]).rows[0][0] == "all"


def test_evidence_counts_as_found_where_it_is_shown(make_system, corpus: Path) -> None:  # type: ignore[no-untyped-def]
    system = make_system(corpus)
    answer = system.answer("Where do newts live?")
    document = answer.hits[0].passage.document_id
    there, gone = Quote(document, "live in ponds"), Quote(document, "live in seas")
    assert shows_evidence(answer, [[gone, there]])
    assert not shows_evidence(answer, [[there], [gone]])
    assert list(ask(system, CONVERSATIONS[:1], lambda done: None)) == [CONVERSATIONS[0].id]


def test_a_faulty_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(QuestionFileError, match=r"x\.jsonl, line 1: "):
        load_conversations(file)
    with pytest.raises(QuestionFileError, match="cannot be read"):
        load_conversations(Path("nowhere.jsonl"))
