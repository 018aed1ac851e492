"""Choose in which numbers matrices are multiplied: those that the processor is fastest with."""

from typing import Literal

Precision = Literal["float32", "bfloat16", "int8"]


def precisions() -> list[Precision]:
    """Return the precisions in which this processor multiplies matrices, the fastest first.

    bfloat16 comes before 8-bit integers where there are both, for it is the more exact. Without
    instructions of their own either fails: sums of 8-bit integers overflow there.
    """
    import torch

    capabilities = torch.cpu.get_capabilities()
    found: list[Precision] = ["float32"]
    if capabilities.get("avx512_vnni") or capabilities.get("avx_vnni"):
        found.insert(0, "int8")
    if capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"):
        found.insert(0, "bfloat16")
    return found


def fastest_precision() -> Precision:
    """Return the precision in which this processor multiplies matrices fastest."""
    return precisions()[0]
