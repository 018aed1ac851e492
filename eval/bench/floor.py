"""Compute the least time of a forward pass on this machine: its operations over the best rate."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from inquote.eval.bench.harness import Times

_SHAPES = ((1024, 384, 1536), (1024, 1536, 384), (2048, 1536, 1536), (2048, 2048, 2048))


def operations(lengths: Sequence[int], hidden: int = 384, layers: int = 6) -> int:
    """Return the floating-point operations of the encoder's matrix products on texts of `lengths`.

    A token costs 24 hidden^2 a layer (projections 6, attended 2, up and down 8 each), and 4 hidden
    for each token that it attends to.

    >>> operations([1], hidden=1, layers=1)
    28
    """
    total = 0
    for length in lengths:
        total += 24 * hidden * hidden * length + 4 * hidden * length * length
    return layers * total


def products(kind: Any) -> dict[str, Callable[[], Any]]:
    """Return matrix products in the torch dtype `kind`, to measure in turns with a forward pass.

    `best_rate` reads their shapes from their names.
    """
    import torch

    made: dict[str, Callable[[], Any]] = {}
    for rows, inner, columns in _SHAPES:
        left = torch.randn(rows, inner).to(kind)
        right = torch.randn(inner, columns).to(kind)
        made[f"product {rows} {inner} {columns}"] = partial(torch.matmul, left, right)
    return made


def best_rate(times: Mapping[str, Times]) -> float:
    """Return the floating-point operations a second of the fastest of `products`."""
    rates = []
    for name, taken in times.items():
        if name.startswith("product "):
            sides = [int(side) for side in name.split()[1:]]
            rates.append(2 * float(np.prod(sides)) / taken.best)
    return max(rates)
