"""Check what is called of Gradio before Gradio sees it, which fails where a call is not its own."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from inquote.app.web.asgi import Scope
from inquote.app.web.refusals import Refusal
from inquote.app.web.routes import form_sentence

if TYPE_CHECKING:
    from gradio.routes import App as Page

    from inquote.app.web.people_login import PeopleLogin

NAME = re.compile(r"[\w-]{1,64}", re.ASCII)  # of a session or an event
JOIN = "/gradio_api/queue/join"
CALL_KEYS = frozenset({"data", "event_data", "fn_index", "session_hash", "trigger_id"})
FILE_KEYS = frozenset({"path", "url", "meta"})
NO_SESSION = "There is no such session; reload the page."


class PageCalls:
    """Knows the events of the page, and the sessions that are open."""

    def __init__(self, page: "Page", people: "PeopleLogin | None" = None) -> None:
        self._blocks = page.get_blocks()
        self._people = people

    def check(self, scope: Scope, value: Any) -> None:
        """Raise `Refusal` for a call of Gradio that the page would not make."""
        path = scope["path"].rstrip("/")
        if path == "/gradio_api/queue/data":
            tab = self._check_stream(scope["query_string"])
            if self._people:
                self._people.check_tab(scope, tab)
        elif path == JOIN and not self._is_event(value):
            raise Refusal(422, form_sentence(path))
        elif path in ("/gradio_api/cancel", "/gradio_api/reset"):
            keys = {"event_id"} if path.endswith("reset") else {"event_id", "session_hash"}
            if not (_has_names(value, keys) and _is_number(value.get("fn_index", 0))):
                raise Refusal(422, form_sentence(path))
        if self._people and isinstance(value, dict) and "session_hash" in value:
            self._people.check_tab(scope, value["session_hash"])

    def _check_stream(self, query: bytes) -> str:
        """Return the session of a stream; raise `Refusal` for one that is not open."""
        try:
            sessions = parse_qs(query.decode("ascii"), max_num_fields=8).get("session_hash", [])
        except ValueError:
            sessions = []
        if len(sessions) != 1 or not NAME.fullmatch(sessions[0]):
            raise Refusal(422, "Please name one session: ?session_hash=...")
        if sessions[0] not in self._blocks._queue.pending_messages_per_session:
            raise Refusal(404, NO_SESSION)
        return sessions[0]

    def _is_event(self, value: Any) -> bool:
        """Say whether a call names an event of the page, and brings as much as that takes."""
        if not _has_names(value, {"session_hash"}) or value.keys() - CALL_KEYS:
            return False
        number, data, trigger = (value.get(key) for key in ("fn_index", "data", "trigger_id"))
        if not _is_number(number) or number not in self._blocks.fns:
            return False
        if trigger is not None and not _is_number(trigger):
            return False
        count = len(self._blocks.fns[number].inputs)
        return isinstance(data, list) and len(data) == count and not _names_file(data)


def _has_names(value: Any, keys: set[str]) -> bool:
    """Say whether an object has a plain name under each of the keys."""
    if not isinstance(value, Mapping):
        return False
    names = [value.get(key) for key in keys]
    return all(isinstance(name, str) and NAME.fullmatch(name) for name in names)


def _names_file(value: Any) -> bool:
    """Say whether a value holds what Gradio takes for a file, which it would copy or fetch."""
    if isinstance(value, dict):
        return not FILE_KEYS.isdisjoint(value) or _names_file(list(value.values()))
    return isinstance(value, list) and any(map(_names_file, value))


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**31
