"""Keep the last answers, so that the same question to the same texts is read once."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from inquote.app.answering.answer import Answer

MOST = 512


class AnswerCache:
    """The answers that were used last, at most `most`; safe to use from several threads.

    A key holds all that an answer depends on: the generation, the question, where it is asked.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: Hashable) -> Answer | None:
        """Return the answer if it is still kept."""
        with self._guard:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer and drop the one that was used longest ago."""
        with self._guard:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)
