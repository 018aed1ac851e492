"""The time of day for records, and the time that stages take."""

import time
from datetime import UTC, datetime


def utc_now() -> str:
    """Return the time in ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Clock:
    """Milliseconds between laps, collected by stage in `laps`."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Add the time since the last lap to that of `stage`."""
        now = time.perf_counter()
        self.laps[stage] = round(self.laps.get(stage, 0.0) + 1000 * (now - self._last), 3)
        self._last = now

    @property
    def total(self) -> float:
        """All laps together."""
        return round(sum(self.laps.values()), 3)
