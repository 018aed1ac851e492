"""Parse an e-mail, or a file of several in the form of mbox.

The subject is the heading, then come the fields that a mail program shows, the body, and the
attachments that can be read, each under its file's name. Of a body in several forms the plain text
is read, or the HTML where the plain text is only a stub of it.
"""

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from pathlib import PurePath
from typing import Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import html
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, blocks_in, canonical
from inquote.ingest.formats.encoding import decode
from inquote.ingest.formats.wrapping import unwrap

MAX_PARTS = 300  # of a file, all messages together
MAX_DEPTH = 8  # of messages within messages
_SHOWN = ("From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Date")
_STUB_SHARE = 0.3  # of the HTML's words, of a plain text that only stands for it
_KNOWN = frozenset(
    "from to cc date subject sender reply-to message-id mime-version received return-path "
    "delivered-to content-type in-reply-to".split()
)
_MIN_KNOWN = 3  # header lines that make a file an e-mail
_MIN_KNOWN_NAMED = 1  # the same, of one that is called .eml
_OTHER_SUFFIXES = frozenset({".md", ".markdown", ".html", ".htm", ".rst", ".csv", ".tsv"})
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{0,60}):(?:[ \t]|$)")
_MESSAGE_START = re.compile(rb"(?:\A|\n\r?\n)From \S{1,200} [^\r\n]{10,60}\r?\n(?=[\w-]{1,60}:)")
_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass
class _Mail:
    """The builder of a file's text, the parts read so far, and what was not read."""

    builder: TextBuilder = field(default_factory=TextBuilder)
    parts: int = 0
    left_out: list[str] = field(default_factory=list)

    def warning(self) -> str:
        """Return what a person should know of what was not read, else ""."""
        if self.parts > MAX_PARTS:
            return f"it has more than {MAX_PARTS} parts; the others were not read"
        if not self.left_out:
            return ""
        more = f", nor {len(self.left_out) - 1} more" if len(self.left_out) > 1 else ""
        return f"its attachment {self.left_out[0]} was not read{more}"


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse an e-mail or several; raise `FileSkipped` for one that is encrypted or too deep."""
    mail = _Mail()
    content = _in_bytes_of_ascii(content)
    try:
        for source in _messages(content):
            if mail.parts <= MAX_PARTS:
                _write_message(mail, message_from_bytes(source), 0)
    except RecursionError as error:
        raise FileSkipped("its parts are nested deeper than an e-mail's") from error
    return mail.builder.parsed(warning=mail.warning())


def _in_bytes_of_ascii(content: bytes) -> bytes:
    """Return a message in UTF-16 as UTF-8, and any other as it is."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) or b"\0" in content[:4]:
        return decode(content).lstrip("\ufeff").encode()
    return content


def _messages(content: bytes) -> list[bytes]:
    """Return the messages of a file: one, or those of an mbox."""
    if not content.startswith(b"From "):
        return [content.lstrip(b"\r\n")]
    starts = list(_MESSAGE_START.finditer(content))
    if not starts:
        return [content.partition(b"\n")[2]]
    ends = [start.start() for start in starts[1:]] + [len(content)]
    messages = []
    for start, end in zip(starts, ends, strict=True):
        messages.append(content[start.end() : end].replace(b"\n>From ", b"\nFrom "))
    return messages


def _write_message(mail: _Mail, message: Message, depth: int) -> None:
    """Write a message's subject, its fields, its body and its attachments."""
    if message.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
        raise FileSkipped("it is an encrypted e-mail; save it decrypted")
    mail.builder.heading(_header(message, "Subject"), min(depth + 1, 6))
    for name in _SHOWN:
        value = _header(message, name)
        if value:
            mail.builder.block(f"{name}: {value}", kind="field", label=name)
    _write_part(mail, message, depth)


def _header(message: Message, name: str) -> str:
    """Return the text of a header field, "" where there is none."""
    values = []
    for other, raw in message.raw_items():
        if other.lower() == name.lower():
            values.append(_decode_words(str(raw)))
    return ", ".join(filter(None, values))


def _decode_words(raw: str) -> str:
    """Return a header's value with its encoded words and its bare bytes decoded."""
    raw = _SPACES.sub(" ", raw)
    try:
        text = str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, ValueError):
        text = raw
    content = text.encode("utf-8", "surrogateescape")
    try:
        return canonical(content.decode()).strip()
    except UnicodeDecodeError:
        return canonical(content.decode("cp1252", "replace")).strip()


def _write_part(mail: _Mail, part: Message, depth: int) -> None:
    """Write a part of a message, and what it consists of."""
    mail.parts += 1
    if mail.parts > MAX_PARTS:
        return
    kind = part.get_content_type()
    children = _children(part)
    if kind == "multipart/alternative" and children:
        _write_part(mail, _best(children), depth)
    elif kind == "message/rfc822" and children:
        _write_inner_message(mail, children[0], depth)
    elif children:
        for child in children:
            _write_part(mail, child, depth)
    elif _is_body(part):
        mail.builder.include(_parse_body(part), depth + 1)
    else:
        _write_attachment(mail, part, depth)


def _children(part: Message) -> list[Message]:
    payload: Any = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if part.is_multipart() else []


def _write_inner_message(mail: _Mail, message: Message, depth: int) -> None:
    """Write a message that another one carries, unless it lies too deep."""
    if depth >= MAX_DEPTH:
        mail.left_out.append(f"{_header(message, 'Subject') or 'message'} (too deep)")
        return
    try:
        _write_message(mail, message, depth + 1)
    except FileSkipped as error:
        mail.left_out.append(f"{_header(message, 'Subject') or 'message'} ({error})")


