"""The settings of a training run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What decides the result besides the data and the constants of this package."""

    seed: int = 0
    epochs: int = 1
    batch: int = 32  # windows, about
    learning_rate: float = 2e-4  # of the last layer, at its height
    head_rate: float = 1e-3  # of the heads
    longest: int = 320  # tokens of a training window
    repeat_unanswerable: int = (
        3  # times an article with human-written unanswerable questions is used in an epoch
    )
    answerable_articles: int = 0  # without such questions, drawn from all; 0 for all
    dropout: float = 0.0  # share of the numbers dropped wherever the model has a place for it
    teacher: str = ""  # hex SHA-256 of its checkpoint; none if empty
