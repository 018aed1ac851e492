"""`python -m inquote.eval` with the fakes in the place of the models."""

import json

import pytest

from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.system import System
from inquote.eval.__main__ import main
from inquote.eval.runs.questions import fill
from inquote.eval.studies.observe import retrieve_for_pairs
from inquote.index.retrieval.search import Search
from inquote.index.stores.registry import open_store
from inquote.ingest.errors import InquoteError
from places import CORPUS

QUESTIONS = [
    ("z-1", "How much does an otter weigh?", "An otter weighs 12 kilograms.", "otters.md"),
    ("z-2", "When do owls hunt?", "Owls hunt at night.", "owls.md"),
    ("z-3", "Where do newts live?", "Newts live in ponds.", "newts.txt"),
]


@pytest.fixture
def questions(tmp_path, corpus):
    """Three questions about the zoo and one that it does not answer."""
    rows = [
        {
            **{
                "id": id,
                "type": "factoid",
                "question": question,
                "answerable": True,
                "answers": [quote],
            },
            "evidence": [[{"document": f"zoo/{name}", "quote": quote}]],
        }
        for id, question, quote, name in QUESTIONS
    ]
    rows.append(
        {"id": "z-4", "type": "factoid", "question": "Who painted bread?", "answerable": False}
    )
    path = tmp_path / "zoo.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    fill(path, corpus)
    return path


@pytest.fixture
def evaluate(monkeypatch, capsys):
    """Run the command line with the fakes; gives (exit status, standard output, standard error)."""

    def answerer(reader, embedder):
        return Answerer(FakeReader(), PLAIN_CALIBRATION)

    def open_fake(path, *, reader=None, embedder=None):
        return System(open_store(path), Search(FakeEmbedder()), answerer(reader, None))

    monkeypatch.setattr("inquote.eval.runs.runner.SentenceTransformerEmbedder", FakeEmbedder)
    monkeypatch.setattr("inquote.index.models.embedder.SentenceTransformerEmbedder", FakeEmbedder)
    monkeypatch.setattr("inquote.eval.runs.runner.open_system", open_fake)
    monkeypatch.setattr("inquote.eval.runs.baselines.make_answerer", answerer)
    monkeypatch.setattr("inquote.app.build.make_answerer", answerer)

    def call(*arguments):
        monkeypatch.setattr("sys.argv", ["eval", *map(str, arguments)])
        status = 0
        try:
            main()
        except SystemExit as stopped:
            status = stopped.code or 0
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


def test_a_run_writes_its_predictions_and_reports_and_prints_a_table(
    tmp_path, corpus, questions, evaluate
):
    status, out, _ = evaluate(questions, "--corpus", corpus, "--out", tmp_path / "run")
    assert status == 0
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        *("predictions.jsonl", "report.md", "report.html", "report.json")
    }
    assert "evidence_recall@3" in out
    assert "By type" in out


def test_json_is_the_report(tmp_path, corpus, questions, evaluate):
    _, out, _ = evaluate(questions, "--corpus", corpus, "--out", tmp_path / "run", "--json")
    figures = json.loads(out)["figures"]
    assert figures["evidence_recall@3"]["value"] == 1.0
    assert figures["verbatim_violations"]["value"] == 0
    assert figures["overall_right"]["n"] == 4


def test_baselines_are_run_and_stand_in_the_report(tmp_path, corpus, questions, evaluate):
    _, out, _ = evaluate(
        questions, "--corpus", corpus, "--out", tmp_path / "run", "--baselines", "--json"
    )
    assert set(json.loads(out)["baselines"]) == {
        *("BM25 + first sentence", "fusion without reader", "lexical only", "dense only")
    }
    assert (tmp_path / "run" / "baselines" / "dense only" / "predictions.jsonl").exists()


def test_a_part_is_asked_alone(tmp_path, corpus, questions, evaluate):
    _, out, _ = evaluate(
        questions, "--corpus", corpus, "--out", tmp_path / "run", "--json", "--part", "report"
    )
    parts = json.loads(out)["parts"]
    assert list(parts) == ["report"]


def test_a_floor_that_holds_lets_through_and_one_that_breaks_exits_with_1(
    tmp_path, corpus, questions, evaluate
):
    floors = tmp_path / "floors.toml"
    floors.write_text(
        '[zoo.at_least]\n"evidence_recall@3" = 0.95\n[zoo.exactly]\nverbatim_violations = 0\n'
    )
    assert (
        evaluate(questions, "--corpus", corpus, "--out", tmp_path / "run", "--floor", floors)[0]
        == 0
    )
    floors.write_text("[zoo.at_least]\ntoken_f1 = 1.1\n")
    status, _, err = evaluate(
        questions, "--corpus", corpus, "--out", tmp_path / "run", "--floor", floors
    )
    assert status == 1
    assert "Floor broken: token_f1 must be at least 1.1" in err


def test_a_misspelt_floor_is_told_before_anything_is_asked(tmp_path, corpus, questions, evaluate):
    floors = tmp_path / "floors.toml"
    floors.write_text("[zoo.at_least]\ntokenf1 = 1\n")
    status, _, err = evaluate(
        questions, "--corpus", corpus, "--out", tmp_path / "run", "--floor", floors
    )
    assert (status, (tmp_path / "run").exists()) == (2, False)
    assert "tokenf1" in err


