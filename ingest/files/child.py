"""Parse one file after the other from standard input, within limits: the program of a child."""

import gc
import resource
import sys
from typing import Any

from inquote.ingest.errors import FileSkipped, OnlyPictures
from inquote.ingest.files.sandbox import message_of, receive, send
from inquote.ingest.formats.registry import find_format


def main() -> None:
    """Answer requests until the parent closes its end."""
    _limit(resource.RLIMIT_FSIZE, 0)
    sys.setrecursionlimit(1_000)
    gc.set_threshold(100_000)  # a file makes many objects and few circles
    while True:
        try:
            request, content = receive(sys.stdin.buffer)
        except EOFError:
            return
        _limit(resource.RLIMIT_AS, find_format(request["format"]).memory)
        # The limit counts the CPU seconds of the whole process, earlier files included.
        used = resource.getrusage(resource.RUSAGE_SELF)
        used_seconds = int(used.ru_utime + used.ru_stime) + 1
        _limit(resource.RLIMIT_CPU, used_seconds + request["seconds"])
        send(sys.stdout.buffer, *_answer(request, content))


def _limit(resource_id: int, limit: int) -> None:
    """Set the soft limit of a resource, not above the hard limit that this process has."""
    hard = resource.getrlimit(resource_id)[1]
    soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource_id, (soft, hard))


def _answer(request: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the fields of the parsed file and its text, or the reason to skip it."""
    try:
        parsed = find_format(request["format"]).parse(content, request["encoding"])
        return message_of(parsed)
    except OnlyPictures as error:
        return {"skipped": str(error), "only_pictures": True}, b""
    except FileSkipped as error:
        reason = str(error)
    except MemoryError:
        memory = find_format(request["format"]).memory // 1_000_000
        reason = f"reading it takes more than {memory} MB of memory"
    except Exception as error:  # a parser may raise anything; the next file is still to be read
        reason = f"it cannot be parsed ({type(error).__name__}: {error})"
    return {"skipped": reason}, b""


if __name__ == "__main__":
    main()
