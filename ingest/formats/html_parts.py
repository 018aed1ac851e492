"""Tell the parts of a page apart: its content, its asides, and the elements without text.

An aside is

- a `nav`, `footer`, `aside`, `dialog` or `menu`, a `header` outside an article, or an element with
  such a role;
- a form without headings and with few words, which is there to be filled in;
- a list or paragraph that consists of three links or more;
- on a page whose one `main` (or else one `article`) holds a fair share of the words, everything
  outside of that element.
"""

from typing import Any

HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INVISIBLE = frozenset(
    "script style template noscript noframes head svg iframe object canvas audio video select "
    "datalist".split()
)
_ASIDE = frozenset("nav footer aside dialog menu".split())
_ASIDE_ROLES = frozenset(
    "navigation banner contentinfo complementary search menu menubar dialog".split()
)
_MIN_LINKS = 3  # of a list or paragraph of links
_LINKED_SHARE = 0.9  # of its characters
_MAIN_SHARE = 0.2  # of a page's words that its main element holds
_MAX_FORM_WORDS = 60


def main_element(root: Any) -> Any:
    """Return the one element that the page marks as its content, else None.

    An element with less than a fair share of the page's words does not count.
    """
    for name in ("main", "article"):
        candidates = list(root.iter(name))
        if name == "main" and not candidates:
            candidates = [div for div in root.iter("div") if div.get("role") == "main"]
        if len(candidates) == 1:
            share = _MAIN_SHARE * _word_count(root)
            if _word_count(candidates[0]) >= share:
                return candidates[0]
    return None


def is_invisible(element: Any) -> bool:
    """Return whether an element of this name holds no text of a page."""
    return element.tag in _INVISIBLE


def is_aside(element: Any) -> bool:
    """Return whether a visible element stands beside the text of the page, wherever it is."""
    if element.tag in _ASIDE or (element.get("role") or "").lower() in _ASIDE_ROLES:
        return True
    if element.tag == "header":
        above = (ancestor.tag for ancestor in element.iterancestors())
        return not any(tag in ("article", "main", "section") for tag in above)
    if element.tag == "form":
        has_heading = any(part.tag in HEADINGS for part in element.iter())
        return not has_heading and _word_count(element) <= _MAX_FORM_WORDS
    return element.tag in ("ul", "ol", "p") and _is_only_links(element)


def _is_only_links(element: Any) -> bool:
    links = list(element.iter("a"))
    if len(links) < _MIN_LINKS:
        return False
    linked = sum(map(_character_count, links))
    return linked >= _LINKED_SHARE * _character_count(element)


def _character_count(element: Any) -> int:
    """Return the number of an element's characters, white space aside."""
    return len("".join("".join(element.itertext()).split()))


def _word_count(element: Any) -> int:
    return sum(len(text.split()) for text in element.itertext())
