"""Keep the memory that a forward pass frees for the next one."""

import ctypes
import functools

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3)
_KEPT = 256 << 20  # bytes that may stay unused at the top of the heap
_LARGEST = 32 << 20  # bytes of a piece that comes from the heap; the most that glibc allows


@functools.cache
def keep_freed_memory() -> bool:
    """Tell glibc's allocator to keep what this process frees, up to 256 MiB.

    Returns False where the C library is another. By default the pieces of some megabytes that a
    forward pass takes and frees go back to the kernel, which hands them out again page by page,
    zeroed: a seventh of the time of reading five passages.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(_TRIM_THRESHOLD, _KEPT) and mallopt(_MMAP_THRESHOLD, _LARGEST))
