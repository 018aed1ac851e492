"""Choose in which numbers matrices are multiplied: those that the processor is fastest with."""

from typing import Literal

Precision = Literal["float32", "bfloat16", "int8"]


def fastest_precision() -> Precision:
    """Return the precision in which this processor multiplies matrices fastest.

    bfloat16 comes before 8-bit integers where there are both, for it is the more exact.
    """
    import torch

    capabilities = torch.cpu.get_capabilities()
    if capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"):
        return "bfloat16"
    if capabilities.get("avx512_vnni") or capabilities.get("avx_vnni"):
        return "int8"
    return "float32"
