"""What runs in a child of the sandbox: one file after the other from standard input, parsed within limits."""

import resource
import sys
from dataclasses import asdict, replace
from typing import Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.files.sandbox import receive, send
from inquote.ingest.formats.registry import format_called

MEMORY = 1_000_000_000  # bytes


def main() -> None:
    """Serve until the parent closes its end."""
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_FSIZE, 0)
    sys.setrecursionlimit(1_000)
    while True:
        try:
            asked, content = receive(sys.stdin.buffer)
        except EOFError:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + asked["seconds"])
        send(sys.stdout.buffer, *_answer(asked, content))


def _limit(which: int, most: int) -> None:
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer(asked: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """What was parsed but its text, and the text; or why there is none."""
    try:
        parsed = format_called(asked["kind"]).parse(content, asked["encoding"])
        return asdict(replace(parsed, text="")), parsed.text.encode()
    except FileSkipped as reason:
        skipped = str(reason)
    except MemoryError:
        skipped = f"reading it takes more than {MEMORY // 1_000_000} MB of memory"
    except (
        Exception
    ) as error:  # whatever a parser runs into is the file's fault, and the next file's turn
        skipped = f"it cannot be parsed ({type(error).__name__}: {error})"
    return {"skipped": skipped}, b""


if __name__ == "__main__":
    main()
