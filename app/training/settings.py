"""The settings of a training run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The numbers that decide the result, besides the data and the constants of this package.

    A checkpoint keeps them, so their names are part of its format.
    """

    seed: int = 0
    epochs: int = 1
    batch: int = 32  # windows, about
    learning_rate: float = 2e-4  # of the last layer, at its peak
    head_rate: float = 1e-3  # of the heads, at its peak
    longest: int = 320  # tokens of a training window, at most
    # How often an epoch sees an article with unanswerable questions written by people.
    repeat_unanswerable: int = 3
    answerable_articles: int = 0  # articles without such questions, drawn from all; 0 for all
    dropout: float = 0.0  # share of the numbers dropped wherever the model has a place for it
    teacher: str = ""  # SHA-256 of the teacher's checkpoint in hex, empty without a teacher
    keep: str = ""  # SHA-256 of the weights whose answers are kept, in hex; empty for none
    frozen: int = 0  # layers, from the first, that stay as they are
