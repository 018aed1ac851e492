import json
from pathlib import Path

from fakes import FakeEmbedder
from inquote.eval.bench.ingest import write_documents
from inquote.eval.studies.chunking import CUTTINGS, answer_ranges, compare_cuttings, join_contexts
from inquote.eval.studies.squad_data import SquadFile, load_squad


def asked(context: str) -> dict[str, object]:
    verb = context.split()[1]
    answers = [{"text": verb, "answer_start": context.index(verb)}]
    return {"id": context, "question": context.replace(".", "?"), "answers": answers}


def squad(tmp_path: Path) -> SquadFile:
    """Two articles, the first of two paragraphs; each paragraph with a question."""
    facts = {"Otters": ["Otters swim well.", "Otters eat crabs."], "Owls": ["Owls hunt at night."]}
    data = [
        {
            "title": title,
            "paragraphs": [{"context": context, "qas": [asked(context)]} for context in contexts],
        }
        for title, contexts in facts.items()
    ]
    (tmp_path / "squad.json").write_text(json.dumps({"data": data}))
    return load_squad(tmp_path / "squad.json")


def test_contexts_of_a_title_become_one_document_and_answers_keep_their_place(
    tmp_path: Path,
) -> None:
    file = squad(tmp_path)
    documents, places = join_contexts(file)
    texts = [document.text for document in documents]
    assert texts == ["Otters swim well.\n\nOtters eat crabs.", "Owls hunt at night."]
    (id, start, end) = answer_ranges(file.questions[1], places)[0]
    assert (id, texts[0][start:end]) == ("Otters", "eat")


def test_every_cutting_is_measured(tmp_path: Path) -> None:
    file = squad(tmp_path)
    results = compare_cuttings(file, file.questions, FakeEmbedder(), lambda *_: None)
    assert [(result.target, result.overlap) for result in results] == [
        (c.target, c.overlap) for c in CUTTINGS
    ]
    assert all(result.recall[-1] == 1.0 for result in results)


def test_no_two_passages_of_the_bench_are_the_same(tmp_path: Path) -> None:
    size = write_documents(squad(tmp_path), 3, tmp_path / "texts")
    texts = [path.read_text() for path in sorted((tmp_path / "texts").iterdir())]
    assert size == sum(len(text.encode()) for text in texts)
    blocks = [block for text in texts for block in text.split("## ")[1:]]
    assert len(blocks) == len(set(blocks)) == 30
