"""English: what a question asks of an e-mail, by the field that answers it."""

from inquote.app.language.english import compile_words

_MAIL = r"\b(?:e-?mails?|mails?|messages?)\b"
MAIL = compile_words(_MAIL)

SUBJECT_QUESTION = compile_words(
    rf"^(?:what|which)(?:'s|’s| is| was)? the subject(?: line)?\b(?=[^?]{{0,120}}{_MAIL})"
)
"""What is the subject of the e-mail?"""

ASKED_FIELDS = (
    (
        compile_words(r"^who(?:m|se)?\b[^?]{0,120}\b(?:bcc'?d?|blind cop(?:y|ied))\b"),
        ("Bcc",),
    ),
    (
        compile_words(
            rf"^who(?:m|se)?\b[^?]{{0,60}}\b(?:cc'?e?d?\b|copied (?:in|on|into)\b"
            rf"|(?:get|gets|got|received?|receives) a copy\b|in copy\b"
            rf"|(?=copied\b[^?]{{0,80}}{_MAIL}))"
        ),
        ("Cc", "Bcc"),
    ),
    (
        compile_words(
            rf"^(?:who (?:received|receives|got|gets|is the (?:recipient|addressee) of)\b"
            rf"(?=[^?]{{0,120}}{_MAIL})"
            rf"|who(?:m)? (?:is|was|did|does|are|were)\b(?=[^?]{{0,120}}{_MAIL})"
            rf"[^?]{{0,120}}\b(?:(?:addressed|sent|written|go|went) to|to)\b ?\??$"
            rf"|to whom\b(?=[^?]{{0,120}}{_MAIL}))"
        ),
        ("To",),
    ),
    (
        compile_words(
            rf"^(?:who (?:sent|sends|wrote|is the (?:sender|author) of|was the sender of)\b"
            rf"(?=[^?]{{0,120}}{_MAIL})"
            rf"|who(?:m)? (?:is|was|did|does|are|were)\b(?=[^?]{{0,120}}{_MAIL})"
            rf"[^?]{{0,120}}\bfrom\b"
            rf"|from whom\b(?=[^?]{{0,120}}{_MAIL})"
            rf"|(?:what|which) (?:is|was) the sender\b)"
        ),
        ("From", "Sender"),
    ),
    (
        compile_words(
            rf"^(?:when|(?:on )?(?:what|which) (?:date|day))\b(?=[^?]{{0,120}}{_MAIL})"
            rf"[^?]{{0,120}}\b(?:sent|written|dated|received)\b"
            rf"|^(?:what|which)(?:'s|’s| is| was)? the date of (?:the |this )?[^?]{{0,80}}{_MAIL}"
        ),
        ("Date",),
    ),
)
"""Questions for a field of an e-mail, and the labels of the fields that answer, the first first."""
