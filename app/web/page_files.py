"""Serve the scripts and style sheets of the page, each with an ETag of its content."""

import hashlib
from importlib.resources import files
from pathlib import PurePosixPath

from fastapi.responses import Response

TYPES = {".js": "text/javascript", ".css": "text/css"}


def page_file_response(name: str, known: str) -> Response:
    """Return a file of the page; 304 where the browser's copy has its ETag, 404 for no such one."""
    media_type = TYPES.get(PurePosixPath(name).suffix)
    file = files("inquote.app.chat") / name
    if media_type is None or not file.is_file():
        return Response(status_code=404)
    content = file.read_bytes()
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    if etag in known:
        return Response(status_code=304, headers={"etag": etag})
    return Response(content, media_type=media_type, headers={"etag": etag})
