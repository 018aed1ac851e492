"""Notice that a folder that was ingested goes by another name now.

Nothing tells a renamed folder from a new one but what lies in it: where a folder of the library is
not there any more, and half of its documents come from another folder with the same names and
texts, it is that one. A share that is not mounted is another matter: nobody ingests it by another
name.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inquote.index.stores.base import FileRecord
from inquote.ingest.files.find import UPLOADS, Listing, SkippedFile
from inquote.ingest.text import printable


@dataclass(frozen=True)
class MovedRoots:
    """The documents of a library, the names of its root folders, and the files of an ingest."""

    records: Mapping[str, FileRecord] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    listing: Listing = field(default_factory=Listing)

    def follow(self, written: Mapping[str, str]) -> tuple[list[str], list[SkippedFile]]:
        """Return the old ids of documents that an ingest has written by the new name of a folder.

        `written` maps the ids that it writes to the SHA-256 of their texts. The second result warns
        of documents that stay though their folder is gone.
        """
        roots = {}
        for source in self.listing.sources:
            if source.id in written and source.id not in self.records:
                roots[source.root] = source.name
        moved, warnings = [], []
        for old in self.names if roots else ():
            for name in roots.values() if old not in roots else ():
                ids, stay = self._compare(old, name, written)
                if ids and len(ids) >= len(stay) and _is_gone(old):
                    moved += ids
                    warnings += [_warning(old, len(stay))] if stay else []
        return list(dict.fromkeys(moved)), warnings

    def _compare(
        self, root: str, name: str, written: Mapping[str, str]
    ) -> tuple[list[str], list[str]]:
        """Divide the documents of a root: those that are written below another name, and others."""
        same: list[str] = []
        others: list[str] = []
        for id, record in self.records.items():
            if record.root == root and not self.listing.is_gone(id):
                new = name + id.removeprefix(self.names[root])
                (same if written.get(new) == record.sha256 else others).append(id)
        return same, others


def _is_gone(root: str) -> bool:
    """Return whether a folder is not there any more, while the one around it is."""
    if root == UPLOADS or "\\x" in root:  # which stands for bytes that are no UTF-8
        return False
    return not os.path.lexists(root) and Path(root).parent.is_dir()


def _warning(root: str, count: int) -> SkippedFile:
    reason = f"the folder is gone; of its documents {count} more stay until inquote remove"
    return SkippedFile(printable(root), reason)
