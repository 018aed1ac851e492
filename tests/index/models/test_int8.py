"""Matrix products in 8-bit integers, against the same in float32."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from inquote.index.models.bert import Encoder, Size
from inquote.index.models.int8 import (
    PRODUCTS,
    load_ranges,
    measured_ranges,
    quantize,
    save_ranges,
)
from inquote.index.models.precision import precisions

SIZE = Size(hidden=32, inner=64, layers=2, heads=2, vocabulary=50, positions=16)
IDS = torch.arange(12)
TYPES = torch.zeros(12, dtype=torch.long)
LENGTHS = (5, 7)
multiplies = pytest.mark.skipif(
    "int8" not in precisions(), reason="this processor does not multiply 8-bit integers"
)


@pytest.fixture
def encoder() -> Encoder:
    torch.manual_seed(0)
    return Encoder(SIZE).eval()


@torch.inference_mode()
def states(encoder: Encoder) -> torch.Tensor:
    return encoder.encode(IDS, TYPES, LENGTHS)


@multiplies
def test_states_are_nearly_those_of_float32(encoder: Encoder) -> None:
    plain = states(encoder)
    with measured_ranges(encoder) as ranges:
        states(encoder)
    quantize(encoder, ranges)
    difference = (states(encoder) - plain).abs()
    assert 0 < difference.mean() < 0.01
    assert difference.max() < 0.05


@multiplies
def test_a_column_that_outgrows_the_others_spoils_nothing(encoder: Encoder) -> None:
    with torch.no_grad():
        for layer in encoder.layers:
            layer.attended_norm.weight[3] *= 40  # of the input of "up"
            layer.up.bias[5] += 40  # of the input of "down"
    plain = states(encoder)
    with measured_ranges(encoder) as ranges:
        states(encoder)
    quantize(encoder, ranges)
    difference = (states(encoder) - plain).abs()
    assert difference.mean() < 0.02


def test_ranges_are_of_each_column_over_all_runs(encoder: Encoder) -> None:
    with measured_ranges(encoder) as ranges:
        states(encoder)
        first = ranges["layers.0.projections"]
        with torch.inference_mode():
            encoder.encode(IDS + 20, TYPES, LENGTHS)
    assert sorted(ranges) == sorted(f"layers.{at}.{name}" for at in (0, 1) for name in PRODUCTS)
    both = ranges["layers.0.projections"]
    assert first.lowest.shape == (32,)
    assert bool((both.lowest <= first.lowest).all() and (both.highest >= first.highest).all())
    assert bool((both.lowest < first.lowest).any())
    states(encoder)  # is not measured any more
    assert ranges["layers.0.projections"] is both


def test_ranges_belong_to_the_weights_they_were_measured_with(
    encoder: Encoder, tmp_path: Path
) -> None:
    weights, other, file = (tmp_path / name for name in ("a", "b", "ranges.safetensors"))
    save_file({"x": torch.zeros(1)}, weights)
    save_file({"x": torch.ones(1)}, other)
    with measured_ranges(encoder) as ranges:
        states(encoder)
    save_ranges(ranges, file, weights)
    loaded = load_ranges(file, weights)
    assert loaded is not None and sorted(loaded) == sorted(ranges)
    up = ranges["layers.1.up"]
    assert torch.allclose(loaded["layers.1.up"].highest, up.highest, rtol=1e-3, atol=1e-4)
    assert load_ranges(file, other) is None
    assert load_ranges(tmp_path / "none", weights) is None
