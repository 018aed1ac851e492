"""Show the worked examples of docstrings as code, in the API reference."""

from typing import Any

import griffe


class Doctests(griffe.Extension):
    """Fences every paragraph of a docstring that begins with `>>>`."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of an object once it is loaded."""
        if obj.docstring is not None:
            paragraphs = obj.docstring.value.split("\n\n")
            obj.docstring.value = "\n\n".join(map(fence, paragraphs))


def fence(paragraph: str) -> str:
    """Return a paragraph as a block of Python where it is a worked example."""
    if not paragraph.lstrip().startswith(">>>"):
        return paragraph
    return f"```python\n{paragraph.strip()}\n```"
