"""Write the controls under a question: to change it, and to bring back what it took the place of.

Both are links whose addresses say what `editing.js` needs; every text goes through `escape`.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from inquote.app.marks import escape, escape_attribute

LONGEST = 3_000  # characters of a question that come back to be changed


def again_html(
    turn: str, question: str, places: Sequence[str], standalone: bool, earlier: Sequence[str]
) -> str:
    """Write the controls of a turn; `earlier` are the questions in whose place it came.

    `places` are what it was limited to.
    """
    fields = [
        ("turn", turn),
        ("question", question[:LONGEST]),
        *(("in", place) for place in places),
    ]
    if standalone:
        fields.append(("alone", "yes"))
    links = [_link("change", "Edit", "Change this question and go on from here", fields)]
    if earlier:
        count = "1 question" if len(earlier) == 1 else f"{len(earlier)} questions"
        about = f"Bring back {count}, from: {earlier[0][:80]}"
        links.insert(0, _link("bring-back", "Undo the edit", about, [("turn", turn)]))
    return f'<div class="again">{" ".join(links)}</div>'


def _link(kind: str, label: str, about: str, fields: Sequence[tuple[str, str]]) -> str:
    address, title = escape_attribute(urlencode(fields)), escape_attribute(about)
    return f'<a class="{kind}" role="button" title="{title}" href="#{address}">{escape(label)}</a>'
