"""Run an encoder's matrix products in 8-bit integers, where the processor has them.

Weights are rounded once, each output with a scale of its own; inputs are rounded at every call with
scales that were measured before, so that a text's states do not depend on the texts beside it. What
would stretch the scales is kept out of them: the columns of an input are evened out against their
weights (SmoothQuant, Xiao et al. 2023, arXiv:2211.10438), and the few inner units that grow largest
stay in float32 (LLM.int8(), Dettmers et al. 2022, arXiv:2208.07339).
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from inquote.index.models.bert import Encoder, Layer
from inquote.index.models.embedder import sha256_of

EVENNESS = 0.7  # of an input's columns: 0 leaves them as they are, 1 makes their ranges equal
FLOAT_UNITS = 8  # inner units of a layer that stay in float32
PRODUCTS = ("projections", "attended", "up", "down")
_LEVELS = 255


@dataclass(frozen=True)
class Range:
    """The lowest and the highest value that each column of a product's input took: (in,) each."""

    lowest: Tensor
    highest: Tensor

    @property
    def largest(self) -> Tensor:
        """Return the largest magnitude of each column."""
        return torch.maximum(-self.lowest, self.highest)

    def of(self, columns: Tensor) -> "Range":
        """Return the range of some columns; `columns` is (in,) bool."""
        return Range(self.lowest[columns], self.highest[columns])


Ranges = Mapping[str, Range]
"""By the name of a product: "layers.0.up"."""


