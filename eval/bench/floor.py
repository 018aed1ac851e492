"""The least time that a forward pass of the encoder can take on this machine: its operations over the best rate."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from inquote.eval.bench.harness import Times

_SHAPES = ((1024, 384, 1536), (1024, 1536, 384), (2048, 1536, 1536), (2048, 2048, 2048))


def operations(lengths: Sequence[int], hidden: int = 384, layers: int = 6) -> int:
    """Floating-point operations of the encoder's matrix products on texts of these lengths.

    A token costs 24 hidden^2 a layer (projections 6, attended 2, up and down 8 each), and 4 hidden for each token that
    it attends to.

    >>> operations([1], hidden=1, layers=1)
    28
    """
    return layers * sum(
        24 * hidden * hidden * length + 4 * hidden * length * length for length in lengths
    )


def products(kind: Any) -> dict[str, Callable[[], Any]]:
    """Matrix products in the torch dtype `kind`, to be measured in turns with what has the floor; see `best_rate`."""
    import torch

    return {
        f"product {rows} {inner} {columns}": partial(
            torch.matmul, torch.randn(rows, inner).to(kind), torch.randn(inner, columns).to(kind)
        )
        for rows, inner, columns in _SHAPES
    }


def best_rate(times: Mapping[str, Times]) -> float:
    """Floating-point operations a second of the fastest of `products`, from the times of all of them."""
    rates = (
        2 * float(np.prod([int(side) for side in name.split()[1:]])) / taken.best
        for name, taken in times.items()
        if name.startswith("product ")
    )
    return max(rates)
