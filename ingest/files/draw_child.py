"""Draw one page after the other, within limits: the program of a child."""

import resource
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

from inquote.ingest.files.draw import Sheets, encode, open_sheets
from inquote.ingest.files.processes import limit_own, limit_own_seconds, receive, send

MEMORY = 1_000_000_000  # bytes of address space
_MOST_OPEN = 3  # files


def main() -> None:
    """Answer requests until the parent closes its end."""
    limit_own(resource.RLIMIT_FSIZE, 0)
    limit_own(resource.RLIMIT_AS, MEMORY)
    opened: OrderedDict[str, Sheets] = OrderedDict()
    while True:
        try:
            request, _ = receive(sys.stdin.buffer)
        except EOFError:
            return
        limit_own_seconds(request["seconds"])
        send(sys.stdout.buffer, *_answer(opened, request))


def _answer(
    opened: OrderedDict[str, Sheets], request: dict[str, Any]
) -> tuple[dict[str, str], bytes]:
    """Return a page's media type and bytes, or the reason why it is not drawn."""
    try:
        sheets = _sheets_of(opened, request["file"])
        drawn = encode(sheets.draw(request["page"], request["width"]))
    except MemoryError:
        return {"reason": "drawing it takes more memory than is allowed"}, b""
    except FileNotFoundError:
        return {"reason": "its file is not there any more"}, b""
    except Exception as error:  # a library may raise anything; the next page is still to be drawn
        return {"reason": f"it is damaged ({type(error).__name__})"}, b""
    return {"media_type": drawn.media_type}, drawn.content


def _sheets_of(opened: OrderedDict[str, Sheets], file: str) -> Sheets:
    """Return an open file, and close the one that was used least where too many are open."""
    if file not in opened:
        opened[file] = open_sheets(Path(file))
        if len(opened) > _MOST_OPEN:
            opened.popitem(last=False)[1].close()
    opened.move_to_end(file)
    return opened[file]


if __name__ == "__main__":
    main()
