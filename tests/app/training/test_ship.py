from pathlib import Path

import pytest
import torch

from inquote.app.training.run import TrainingRun
from inquote.app.training.settings import Settings
from inquote.app.training.ship import main, mean_weights
from inquote.app.training.teacher import Teacher
from inquote.ingest.errors import ModelError
from reader_models import pieces, tiny_bert


def test_the_mean_of_two_models_takes_the_share_of_the_second() -> None:
    found = mean_weights({"a": torch.tensor([0.0, 4.0])}, {"a": torch.tensor([10.0, 4.0])}, 0.7)
    assert found["a"].tolist() == pytest.approx([7.0, 4.0])


@pytest.mark.parametrize("mean_with", [None, Path("weights")])
def test_a_run_that_is_not_one_of_the_span_reader_is_refused(
    tmp_path: Path, mean_with: Path | None
) -> None:
    tiny_bert(tmp_path / "bert")
    teacher = Teacher.from_encoder(tmp_path / "bert", pieces(), seed=0)
    TrainingRun(tmp_path / "run", teacher, Settings()).save()
    with pytest.raises(ModelError, match="is not one of the span reader; give another"):
        main(tmp_path / "run", tmp_path / "out", mean_with=mean_with)
    assert not (tmp_path / "out").exists()
