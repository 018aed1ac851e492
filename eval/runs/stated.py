"""Read out of an answer's JSON what it states beside its quotes: a verdict, a count.

It stands under "inferred", an object with the keys "kind" and "text"; an answer that infers nothing
has none.
"""

import re
from collections.abc import Mapping
from typing import Any

from inquote.eval.metrics.verdicts import VERDICTS

_WORD = re.compile(r"[a-z]{1,20}")
_COUNT = re.compile(r"\d{1,9}")


def verdict_of(answer: Mapping[str, Any]) -> str | None:
    """Return the verdict that an answer states: yes, no or unclear; None where it states none.

    >>> verdict_of({"inferred": {"kind": "verdict", "text": "Unclear"}})
    'unclear'
    """
    match = _WORD.match(_inferred(answer, "verdict").strip().lower())
    return match.group() if match and match.group() in VERDICTS else None


def count_of(answer: Mapping[str, Any]) -> int | None:
    """Return the number that an answer states of its own, None where it states none.

    >>> count_of({"inferred": {"kind": "count", "text": "5 named"}}), count_of({})
    (5, None)
    """
    match = _COUNT.search(_inferred(answer, "count"))
    return int(match.group()) if match else None


def _inferred(answer: Mapping[str, Any], kind: str) -> str:
    inferred = answer.get("inferred") or {}
    return str(inferred["text"]) if inferred.get("kind") == kind else ""
