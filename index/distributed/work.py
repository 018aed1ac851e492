"""What an ingest's process, the driver of the cluster and its workers tell each other.

None of it needs Ray. Everything travels pickled; what travels together lies in rows of bytes, so
that a stage opens only what it works on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from inquote.index.models.embedder import Embedder
from inquote.index.stores.recipe import Recipe
from inquote.ingest.chunk import Chunks
from inquote.ingest.files.collect import FileOutcome, Limits
from inquote.ingest.files.find import SourceFile

LOCAL = "local"  # the address that starts a cluster on this machine, for one ingest


@dataclass(frozen=True)
class Work:
    """What every worker of an ingest knows of it.

    `recipe` and `release`, the version of inquote, are those of the ingest's own process, and each
    worker has to agree. `folders` are the first folder with files of each root.
    """

    id: str
    embedder: Embedder
    recipe: Recipe
    release: str
    limits: Limits
    originals: bool
    folders: Mapping[str, str]


@dataclass(frozen=True)
class Job:
    """An ingest as its process hands it to the driver; each file with the digest it had, or "".

    A cluster of this machine keeps its files in `folder`, which the ingest's process removes.
    """

    address: str
    folder: str
    work: Work
    files: tuple[tuple[SourceFile, str], ...]


@dataclass(frozen=True)
class CutFile:
    """What became of a file; where it is a document, its passages and the keys of these."""

    outcome: FileOutcome
    chunks: Chunks | None = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """A sentence for a person that ends the ingest, in the place of a file."""

    message: str
