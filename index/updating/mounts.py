"""Tell which file systems are mounted above and below a path."""

import re
from pathlib import Path

TABLE = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")


def mounts_around(path: Path, table: Path = TABLE) -> frozenset[str]:
    """Return the places of mounts that a path lies in, and of those in it; none where unknown."""
    try:
        lines = table.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        real = path.resolve()
    except (OSError, RuntimeError):
        return frozenset()
    places = set()
    for line in lines:
        fields = line.split(" ")
        if len(fields) > 4:
            place = Path(_plain(fields[4]))
            if real.is_relative_to(place) or place.is_relative_to(real):
                places.add(str(place))
    return frozenset(places)


def _plain(field: str) -> str:
    """Return a field of the table without its escapes.

    >>> _plain("/mnt/my" + chr(92) + "040share")
    '/mnt/my share'
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 8)), field)
