"""A training run, on a tiny model."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from inquote.app.reader.model import Batch, SpanModel
from inquote.app.training.objective import validate
from inquote.app.training.run import TrainingRun, make_optimiser, rate_share
from inquote.app.training.settings import Settings
from inquote.ingest.errors import ModelError
from reader_models import articles, maker, pair, tiny_model


def run(folder: Path, epochs: int = 1, minutes: float = 0) -> TrainingRun:
    return TrainingRun(folder, tiny_model(), Settings(epochs=epochs, batch=4), minutes)


def weights_of(model: SpanModel) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_the_learning_rate_goes_up_and_down() -> None:
    assert [rate_share(share) for share in (0.0, 0.025, 0.05, 0.525, 1.0)] == pytest.approx(
        [0, 0.5, 1, 0.5, 0]
    )


def test_embeddings_are_frozen_and_lower_layers_slower() -> None:
    model = tiny_model()
    optimiser = make_optimiser(model, Settings(learning_rate=1.0, head_rate=5.0))
    assert not any(parameter.requires_grad for parameter in model.embeddings.parameters())
    assert sorted({group["height"] for group in optimiser.param_groups}) == [0.9, 1.0, 5.0]


def test_training_lowers_the_loss(tmp_path: Path) -> None:
    trained = TrainingRun(
        tmp_path,
        tiny_model(),
        replace(Settings(), epochs=3, batch=4, learning_rate=3e-3, head_rate=1e-2),
    )
    examples = [
        maker().example(pair("Anna Lind", "Who built it?")),
        maker().example(pair(None, "Who sank it?")),
    ]
    before = validate(trained.model, examples)["loss"]
    trained.fit(maker(), articles())
    assert validate(trained.model, examples)["loss"] < before


def test_an_interrupted_run_ends_like_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(tmp_path / "whole", epochs=2)
    whole.fit(maker(), articles())
    first = run(tmp_path / "cut", epochs=2)
    step = first.step

    def cut(*arguments: object) -> dict[str, float]:
        if first.progress.step == 5:
            first.save()
            raise KeyboardInterrupt
        return step(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(first, "step", cut)
    with pytest.raises(KeyboardInterrupt):
        first.fit(maker(), articles())
    second = run(tmp_path / "cut", epochs=2)
    second.resume()
    assert second.progress.step == 5
    second.fit(maker(), articles())
    assert second.progress.step == whole.progress.step > 6
    assert torch.equal(weights_of(second.model), weights_of(whole.model))


def test_a_run_ends_when_its_time_is_over(tmp_path: Path) -> None:
    short = run(tmp_path, minutes=1)
    short.progress.seconds = 61.0
    short.fit(maker(), articles())
    assert short.progress.step == 0 and (tmp_path / "checkpoint.pt").exists()
    assert json.loads((tmp_path / "log.jsonl").read_text())["done"] is True


def test_dropout_is_for_training_only(tmp_path: Path) -> None:
    model = TrainingRun(tmp_path, tiny_model().train(), Settings(dropout=0.5)).model
    window = Batch.of([maker().example(pair("Anna Lind", "Who built it?")).window])
    assert not torch.equal(model(window).evidence, model(window).evidence)
    examples = [maker().example(pair("Anna Lind", "Who built it?"))]
    assert validate(model, examples)["loss"] == validate(model, examples)["loss"]
    assert model.training


def test_other_settings_do_not_resume(tmp_path: Path) -> None:
    run(tmp_path, epochs=1).save()
    with pytest.raises(ModelError, match="has other settings"):
        run(tmp_path, epochs=2).resume()


def test_resuming_without_a_checkpoint_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no whole checkpoint"):
        run(tmp_path).resume()
