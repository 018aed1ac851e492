"""Read JSON that anybody may have sent: what is no plain JSON is one error."""

import json
from typing import Any

MOST_LEVELS = 32  # of lists and objects in each other; our own have four


class BodyError(ValueError):
    """A body is no JSON, nested too deeply, or names numbers that JSON has not."""


def parse_json(body: bytes) -> Any:
    """Return the value that a body holds; raises `BodyError`."""
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BodyError("The body is no JSON.") from error
    if _levels_over(value, MOST_LEVELS):
        raise BodyError("The JSON is nested too deeply.")
    return value


def _refuse_constant(name: str) -> None:
    raise BodyError(f"{name} is no number of JSON.")


def _levels_over(value: Any, most: int) -> bool:
    """Say whether lists and objects lie in each other more than `most` times."""
    level = [value]
    for _ in range(most):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        if not inner:
            return False
        level = inner
    return any(isinstance(item, dict | list) for item in level)
