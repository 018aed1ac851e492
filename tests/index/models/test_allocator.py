"""Freed memory stays with the process."""

import platform
import subprocess
import sys

import pytest

_FAULTS = """
import resource
import numpy as np
from inquote.index.models.allocator import keep_freed_memory

def faults() -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        pieces = [np.ones(1 << 18) for _ in range(8)]  # 2 MiB each, 4096 pages together
        del pieces
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
before = faults()
kept = keep_freed_memory()
faults()
print(before, kept, faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's allocator")
def test_memory_that_was_freed_is_used_again_without_page_faults() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FAULTS], check=True, capture_output=True, text=True
    )
    before, kept, after = done.stdout.split()
    assert kept == "True"
    assert int(before) > 10_000 > 4096 > int(after)
