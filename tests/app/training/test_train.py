"""The command that trains: its options, its files, a taught run; on tiny models."""

import json
from pathlib import Path

import pytest
import torch
import typer

from inquote.app.training import train
from inquote.app.training.run import TrainingRun, load_checkpoint
from inquote.app.training.settings import Settings
from inquote.app.training.squad import SquadError
from inquote.app.training.teacher import Teacher
from inquote.app.training.train import held_out_titles, main, read_training_articles
from inquote.index.models.embedder import sha256_of
from inquote.ingest.errors import ModelError
from reader_models import TEXT, pieces, tiny_bert, tiny_model


def squad(path: Path, title: str | None = "Bridge", answer: str = "1932") -> Path:
    """A file with one question."""
    answers = [{"text": answer, "answer_start": 22}]
    question = {"id": "q1", "question": "When was it built?", "answers": answers}
    article = {"title": title, "paragraphs": [{"context": TEXT, "qas": [question]}]}
    path.write_text(json.dumps({"data": [article]}), encoding="utf-8")
    return path


def test_a_device_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(typer.BadParameter, match="no cuda on this machine"):
        main([tmp_path / "squad.json"], tmp_path / "run", device="cuda")
    assert not (tmp_path / "run").exists()


def test_the_split_keeps_titles_from_training(tmp_path: Path) -> None:
    (tmp_path / "split.json").write_text(
        '{"train": ["A"], "calibrate": ["B"], "report": ["C", "D"]}'
    )
    assert held_out_titles(tmp_path / "split.json") == ({"B"}, {"C", "D"})
    assert held_out_titles(None) == (set(), set())


def test_an_out_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = squad(tmp_path / "squad.json")
    with pytest.raises(typer.BadParameter, match=r"squad\.json is a file; give --out a folder"):
        main([file], file)


@pytest.mark.parametrize(
    "content", [None, "no json", "[]", '{"calibrate": []}', '{"calibrate": 3}']
)
def test_a_split_that_is_no_file_of_titles_is_refused(tmp_path: Path, content: str | None) -> None:
    split = tmp_path / "split.json"
    if content is not None:
        split.write_text(content)
    with pytest.raises(SquadError, match=r"split\.json cannot be read as titles by part"):
        held_out_titles(split)


def test_what_cannot_be_trained_on_is_refused_by_its_file(tmp_path: Path) -> None:
    assert read_training_articles(squad(tmp_path / "good.json"))[0].title == "Bridge"
    with pytest.raises(SquadError, match=r"bad\.json has an article without title"):
        read_training_articles(squad(tmp_path / "bad.json", title=None))
    with pytest.raises(SquadError, match=r"bad\.json has no answer of question q1"):
        read_training_articles(squad(tmp_path / "bad.json", answer="1933"))


def test_a_taught_run_names_its_teacher_and_goes_on_with_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, out = squad(tmp_path / "squad.json"), tmp_path / "run"
    folders = tmp_path / "teacher", tmp_path / "other"
    tiny_bert(tmp_path / "bert")
    for seed, folder in enumerate(folders):
        teacher = Teacher.from_encoder(tmp_path / "bert", pieces(), seed)
        TrainingRun(folder, teacher, Settings(seed=seed)).save()
        teacher.encoder.config.save_pretrained(folder)
    monkeypatch.setattr(train, "new_model", lambda *_: tiny_model().train())
    main([file], out, teacher=folders[0])
    settings = load_checkpoint(out)["settings"]
    assert settings["teacher"] == sha256_of(folders[0] / "checkpoint.pt")
    refusal = r"has other settings; give those: .*'teacher': '\w{64}'"
    for teacher_folder in (None, folders[1]):
        with pytest.raises(ModelError, match=refusal):
            main([file], out, teacher=teacher_folder, resume=True)
    main([file], out, teacher=folders[0], resume=True)
