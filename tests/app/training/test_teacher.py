"""A teacher: another encoder on the reader's windows, and learning from it; on tiny models."""

import json
import math
from pathlib import Path

import pytest
import torch
import typer

from inquote.app.reader.model import Batch, Logits
from inquote.app.training.examples import ExampleMaker
from inquote.app.training.objective import (
    LABEL_WEIGHT,
    MEMBER_WEIGHT,
    TEMPERATURE,
    distillation_losses,
)
from inquote.app.training.pairs import Pair
from inquote.app.training.run import TrainingRun, load_checkpoint
from inquote.app.training.settings import Settings
from inquote.app.training.squad import Article, Paragraph, Question
from inquote.app.training.teacher import Teacher, match_pieces
from inquote.app.training.train import main
from inquote.index.models.embedder import packaged_model
from inquote.ingest.errors import ModelError
from reader_models import pieces, tiny_bert, tiny_model

TEXT = "Anna Lind built it in 1932. It spans the Glomma. The work took four years."


@pytest.fixture
def teacher(tmp_path: Path) -> Teacher:
    tiny_bert(tmp_path / "bert")
    return Teacher.from_encoder(tmp_path / "bert", pieces(), seed=0)


def batch(*texts: str) -> Batch:
    maker = ExampleMaker(pieces(), 64)
    return Batch.of([maker.example(Pair("Who built it?", "", text)).window for text in texts])


def articles() -> list[Article]:
    questions = [Question(str(i), "Who built it?", ((0, "Anna Lind"),)) for i in range(12)]
    return [Article("Bridge", (Paragraph(TEXT, tuple(questions)),))]


def test_a_teacher_says_the_same_whatever_stands_beside(teacher: Teacher) -> None:
    both, alone = teacher.eval()(batch("It spans.", TEXT)), teacher(batch("It spans."))
    length = alone.start.shape[1]
    assert torch.allclose(both.start[0, :length], alone.start[0], atol=1e-5)
    assert torch.allclose(both.answerable[:1], alone.answerable, atol=1e-5)


def test_a_teacher_has_logits_only_where_text_stands(teacher: Teacher) -> None:
    one = batch(TEXT)
    assert torch.equal(torch.isfinite(teacher(one).start), one.text)
    assert torch.equal(torch.isfinite(teacher(one).end), one.text)


def test_word_pieces_are_found_again_in_another_vocabulary(tmp_path: Path) -> None:
    packaged = packaged_model() / "tokenizer.json"
    assert match_pieces(pieces(), packaged).tolist() == list(range(30522))
    other = json.loads(packaged.read_text())
    vocabulary = other["model"]["vocab"]
    vocabulary["bridge"], vocabulary["river"] = vocabulary["river"], vocabulary["bridge"]
    (tmp_path / "tokenizer.json").write_text(json.dumps(other))
    found = match_pieces(pieces(), tmp_path / "tokenizer.json")
    assert (
        found[vocabulary["bridge"]] == vocabulary["river"]
        and found[vocabulary["it"]] == vocabulary["it"]
    )


def test_a_vocabulary_that_lacks_word_pieces_is_refused(tmp_path: Path) -> None:
    other = json.loads((packaged_model() / "tokenizer.json").read_text())
    other["model"]["vocab"]["bridges"] = other["model"]["vocab"].pop("bridge")
    (tmp_path / "tokenizer.json").write_text(json.dumps(other))
    with pytest.raises(ModelError, match="lacks 1 of our word pieces, such as 'bridge'"):
        match_pieces(pieces(), tmp_path / "tokenizer.json")


def test_a_folder_without_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no encoder"):
        Teacher.from_encoder(tmp_path, pieces(), seed=0)


def test_a_folder_without_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="needs its tokenizer beside it"):
        match_pieces(pieces(), tmp_path / "tokenizer.json")


def test_an_encoder_kept_in_half_precision_is_trained_in_float32(tmp_path: Path) -> None:
    from transformers import AutoModel

    tiny_bert(tmp_path / "bert")
    AutoModel.from_pretrained(tmp_path / "bert").half().save_pretrained(tmp_path / "bert")
    assert (
        Teacher.from_encoder(tmp_path / "bert", pieces(), seed=0)
        .layers[0]
        .output.dense.weight.dtype
        == torch.float32
    )


def test_a_run_does_not_replace_its_teacher(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="would replace the teacher"):
        main([tmp_path / "squad.json"], tmp_path, teacher=tmp_path)


