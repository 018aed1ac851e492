"""Make characters that act unseen visible, and keep them from acting on the text around them.

A bidirectional control turns the text after it around: "9876" after a right-to-left override is
read as 6789. The text that is quoted keeps the character; where it is shown, a mark shows it. The
page and its exports write text with `escape` and `escape_attribute`, the terminal with `visible`.
"""

import html
import json
import re

BIDI_CONTROLS = {
    "\u061c": ("ALM", "Arabic letter mark"),
    "\u200e": ("LRM", "left-to-right mark"),
    "\u200f": ("RLM", "right-to-left mark"),
    "\u202a": ("LRE", "left-to-right embedding"),
    "\u202b": ("RLE", "right-to-left embedding"),
    "\u202c": ("PDF", "pop directional formatting"),
    "\u202d": ("LRO", "left-to-right override"),
    "\u202e": ("RLO", "right-to-left override"),
    "\u2066": ("LRI", "left-to-right isolate"),
    "\u2067": ("RLI", "right-to-left isolate"),
    "\u2068": ("FSI", "first strong isolate"),
    "\u2069": ("PDI", "pop directional isolate"),
}
SEPARATORS = {
    "\u2028": ("LS", "line separator"),
    "\u2029": ("PS", "paragraph separator"),
}
_NAMES = BIDI_CONTROLS | SEPARATORS
_TAGS = ("TAG", "invisible tag characters")
# A run of tag characters is a mark, but for those that make a flag of the black flag before them.
_ACTING = re.compile(
    f"\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f|([{''.join(_NAMES)}]|[\U000e0000-\U000e007f]+)"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# What a browser puts around the character is balanced inside the element: an isolate that the
# character opens is closed after it, and one that it would close is opened before it.
STYLE = (
    "bdi[class]{unicode-bidi:isolate}"
    "bdi[class]::before{content:attr(class);margin:0 .1em;padding:0 .3em;border:1px solid;"
    "border-radius:3px;font:600 .65em/1.4 ui-monospace,monospace;vertical-align:.1em}"
    'bdi.PDI::before{content:"\\2066" attr(class)}'
    'bdi.LRI::after,bdi.RLI::after,bdi.FSI::after{content:"\\2069"}'
)


def escape(text: str) -> str:
    """Escape a text for HTML, each character that acts unseen in an element that confines it.

    The element's text is the character, and `STYLE` shows its name there.

    >>> escape("<\\u202e9876")
    '&lt;<bdi class="RLO" title="right-to-left override (U+202E)">&#x202e;</bdi>9876'
    """
    pieces, at = [], 0
    for acting in _ACTING.finditer(text):
        if acting[1]:
            pieces += [html.escape(text[at : acting.start()]), _mark_html(acting[1])]
            at = acting.end()
    return "".join(pieces) + html.escape(text[at:])


def _mark_html(characters: str) -> str:
    name, description = _NAMES.get(characters, _TAGS)
    codes = " ".join(f"U+{ord(character):04X}" for character in characters)
    references = "".join(f"&#x{ord(character):x};" for character in characters)
    return f'<bdi class="{name}" title="{description} ({codes})">{references}</bdi>'


def escape_attribute(text: str) -> str:
    """Escape a text for an attribute of HTML, where a mark can be text only.

    >>> escape_attribute('"\\u202e9876"')
    '&quot;⟨RLO⟩9876&quot;'
    """
    return html.escape(with_marks(text))


def acts(character: str) -> bool:
    """Return whether a character acts unseen."""
    return bool(_ACTING.fullmatch(character))


def with_marks(text: str) -> str:
    """Return a text with the name of each character that acts unseen in its place."""
    return _ACTING.sub(_mark, text)


def _mark(acting: re.Match[str]) -> str:
    if not acting[1]:
        return acting[0]
    name, _ = _NAMES.get(acting[1], _TAGS)
    return f"⟨{name}⟩"


def visible(text: str) -> str:
    """Return a text as a terminal may show it: with marks, and with control characters escaped.

    >>> visible("a\\u202e9876\\x1b[31m\\n")
    'a⟨RLO⟩9876\\\\x1b[31m\\n'
    """
    return _CONTROL.sub(_escaped, with_marks(text))


def _escaped(control: re.Match[str]) -> str:
    return control[0].encode("unicode_escape").decode()


def without_marks(text: str) -> str:
    """Return a text without the characters that act unseen, as a person would type it."""
    return _ACTING.sub(lambda acting: "" if acting[1] else acting[0], text)


def dump_json(value: object, indent: int | None = None) -> str:
    """Return a value as JSON, with the characters that act unseen as escapes, so that none acts."""
    return _ACTING.sub(_json_escape, json.dumps(value, ensure_ascii=False, indent=indent))


def _json_escape(acting: re.Match[str]) -> str:
    return json.dumps(acting[1])[1:-1] if acting[1] else acting[0]
