"""Parse one file after the other from standard input, within limits: the program of a child."""

import gc
import resource
import sys
from typing import Any

from inquote.ingest.errors import FileSkipped, OnlyPictures
from inquote.ingest.files.processes import limit_own, limit_own_seconds, receive, send
from inquote.ingest.files.sandbox import message_of
from inquote.ingest.formats.registry import find_format


def main() -> None:
    """Answer requests until the parent closes its end."""
    limit_own(resource.RLIMIT_FSIZE, 0)
    sys.setrecursionlimit(1_000)
    gc.set_threshold(100_000)  # a file makes many objects and few circles
    while True:
        try:
            request, content = receive(sys.stdin.buffer)
        except EOFError:
            return
        limit_own(resource.RLIMIT_AS, find_format(request["format"]).memory)
        limit_own_seconds(request["seconds"])
        send(sys.stdout.buffer, *_answer(request, content))


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
