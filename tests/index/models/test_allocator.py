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


_RESIDENT = """
import re
from pathlib import Path
import numpy as np
from inquote.index.models.allocator import keep_freed_memory, return_freed_memory

def resident() -> int:
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

keep_freed_memory()
before = resident()
small, large = [], []
for _ in range(100):
    large.append(np.ones(1 << 17))  # 1 MiB each
    small.append(b"x" * 1000)  # lives on, and keeps the heap from shrinking
large.clear()
kept = resident()
returned = return_freed_memory()
print(before, kept, returned, resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's allocator")
def test_freed_memory_can_be_returned() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _RESIDENT], check=True, capture_output=True, text=True
    )
    before, kept, returned, after = done.stdout.split()
    assert returned == "True"
    assert int(kept) - int(before) > 80_000
    assert int(after) - int(before) < 20_000


_HEAPS = """
import threading
from pathlib import Path
import numpy as np
from inquote.index.models.allocator import keep_freed_memory, share_heap

shared = share_heap()
keep_freed_memory()
places = []
work = lambda: places.append(np.ones(1 << 16).ctypes.data)
for thread in [threading.Thread(target=work) for _ in range(4)]:
    thread.start()
    thread.join()
maps = Path("/proc/self/maps").read_text().splitlines()
first, last = next(line.split()[0].split("-") for line in maps if line.endswith("[heap]"))
print(shared, all(int(first, 16) < place < int(last, 16) for place in places))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's allocator")
def test_threads_share_a_heap() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HEAPS], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["True", "True"]