@contextmanager
def measured_ranges(encoder: Encoder) -> Iterator[dict[str, Range]]:
    """Measure the ranges of all products while the encoder runs, a float32 one."""
    ranges: dict[str, Range] = {}

    def note(name: str, _: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        lowest, highest = inputs[0].amin(0), inputs[0].amax(0)
        before = ranges.get(name)
        if before is not None:
            lowest = torch.minimum(before.lowest, lowest)
            highest = torch.maximum(before.highest, highest)
        ranges[name] = Range(lowest, highest)

    hooks = []
    for name, product in _products(encoder):
        hooks.append(product.register_forward_pre_hook(partial(note, name)))
    try:
        yield ranges
    finally:
        for hook in hooks:
            hook.remove()


def _products(encoder: Encoder) -> Iterator[tuple[str, nn.Module]]:
    for at, layer in enumerate(encoder.layers):
        for name in PRODUCTS:
            yield f"layers.{at}.{name}", getattr(layer, name)


def save_ranges(ranges: Ranges, path: Path, weights: Path) -> None:
    """Write ranges into a file that is bound to the weights they were measured with."""
    tensors: dict[str, Tensor] = {}
    for name, range in ranges.items():
        tensors[f"{name}.lowest"] = range.lowest.half()
        tensors[f"{name}.highest"] = range.highest.half()
    save_file(tensors, path, {"weights": sha256_of(weights)})
    path.chmod(0o644)


def load_ranges(path: Path, weights: Path) -> Ranges | None:
    """Return the ranges in a file, None where it is missing or belongs to other weights."""
    if not path.is_file():
        return None
    with safe_open(path, "pt") as file:
        if (file.metadata() or {}).get("weights") != sha256_of(weights):
            return None
        ranges: dict[str, Range] = {}
        names = file.keys()
        for key in names:
            name, _, bound = key.rpartition(".")
            if bound == "lowest":
                lowest, highest = file.get_tensor(key), file.get_tensor(f"{name}.highest")
                ranges[name] = Range(lowest.float(), highest.float())
    return ranges


def quantize(encoder: Encoder, ranges: Ranges) -> None:
    """Replace the products of all layers, in place; raise `KeyError` where a range is missing."""
    with warnings.catch_warnings():  # the first call warns that a later torch will lack it
        warnings.simplefilter("ignore")
        _round(torch.zeros(1), _Scale(1.0, 0))
    for at, layer in enumerate(encoder.layers):
        assert isinstance(layer, Layer)
        of = {name: ranges[f"layers.{at}.{name}"] for name in PRODUCTS}
        products: dict[str, nn.Module] = {
            "projections": _Product(layer.projections, of["projections"], even=True),
            "attended": _Product(layer.attended, of["attended"]),
            "up": _Inner(layer.up, layer.down, of["up"], of["down"]),
            "activation": nn.Identity(),  # done by "up", as is the next
            "down": nn.Identity(),
        }
        for name, product in products.items():
            setattr(layer, name, product)


@dataclass(frozen=True)
class _Scale:
    """A number x is held as the byte round(x / step) + zero."""

    step: float
    zero: int

    @classmethod
    def of(cls, range: Range) -> "_Scale":
        """Return the finest scale that holds a range and 0."""
        lowest = min(float(range.lowest.min()), 0.0)
        highest = max(float(range.highest.max()), 0.0)
        step = max(highest - lowest, 1e-6) / _LEVELS
        return cls(step, round(-lowest / step))


def _round(x: Tensor, scale: _Scale) -> Tensor:
    """Return the bytes of x."""
    return torch.quantize_per_tensor(x, scale.step, scale.zero, torch.quint8).int_repr()


class _Product(nn.Module):
    """A linear layer in integers, (n, in) float32 or bytes -> (n, out) float32 or bytes.

    `even` evens the columns of the input out. With `output` the result is what GELU makes of it,
    as bytes of that scale.
    """

    def __init__(
        self, linear: nn.Module, range: Range, *, even: bool = False, output: _Scale | None = None
    ) -> None:
        super().__init__()
        assert isinstance(linear, nn.Linear)
        weight = linear.weight.detach().float()
        self._factors: Tensor | None = None
        if even:
            divisors = _divisors(weight, range)
            weight, self._factors = weight * divisors, 1 / divisors
            range = Range(range.lowest / divisors, range.highest / divisors)
        self._steps = weight.abs().amax(1).clamp(min=1e-8) / 127  # of an output's weights
        rounded = (weight / self._steps[:, None]).round().to(torch.int8)
        self._weight = torch.ops.onednn.qlinear_prepack(rounded, None)
        self._zeros = torch.zeros(len(weight), dtype=torch.int32)
        self._bias = linear.bias.detach().float()
        self.input, self._output = _Scale.of(range), output

    def forward(self, x: Tensor) -> Tensor:
        if x.dtype != torch.uint8:
            x = _round(x if self._factors is None else x * self._factors, self.input)
        output, kind = self._output or _Scale(1.0, 0), torch.uint8 if self._output else torch.float
        after, algorithm = ("gelu", "none") if self._output else ("none", "")
        product: Tensor = torch.ops.onednn.qlinear_pointwise(
            x,
            self.input.step,
            self.input.zero,
            self._weight,
            self._steps,
            self._zeros,
            self._bias,
            output.step,
            output.zero,
            kind,
            after,
            [],
            algorithm,
        )
        return product


def _divisors(weight: Tensor, range: Range) -> Tensor:
    """Return by what each column of an input is divided, and its weights are multiplied: (in,)."""
    largest, weights = range.largest.clamp(min=1e-5), weight.abs().amax(0).clamp(min=1e-5)
    divisors = largest**EVENNESS / weights ** (1 - EVENNESS)
    return divisors / divisors.mean()


class _Inner(nn.Module):
    """The two linear layers of a transformer layer with GELU between them, (n, in) -> (n, in).

    What lies between them are bytes, but for the units that grow largest.
    """

    def __init__(self, up: nn.Module, down: nn.Module, before: Range, between: Range) -> None:
        super().__init__()
        assert isinstance(up, nn.Linear) and isinstance(down, nn.Linear)
        large = torch.zeros(up.out_features, dtype=torch.bool)
        large[between.largest.argsort(descending=True)[:FLOAT_UNITS]] = True
        self._large_up = up.weight.detach()[large], up.bias.detach()[large]
        self._large_down = down.weight.detach()[:, large].T.contiguous()
        # In bytes these units are 0: their weights are, and GELU keeps it.
        up_weight, up_bias = up.weight.detach().clone(), up.bias.detach().clone()
        up_weight[large], up_bias[large] = 0, 0
        down_weight = down.weight.detach().clone()
        down_weight[:, large] = 0
        self._down = _Product(_linear(down_weight, down.bias), between.of(~large))
        self._up = _Product(_linear(up_weight, up_bias), before, even=True, output=self._down.input)

    def forward(self, x: Tensor) -> Tensor:
        large = nn.functional.gelu(nn.functional.linear(x, *self._large_up))
        output: Tensor = self._down(self._up(x))
        return output.addmm_(large, self._large_down)


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    linear = nn.Linear(weight.shape[1], weight.shape[0], device="meta")
    linear.weight, linear.bias = nn.Parameter(weight), nn.Parameter(bias.detach())
    return linear