def test_a_run_of_another_model_does_not_resume(tmp_path: Path, teacher: Teacher) -> None:
    TrainingRun(tmp_path, teacher, Settings()).save()
    with pytest.raises(ModelError, match="is of another model"):
        TrainingRun(tmp_path, tiny_model(), Settings()).resume()


def test_the_labels_count_beside_the_teacher(tmp_path: Path, teacher: Teacher) -> None:
    maker = ExampleMaker(pieces(), 64)
    groups = [[maker.example(Pair("Who built it?", "", TEXT, 0, 9))]]
    run = TrainingRun(tmp_path, tiny_model(), Settings(), teacher=teacher.eval())
    losses = run._losses(Batch.of([groups[0][0].window]), groups)
    alone = TrainingRun(tmp_path, tiny_model(), Settings())._losses(
        Batch.of([groups[0][0].window]), groups
    )["all"]
    assert losses["all"].item() == pytest.approx(
        LABEL_WEIGHT * alone.item() + losses["taught"].item(), rel=1e-4
    )


def test_a_trained_teacher_comes_back(tmp_path: Path, teacher: Teacher) -> None:
    run = TrainingRun(tmp_path / "run", teacher, Settings(batch=4))
    run.fit(ExampleMaker(pieces(), 64), articles())
    teacher.encoder.config.save_pretrained(tmp_path / "run")
    back = Teacher.from_run(tmp_path / "run", load_checkpoint(tmp_path / "run")["model"])
    assert torch.equal(back(batch(TEXT)).evidence, teacher.eval()(batch(TEXT)).evidence)


def test_a_run_of_the_reader_itself_is_no_teacher(tmp_path: Path) -> None:
    TrainingRun(tmp_path, tiny_model(), Settings()).save()
    with pytest.raises(ModelError, match="was not one of a teacher"):
        Teacher.from_run(tmp_path, load_checkpoint(tmp_path)["model"])


def test_a_teacher_is_trained_from_its_own_weights(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="leave out --start and --teacher"):
        main([tmp_path / "squad.json"], tmp_path / "run", encoder=tmp_path, teacher=tmp_path)


def test_training_a_teacher_leaves_its_embeddings(tmp_path: Path, teacher: Teacher) -> None:
    before = teacher.encoder.embeddings.word_embeddings.weight.clone()
    layer = teacher.layers[0].output.dense.weight.clone()
    TrainingRun(tmp_path / "run", teacher, Settings(batch=4)).fit(
        ExampleMaker(pieces(), 64), articles()
    )
    assert torch.equal(teacher.encoder.embeddings.word_embeddings.weight, before)
    assert not torch.equal(teacher.layers[0].output.dense.weight, layer)


def test_the_loss_beside_a_teacher_of_a_hand_made_case() -> None:
    text = torch.tensor([[False, True, True]])
    nowhere = -math.inf
    taught = Logits(
        *(torch.tensor([[nowhere, 0.0, 0.0]]),) * 2, *[torch.zeros(1, 3)] * 2, torch.zeros(1)
    )
    at = TEMPERATURE * math.log(2)
    ours = Logits(
        *(torch.tensor([[nowhere, at, at]]),) * 2, *[torch.zeros(1, 3)] * 2, torch.zeros(1)
    )
    thirds = (math.log(1 / 3) - math.log(1 / 5) + 2 * (math.log(1 / 3) - math.log(2 / 5))) / 3
    losses = distillation_losses(ours, taught, text)
    assert losses["start_end"].item() == pytest.approx(thirds * TEMPERATURE**2, abs=1e-5)
    assert losses["taught"].item() == pytest.approx(
        thirds * TEMPERATURE**2 + math.log(2) * (1 + MEMBER_WEIGHT), abs=1e-5
    )
    assert distillation_losses(taught, taught, text)["start_end"].item() == pytest.approx(0)


def test_a_taught_model_comes_nearer_to_its_teacher(tmp_path: Path, teacher: Teacher) -> None:
    one, model = batch(TEXT, "It spans the Glomma."), tiny_model()
    torch.nn.init.constant_(teacher.token_head.bias, -4.0)  # it says that nothing answers

    def distance() -> float:
        with torch.inference_mode():
            return distillation_losses(model.eval()(one), teacher.eval()(one), one.text)[
                "start_end"
            ].item()

    before = distance()
    settings = Settings(epochs=5, batch=4, head_rate=0.1)
    TrainingRun(tmp_path / "run", model.train(), settings, teacher=teacher.eval()).fit(
        ExampleMaker(pieces(), 64), articles()
    )
    assert distance() < 0.5 * before
