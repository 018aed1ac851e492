"""Say what the fields at the head of an e-mail are, in words that models read beside them."""

from collections.abc import Iterator

from inquote.ingest.documents import Block, Document, Segment
from inquote.ingest.english import MAIL_FIELDS, MAIL_SENDERS
from inquote.ingest.text import Range


def mail_fields(document: Document) -> Iterator[tuple[Range, list[Segment]]]:
    """Yield the fields at the head of an e-mail, each with what it says of the e-mail.

    A field that names a sender opens them, and others follow it at once.
    """
    fields: list[Block] = []
    for block in [*document.blocks, None]:
        if block is not None and block.kind == "field" and block.label in MAIL_FIELDS:
            fields.append(block)
            continue
        if len(fields) > 1 and fields[0].label in MAIL_SENDERS:
            for field in fields:
                value = field.start + len(field.label)
                named = Segment(document.text[field.start : value], field.start)
                rest = Segment(document.text[value : field.end], value)
                yield (field.start, field.end), [named, Segment(MAIL_FIELDS[field.label]), rest]
        fields = []
