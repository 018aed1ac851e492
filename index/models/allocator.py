"""Keep the memory that a forward pass frees for the next one, and give it back now and then."""

import ctypes
import functools

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of mallopt(3)
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


def share_heap() -> bool:
    """Let all threads that are started from now on use one heap; call it before there are others.

    Returns False where the C library is not glibc. By default each thread that runs a model keeps
    what its forward passes free to itself, in pieces of 64 MiB.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, 1))
    except (AttributeError, OSError, TypeError):
        return False


def return_freed_memory() -> bool:
    """Give the memory that is free at the moment back to the system, within some milliseconds.

    Returns False where the C library is not glibc. What lives long comes to lie between the pieces
    that forward passes free, of another size at every question, so that these pieces can be used
    again less and less, and stay.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return False
    return bool(trim(ctypes.c_size_t(0)))
