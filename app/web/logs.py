"""Write the log as lines for people or as JSON for programs, to standard error.

What was asked is written where the server was told to, and else nowhere.
"""

import json
import logging
import re
import time
from collections.abc import Mapping
from typing import Any

from inquote.app.answering.answer import Answer
from inquote.app.web.request_log import log as access_log
from inquote.app.web.request_log import request_id

_PLAIN = re.compile(r"[\w./:@+-]+", re.ASCII)
questions_log = logging.getLogger("inquote.questions")


class LineFormatter(logging.Formatter):
    """A record on one line, its fields as `name=value`; what was raised stands below."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        fields = {"id": request_id(), **_fields(record)}
        message = record.getMessage()
        parts = [
            _time(record),
            record.levelname,
            message if message.isprintable() else repr(message),
        ]
        for name, value in fields.items():
            if value != "":
                parts.append(f"{name}={_plain(value)}")
        line = " ".join(parts)
        if record.exc_info:
            line += f"\n{self.formatException(record.exc_info)}"
        return line


class JsonFormatter(logging.Formatter):
    """A record as one object of JSON on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        value: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identity := request_id():
            value["request_id"] = identity
        value |= _fields(record)
        if record.exc_info:
            value["exception"] = self.formatException(record.exc_info)
        return json.dumps(value)


def configure_logs(format: str | None = None, with_questions: bool = False) -> None:
    """Send the log to standard error, where nobody did so before.

    With a `format`, "lines" or "json", each request is a line; without one, only what went wrong
    is, as it is. With `with_questions` each question is a line too.
    """
    if with_questions:
        format = format or "lines"
    handler = logging.StreamHandler()
    if format == "json":
        handler.setFormatter(JsonFormatter())
    elif format == "lines":
        handler.setFormatter(LineFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    access_log.setLevel(logging.INFO if format else logging.WARNING)
    questions_log.setLevel(logging.INFO if with_questions else logging.WARNING)


def log_question(answer: Answer | Exception) -> None:
    """Write what was asked and what became of it; a question that failed is not known here."""
    if isinstance(answer, Exception):
        return
    fields = {
        "question": answer.question,
        "answered": answer.text is not None,
        "confidence": round(answer.confidence, 3),
        "generation": answer.generation,
        "ms": answer.elapsed_ms,
    }
    questions_log.info("question", extra={"fields": fields})


def _fields(record: logging.LogRecord) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = getattr(record, "fields", {})
    return fields


def _time(record: logging.LogRecord) -> str:
    """Write when a record was made: ISO 8601, UTC, milliseconds."""
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{seconds}.{int(record.msecs):03d}Z"


def _plain(value: object) -> str:
    """Write a value so that it begins no other field and no other line."""
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
