"""Save a conversation as a file: the links on the page, and what they lead to."""

from collections.abc import Callable

from fastapi import Response

from inquote.app.chat.citing import as_bibtex, as_ris
from inquote.app.chat.conversation import Conversation
from inquote.app.chat.export import as_html, as_json, as_markdown

EXPORTS: dict[str, tuple[str, Callable[[Conversation], str]]] = {
    "md": ("text/markdown; charset=utf-8", lambda kept: as_markdown(kept.answers, kept.sentences)),
    "html": ("text/html; charset=utf-8", lambda kept: as_html(kept.answers)),
    "json": ("application/json", lambda kept: as_json(kept.answers)),
    "ris": ("application/x-research-info-systems", lambda kept: as_ris(kept.references)),
    "bib": ("application/x-bibtex; charset=utf-8", lambda kept: as_bibtex(kept.references)),
}


def save_links(key: str) -> str:
    """Write the links that save the conversation of a key, in Markdown."""
    links = [f"[{kind}](api/export/{key}.{kind})" for kind in EXPORTS]
    return f"Save {' · '.join(links)}"


def file_response(conversation: Conversation | None, kind: str) -> Response:
    """Return a conversation as a file; 404 where there is none, or no such kind of file."""
    if conversation is None or kind not in EXPORTS:
        sentence = "This conversation is not there any more."
        return Response(sentence, 404, media_type="text/plain")
    media_type, write = EXPORTS[kind]
    disposition = {"Content-Disposition": f'attachment; filename="inquote-conversation.{kind}"'}
    return Response(write(conversation), headers=disposition, media_type=media_type)