def test_a_run_is_scored_again_from_its_file(tmp_path, corpus, questions, evaluate):
    evaluate(questions, "--corpus", corpus, "--out", tmp_path / "run")
    before = (tmp_path / "run" / "report.md").read_text(encoding="utf-8")
    (tmp_path / "run" / "report.md").unlink()
    assert evaluate("score", tmp_path / "run")[0] == 0
    assert (tmp_path / "run" / "report.md").read_text(encoding="utf-8") == before


def test_a_library_that_exists_is_asked_as_it_is(
    tmp_path, corpus, questions, evaluate, make_system
):
    make_system(corpus, library=tmp_path / "mine").close()
    status, out, _ = evaluate(
        questions, "--library", tmp_path / "mine", "--out", tmp_path / "run", "--json"
    )
    assert (status, json.loads(out)["about"]["generation"]) == (0, 1)


def test_a_library_without_the_evidence_is_refused(tmp_path, questions, evaluate, make_system):
    make_system(CORPUS, library=tmp_path / "mine").close()
    status, _, err = evaluate(questions, "--library", tmp_path / "mine", "--out", tmp_path / "run")
    assert status == 2
    assert err.startswith("The library has no document zoo/otters.md")


def test_a_text_that_was_changed_is_refused(tmp_path, corpus, questions, evaluate):
    (corpus / "owls.md").write_text("# Owls\n\nNow owls hunt at night.\n", "utf-8")
    status, _, err = evaluate(questions, "--corpus", corpus, "--out", tmp_path / "run")
    assert status == 2
    assert "The evidence for z-2 is not where it was" in err


def test_an_unknown_part_is_refused(tmp_path, corpus, questions, evaluate):
    status, _, err = evaluate(questions, "--corpus", corpus, "--part", "test")
    assert (status, err) == (2, 'There is no part "test"; name one of all, tune, report.\n')


def test_two_runs_are_compared(tmp_path, corpus, questions, evaluate):
    for name in ("a", "b"):
        evaluate(questions, "--corpus", corpus, "--out", tmp_path / name)
    status, out, _ = evaluate("compare", tmp_path / "a", tmp_path / "b", "--out", tmp_path / "c")
    assert status == 0
    assert "4 questions in both runs; 0 lost and 0 won." in out
    assert (tmp_path / "c" / "compare.html").exists()


def test_comparing_what_is_no_run_is_one_sentence(tmp_path, evaluate):
    status, _, err = evaluate("compare", tmp_path, tmp_path)
    assert status == 2
    assert err.count("\n") == 1


SQUAD = {
    "data": [
        {
            "title": "Owl",
            "paragraphs": [
                {
                    "context": "Owls hunt at night.",
                    "qas": [
                        {
                            **{"id": "1", "question": "When do owls hunt?"},
                            "answers": [{"text": "Owls hunt at night.", "answer_start": 0}],
                        }
                    ],
                }
            ],
        }
    ]
}


@pytest.mark.parametrize("mode", [[], ["--open"]])
def test_squad_prints_one_object(tmp_path, evaluate, mode):
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD), encoding="utf-8")
    status, out, _ = evaluate("squad", path, "--json", "--limit", 5, *mode)
    found = json.loads(out)
    assert status == 0
    assert (found["questions"], found["answerable_exact"], found["recall@1"]) == (1, 100.0, 1.0)


def test_a_part_needs_a_split(tmp_path, evaluate):
    status, out, err = evaluate("squad", tmp_path / "squad.json", "--part", "report")
    assert (status, out, err) == (
        2,
        "",
        "--part is a part of a split; name its file with --split.\n",
    )


def test_squad_makes_its_library_at_a_new_place_only(tmp_path, evaluate):
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD), "utf-8")
    options = ("--json", "--limit", 1, "--open", "--library", tmp_path / "library")
    assert evaluate("squad", path, *options)[0] == 0
    status, _, err = evaluate("squad", path, *options)
    assert status == 2 and f"There is a library at {tmp_path / 'library'}; name a new place." in err


def test_a_broken_squad_file_is_one_sentence(tmp_path, evaluate):
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    status, out, err = evaluate("squad", tmp_path / "bad.json", "--json")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_calibrate_is_one_of_the_commands(evaluate):
    status, out, _ = evaluate("calibrate", "--help")
    assert status == 0
    assert "python -m inquote.eval calibrate" in out


def test_fusion_prints_a_line_a_weight(tmp_path, evaluate):
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD), encoding="utf-8")
    found = json.loads(evaluate("fusion", path, "--json")[1])
    assert len(found) == 33
    assert found[5] == {"name": "by_bound", "weight": 0.5, "recall_at_1": 1.0, "recall_at_5": 1.0}


def test_a_question_file_without_its_corpus_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(InquoteError, match=r"half a pair; give FILE=CORPUS"):
        retrieve_for_pairs([str(tmp_path / "owl.jsonl")], embedder=None)
