"""Write what a question was limited to, and the link that limits the next ones."""

from collections.abc import Sequence
from urllib.parse import urlencode

from inquote.app.marks import escape, escape_attribute


def limit_html(titles: Sequence[str]) -> str:
    """Write the line that says to what a question was limited; "" for everything."""
    if not titles:
        return ""
    names = ", ".join(f"<q>{escape(title)}</q>" for title in titles)
    return f'<p class="limited" dir="auto">Only in {names}</p>'


def only_html(id: str, title: str) -> str:
    """Write the link that limits the next questions to a document."""
    address = escape_attribute(urlencode({"only": id, "name": title or id}))
    return (
        f' <a class="only" role="button" href="#{address}" '
        'title="Limit the next questions to this document">Only this</a>'
    )
