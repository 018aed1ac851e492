"""List what is in the library, with the generation that it is of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inquote.index.stores.base import DocumentInfo

if TYPE_CHECKING:
    from inquote.app.system import System


@dataclass(frozen=True)
class Catalogue:
    """The documents of one generation, in the order of their ids."""

    generation: int
    documents: Sequence[DocumentInfo]

    @property
    def passages(self) -> int:
        """How many passages the documents have."""
        return sum(info.passages for info in self.documents)


def catalogue_of(system: "System") -> Catalogue:
    """Return what is in the library of a system."""
    with system.store.snapshot() as snapshot:
        return Catalogue(snapshot.generation, system.documents_of(snapshot))
