"""The journal of a shared library: a table in the store, written in batches.

It needs no service beside the store, it is where the library is, and every chat sees it. Questions
wait a moment so that many become one write; what waits when a process is killed is lost, which is
`HELD_SECONDS` of questions, no answer and no feedback.
"""

import contextlib
import json
import threading

from inquote.index.stores.forgetting import IsMeant
from inquote.index.stores.journal import (
    MAX_QUESTIONS,
    Feedback,
    QuestionInContext,
    dump_context,
    load_context,
)
from inquote.index.stores.shared.log import Entry, Log
from inquote.ingest.errors import InquoteError

HELD_SECONDS = 2.0  # for which questions wait


class SharedJournal:
    """A `Journal` in the library at `location`."""

    def __init__(self, location: str) -> None:
        self._log = Log(location, "journal")
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # questions are asked while others are written
        self._held: dict[str, Entry] = {}
        self._timer: threading.Timer | None = None

    def record_question(self, question: QuestionInContext, at: str) -> None:
        """Keep a question with the next batch; see `Journal.record_question`."""
        key = json.dumps([question.question, dump_context(question)], ensure_ascii=False)
        with self._lock:
            self._held.pop(key, None)
            self._held[key] = Entry("question", key, at)
            while len(self._held) > MAX_QUESTIONS:
                self._held.pop(next(iter(self._held)))
            if self._timer is None:
                self._timer = threading.Timer(HELD_SECONDS, self._write_late)
                self._timer.daemon = True
                self._timer.start()

    def _write_late(self) -> None:
        """Write what waits; what cannot be written waits for the next question."""
        with contextlib.suppress(InquoteError):
            self.flush()

    def flush(self) -> None:
        """Write what waits; raise `InquoteError` where that cannot be."""
        with self._writing:
            with self._lock:
                held, self._held = self._held, {}
                if self._timer is not None:
                    self._timer.cancel()
                    self._timer = None
            try:
                self._log.put(list(held.values()))
            except InquoteError:
                with self._lock:
                    self._held = held | self._held
                raise

    def questions(self) -> list[QuestionInContext]:
        """Return the questions of the latest time in the order of their last asking."""
        self._write_late()
        asked = self._values("question")
        ordered = sorted(asked, key=lambda key: asked[key])  # a stable sort: then by writing
        return [load_context(*json.loads(key)) for key in ordered[-MAX_QUESTIONS:]]

    def record_feedback(self, feedback: Feedback) -> None:
        """Keep feedback; see `Journal.record_feedback`."""
        text = json.dumps(feedback.as_json(), ensure_ascii=False)
        self._put("feedback", feedback.id, text)

    def feedback(self) -> list[Feedback]:
        """Return all feedback, the oldest first."""
        return [Feedback.from_json(json.loads(text)) for text in self._values("feedback").values()]

    def setting(self, name: str) -> str | None:
        """Return the value that was put under a name, None for none."""
        return self._values("setting").get(name)

    def put_setting(self, name: str, value: str | None) -> None:
        """Put a value under a name, or take it away."""
        self._put("setting", name, value)

    def _put(self, kind: str, key: str, value: str | None) -> None:
        try:
            self._log.put([Entry(kind, key, value)])
        except InquoteError as error:
            raise InquoteError(f"The {kind} could not be written: {error}") from error

    def _values(self, kind: str) -> dict[str, str]:
        return self._log.values(kind)

    def forget(self, is_meant: IsMeant) -> int:
        """Erase the entries that are meant; see `Journal.forget`."""
        self.flush()
        doomed = set()
        for key, at in self._values("question").items():
            if is_meant(load_context(*json.loads(key)).entry(at)):
                doomed.add(("question", key))
        for id, text in self._values("feedback").items():
            if is_meant(Feedback.from_json(json.loads(text)).entry()):
                doomed.add(("feedback", id))
        if doomed:
            self._log.erase(lambda kind, key: (kind, key) in doomed)
        return len(doomed)

    def drop_questions(self) -> None:
        """Drop the questions that are too many, and rows that others replaced."""
        asked = self._values("question")
        past = sorted(asked, key=lambda key: asked[key])[:-MAX_QUESTIONS]
        self._log.put([Entry("question", key, None) for key in past])
        self._log.tidy()

    def problems(self) -> list[str]:
        """Say how many rows are not as they were written; [] for none."""
        self._values("question")
        count = self._log.damaged
        return [f"{count} rows of the journal are not what was written."] if count else []
