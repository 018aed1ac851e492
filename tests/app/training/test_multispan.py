import json
from pathlib import Path

import pytest

from inquote.app.training.multispan import read_multispan
from inquote.app.training.pairs import training_groups
from inquote.app.training.squad import SquadError


def test_answers_of_several_spans_are_read_without_the_gaps_of_tokens(tmp_path: Path) -> None:
    file = tmp_path / "several.json"
    context = "The tea ( black ) grows in Assam , India , and in Kenya . It is `` strong '' ."
    item = {"id": "1", "question": "where does tea grow", "context": context}
    file.write_text(json.dumps([{**item, "answers": ["Assam , India", "Kenya"]}]))
    (article,) = read_multispan(file)
    (paragraph,) = article.paragraphs
    assert paragraph.text == 'The tea (black) grows in Assam, India, and in Kenya. It is "strong".'
    ((pair,),) = training_groups([article], seed=0)
    assert [pair.text[start:end] for start, end in pair.members] == ["Assam, India", "Kenya"]
    assert pair.spans == pair.members


def test_a_file_in_another_layout_is_told(tmp_path: Path) -> None:
    file = tmp_path / "several.json"
    file.write_text("{}x")
    with pytest.raises(SquadError, match="cannot be read as questions of several spans"):
        read_multispan(file)