def _best(forms: list[Message]) -> Message:
    """Return the form of a body to read: plain text, else HTML, else the richest."""
    by_kind: dict[str, Message] = {}
    for form in forms:
        leaf = next((part for part in form.walk() if not part.is_multipart()), form)
        by_kind.setdefault(leaf.get_content_type(), form)
    plain, rich = by_kind.get("text/plain"), by_kind.get("text/html")
    if plain is None or rich is None:
        return plain or rich or forms[-1]
    return rich if _word_count(plain) < _STUB_SHARE * _word_count(rich) else plain


def _word_count(form: Message) -> int:
    """Return the number of words in the texts of a form."""
    count = 0
    for part in form.walk():
        if _is_body(part):
            count += len(_parse_body(part).text.split())
    return count


def _is_body(part: Message) -> bool:
    """Return whether a part is shown as the message's text, not as a file with it."""
    is_text = part.get_content_type() in ("text/plain", "text/html", "text/enriched")
    is_file = part.get_content_disposition() == "attachment" or bool(part.get_filename())
    return is_text and not is_file and not part.is_multipart()


def _parse_body(part: Message) -> Parsed:
    """Return the text of a part with its blocks, empty where there is none."""
    content = _content(part)
    charset = _charset(part, content)
    if part.get_content_type() == "text/html":
        try:
            return html.parse(content, charset)
        except FileSkipped:
            return Parsed("", ())
    text = content.decode(charset, "replace").replace("\0", "")
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _unflow(text, str(part.get_param("delsp", "")).lower() == "yes")
    text = unwrap(_BLANK_LINES.sub("\n\n", canonical(text)).strip("\n"))
    return Parsed(text, blocks_in(text))


def _content(part: Message) -> bytes:
    """Return a part's bytes, decoded from base64 or quoted-printable."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _charset(part: Message, content: bytes) -> str:
    """Return the encoding of a part: UTF-8 where letters prove it, else as it states."""
    stated = part.get_content_charset() or "utf-8"
    for charset in ("utf-8", stated) if not content.isascii() else (stated, "utf-8"):
        try:
            content.decode(charset)
        except (LookupError, ValueError):
            continue
        return charset
    return "cp1252"


def _unflow(text: str, drops_space: bool) -> str:
    """Join lines that a mail program broke (RFC 3676: those that end in a space)."""
    joined: list[str] = []
    goes_on = False
    for line in text.replace("\r\n", "\n").split("\n"):
        if goes_on and not line.startswith(">"):
            joined[-1] += line.removeprefix(" ")
        else:
            joined.append(line)
        goes_on = line.endswith(" ") and line != "-- "
        if goes_on and drops_space:
            joined[-1] = joined[-1][:-1]
    return "\n".join(joined)


def _write_attachment(mail: _Mail, part: Message, depth: int) -> None:
    """Write an attached file's text under its name, or its name where it cannot be read."""
    content = _content(part)
    name = _decode_words(part.get_filename() or "")
    is_attached = part.get_content_disposition() == "attachment"
    if not content or (part.get_content_maintype() == "image" and not is_attached):
        return  # a picture in the text, such as a logo
    try:
        parsed = _parse_file(mail, content, PurePath(name).suffix, depth)
    except Exception as error:  # whatever is wrong with a file costs that file
        reason = str(error) if isinstance(error, FileSkipped) else type(error).__name__
        if name:
            mail.builder.block(f"Attachment: {name}", kind="field", label="Attachment")
            mail.left_out.append(f"{name} ({reason})")
        return
    if name:
        mail.builder.heading(name, min(depth + 2, 6))
    if parsed:
        mail.builder.include(parsed, depth + 2)


def _parse_file(mail: _Mail, content: bytes, suffix: str, depth: int) -> Parsed | None:
    """Parse an attached file by its own format; a message is written at once."""
    from inquote.ingest.formats.registry import detect_format  # which lists this format too

    format = detect_format(content, suffix)
    if format.memory > FORMAT.memory:
        raise FileSkipped("it is a picture; save it and ingest it by itself")
    if format is not FORMAT:
        parsed = format.parse(content, None)
        if not parsed.text.strip():
            raise FileSkipped("it holds no text")
        return parsed
    if depth >= MAX_DEPTH:
        raise FileSkipped("it lies too deep")
    for source in _messages(_in_bytes_of_ascii(content)):
        _write_message(mail, message_from_bytes(source), depth + 1)
    return None


def _is_mail(content: bytes, suffix: str) -> bool:
    """Return whether bytes begin with the header lines of an e-mail."""
    if suffix in _OTHER_SUFFIXES:
        return False
    head = content[:60_000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n")
    lines = head.splitlines()
    if lines and lines[0].startswith(b"From "):
        lines = lines[1:]
    known = set()
    for line in lines:
        header = _HEADER.match(line)
        if header:
            known.add(header[1].lower().decode())
        elif not line.startswith((b" ", b"\t")):
            break  # the blank line, or a line of another kind
    count = len(known & _KNOWN)
    if suffix == ".eml":
        return count >= _MIN_KNOWN_NAMED
    if known >= {"mime-version", "content-type"}:
        return True
    return count >= _MIN_KNOWN and bool(known & {"from", "message-id", "received"})


FORMAT = Format("mail", _is_mail, parse)
