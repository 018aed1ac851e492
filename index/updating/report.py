"""Report what an ingest did."""

import time
from dataclasses import asdict, dataclass
from typing import Any

from inquote.index.updating.plan import IngestPlan
from inquote.ingest.files.find import SkippedFile


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did; document ids in order, `renamed` as (old, new), `unchanged` a count."""

    generation: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    unchanged: int
    skipped: tuple[SkippedFile, ...]
    passages_embedded: int
    seconds: float
    warnings: tuple[SkippedFile, ...] = ()  # about files that were ingested; not in the JSON

    @classmethod
    def of(cls, plan: IngestPlan, generation: int, embedded: int, started: float) -> "IngestReport":
        """Report on a plan that was carried out; `started` is by the monotonic clock."""
        renamed = {old for old, _ in plan.renamed}
        return cls(
            generation=generation,
            added=tuple(plan.added),
            changed=tuple(plan.changed),
            renamed=tuple(plan.renamed),
            removed=tuple(id for id in plan.removed if id not in renamed),
            unchanged=plan.unchanged,
            skipped=tuple(plan.skipped),
            passages_embedded=embedded,
            seconds=round(time.monotonic() - started, 3),
            warnings=tuple(plan.warnings),
        )

    @property
    def has_changes(self) -> bool:
        """Whether the library differs from before."""
        return bool(self.added or self.changed or self.renamed or self.removed)

    def as_json(self) -> dict[str, Any]:
        """Return the object that `inquote ingest --json` prints; its keys are a contract."""
        return {name: value for name, value in asdict(self).items() if name != "warnings"}
