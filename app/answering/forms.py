"""What kind of text a question asks for, told from its words."""

import re
from enum import Enum

from inquote.app.language.english import NUMBERS

_AUXILIARY = r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|might)"
_YES_NO = re.compile(rf"^{_AUXILIARY}(?:n't)?\b(?!.*\bor\b)", re.IGNORECASE)
_SHORT_HOW = re.compile(
    r"^how (?:many|much|long|old|often|far|large|big|high|tall|deep|fast|soon|late|early)\b", re.I
)
_LIST = re.compile(
    r"^(?:(?:please )?(?:list|name|enumerate)\b"
    r"|(?:what|which)\b(?: \w+)? (?:are|were) (?:the|some|all|its|their|\w+'s|\w+’s)\b)"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|several|main|key|different|various|all) (?:\w+ )?"
    r"(?:factors|reasons|steps|types|kinds|ways|parts|items|points|drivers|causes|rules|members|stages|things)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"^(?:(?:what|which|who) (?:are|were)|name|list|give)(?: me)?(?: all)? (?:the|its|their|\w+['’]s) (?:\w+ )?"
    rf"(?P<count>{'|'.join(NUMBERS[2:])}|\d\d?)\b",
    re.IGNORECASE,
)
_EXPLAIN = re.compile(
    r"^(?:how|why|explain|describe|summari[sz]e|define|tell me|give me an overview|what (?:happens|does .* (?:do|mean))"
    r")\b"
    r"|\b(?:mechanism|definition|meaning of|mean by|summary|overview|purpose of|reasons? (?:for|why)|work\?)",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"^what(?: exactly)? (?:is|are)(?: an?)? [^?]{2,60}\??$|^who (?:is|are|was)\b", re.IGNORECASE
)
_ASKS = re.compile(
    rf"\b(?:who|whom|whose|what|which|when|where|how|why|name|{_AUXILIARY[3:-1]})\b", re.IGNORECASE
)
_OF = re.compile(r"\b(?:of|for|in|by|with|percentage|rate|number|name|year|date)\b", re.IGNORECASE)


class Form(Enum):
    """What kind of text answers a question."""

    SHORT = "short span"
    SENTENCES = "sentences"
    EXPLANATION = "explanation"
    LIST = "list"


def form_of(question: str) -> Form:
    """The form of answer that a question asks for, told from its words.

    >>> form_of("How does it work?"), form_of("How many patients?"), form_of("What are the five key factors?")
    (<Form.EXPLANATION: 'explanation'>, <Form.SHORT: 'short span'>, <Form.LIST: 'list'>)
    """
    if _SHORT_HOW.search(question):
        return Form.SHORT
    if _LIST.search(question):
        return Form.LIST
    if _EXPLAIN.search(question):
        return Form.EXPLANATION
    definition = _DEFINITION.search(question) and not _OF.search(question)
    if definition or not _ASKS.search(question) or _YES_NO.search(question):
        return Form.SENTENCES
    return Form.SHORT


def asked_count(question: str) -> int | None:
    """How many things a question says that it asks for.

    >>> asked_count("What are the two parts of the plan?"), asked_count("What are the parts of the 2 plans?")
    (2, None)
    """
    counted = _COUNTED.search(question)
    if not counted:
        return None
    said = counted["count"].lower()
    return int(said) if said.isdigit() else NUMBERS.index(said)
