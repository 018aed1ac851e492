"""Look for words in every byte of a folder: as they are, and in what archives and streams hold."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

_STREAM = re.compile(rb"x[\x01\x5e\x9c\xda]")  # the beginnings of a zlib stream
_MOST_STREAMS = 2_000  # that are tried in a file


def files_with(folder: Path, words: Sequence[str]) -> list[str]:
    """The names of the files in which one of the words stands, whatever its case, with the word."""
    hits = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        for content in unpacked(path.read_bytes()):
            lower = content.lower()
            for word in words:
                forms = (word.encode("utf-8"), word.encode("utf-16-le"), word.encode("utf-16-be"))
                if any(form.lower() in lower for form in forms):
                    hits.append(f"{path.relative_to(folder)}: {word}")
    return list(dict.fromkeys(hits))


def unpacked(content: bytes) -> Iterator[bytes]:
    """The bytes themselves, then what archives and zlib streams in them hold."""
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from unpacked(archive.read(name))
    for number, match in enumerate(_STREAM.finditer(content)):
        if number == _MOST_STREAMS:
            return
        try:
            yield zlib.decompressobj().decompress(content[match.start() :], 10_000_000)
        except zlib.error:
            continue
