"""Define the parts of a document: what stands between two blank lines of its text."""

from dataclasses import dataclass, field

from inquote.ingest.documents import BlockKind
from inquote.ingest.layout.lines import Line
from inquote.ingest.layout.tables import Table


@dataclass
class Part:
    """Lines that are one block, or a table. `text` is what a part without lines says.

    `width` is how far the lines of its column reach; `page` counts from 0. A `reason` says why no
    reader sees it.
    """

    kind: BlockKind
    page: int
    lines: list[Line] = field(default_factory=list)
    table: Table | None = None
    text: str = ""
    level: int = 0
    left: float = 0.0
    right: float = 0.0
    reason: str = ""

    @property
    def words(self) -> str:
        """The words of its lines, each line parted by a blank."""
        return " ".join([line.text for line in self.lines])

    @property
    def size(self) -> float:
        """The size of most of its letters."""
        sizes: dict[float, int] = {}
        for line in self.lines:
            sizes[line.size] = sizes.get(line.size, 0) + len(line.text)
        return max(sizes, key=lambda size: sizes[size], default=0.0)

    @property
    def is_bold(self) -> bool:
        """Whether all of its lines are bold."""
        return all(line.is_bold for line in self.lines)
