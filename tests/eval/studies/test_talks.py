import json
from pathlib import Path

import pytest

from inquote.eval.runs.questions import QuestionFileError
from inquote.eval.studies.talks import (
    CORPORA,
    KINDS,
    Conversation,
    TalkTurn,
    hold,
    load_talks,
    talk_table,
)
from inquote.ingest.files.collect import Limits, collect
from inquote.ingest.files.find import find_sources

TALKS = load_talks()


def test_conversations_have_turns_of_every_kind() -> None:
    kinds = {turn.kind for talk in TALKS for turn in talk.turns}
    assert kinds == set(KINDS)
    assert {len(talk.turns) for talk in TALKS} <= {4, 5, 6}
    assert len({talk.id for talk in TALKS}) == len(TALKS)


@pytest.mark.parametrize("name", CORPORA)
def test_an_accepted_text_of_every_turn_stands_in_the_corpus(name: str) -> None:
    loaded = collect(find_sources([CORPORA[name]]).sources, {}, Limits()).loaded
    text = " ".join(" ".join(one.document.text.split()) for one in loaded).casefold()
    for talk in TALKS:
        for turn in talk.turns if talk.corpus == name else ():
            if turn.answers:
                assert any(answer.casefold() in text for answer in turn.answers), turn


def test_turns_are_scored_by_their_answers(make_system, corpus: Path) -> None:  # type: ignore[no-untyped-def]
    turns = (
        TalkTurn("opening", "Where do newts live?", ("ponds",)),
        TalkTurn("to the page", "thanks", None),
        TalkTurn("new topic", "Where do newts live?", ()),
    )
    rows = hold(make_system(corpus), [Conversation("a", "corpus", turns)], lambda done: None)
    assert [row.right for row in rows] == [True, True, False]
    assert talk_table(rows).rows[0][:3] == ("all", "3", "0.667")
    assert rows[0].as_json()["answer"] == rows[2].text


def test_a_faulty_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "talks.jsonl"
    file.write_text(json.dumps({"id": "a"}), encoding="utf-8")
    with pytest.raises(QuestionFileError, match="holds no conversations"):
        load_talks(file)
