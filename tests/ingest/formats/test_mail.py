"""E-mail: fields, bodies in several forms and encodings, attachments, messages in messages."""

import base64
from email.message import EmailMessage

import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.files.sandbox import message_of, parsed_from
from inquote.ingest.formats import mail
from inquote.ingest.formats.base import Parsed
from inquote.ingest.formats.registry import detect_format
from made_files import down, pdf, word


def parse(message: EmailMessage | bytes) -> Parsed:
    content = message if isinstance(message, bytes) else message.as_bytes()
    assert detect_format(content, ".eml").name == "mail"
    return mail.parse(content)


def written(body: str = "The boat leaves at six.", subject: str = "Ferry") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ada Brook <ada@example.org>"
    message["To"] = "Bo Lind <bo@example.org>"
    message["Date"] = "Mon, 6 May 2024 10:00:00 +0200"
    message["Subject"] = subject
    message.set_content(body)
    return message


def test_the_subject_heads_the_fields_and_the_body() -> None:
    parsed = parse(written())
    assert parsed.title == "Ferry"
    assert parsed.text == (
        "Ferry\n\nFrom: Ada Brook <ada@example.org>\n\nTo: Bo Lind <bo@example.org>\n\n"
        "Date: Mon, 06 May 2024 10:00:00 +0200\n\nThe boat leaves at six."
    )
    kinds = [(block.kind, block.label) for block in parsed.blocks]
    assert kinds[:3] == [("heading", ""), ("field", "From"), ("field", "To")]


def test_plain_text_is_read_and_not_its_html() -> None:
    message = written()
    message.add_alternative("<p>The boat leaves at six.</p>", subtype="html")
    assert parse(message).text.count("leaves at six") == 1


def test_html_is_read_where_the_plain_text_is_a_stub() -> None:
    message = written("See the HTML.")
    message.add_alternative("<p>" + "The boat leaves at six. " * 20, subtype="html")
    assert "leaves at six" in parse(message).text


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_transfer_encodings_leave_no_trace(encoding: str, charset: str) -> None:
    message = written()
    message.set_content("Das Schiff fährt früh.", charset=charset, cte=encoding)
    assert parse(message).text.endswith("\n\nDas Schiff fährt früh.")


def test_utf_8_that_is_called_something_else_is_read_as_utf_8() -> None:
    content = (
        "From: a@b.c\nSubject: Ü\nDate: x\nContent-Type: text/plain; charset=iso-8859-1\n\nfährt"
    )
    assert parse(content.encode()).text == "Ü\n\nFrom: a@b.c\n\nDate: x\n\nfährt"


def test_encoded_words_of_a_header_are_read() -> None:
    content = b"From: =?utf-8?q?J=C3=B6rg?= <j@b.c>\nSubject: =?koi8-r?B?8NLJ18XU?=\nDate: x\n\nHi."
    assert parse(content).text.startswith("Привет\n\nFrom: Jörg <j@b.c>\n\n")


def test_lines_that_flow_are_joined() -> None:
    content = (
        b"From: a@b.c\nSubject: s\nDate: d\nContent-Type: text/plain; format=flowed\n\n"
        b"The boat \nleaves.\nOn time.\n"
    )
    assert parse(content).text.endswith("The boat leaves.\nOn time.")


def test_attachments_are_read_by_their_own_format() -> None:
    message = written()
    message.add_attachment("name;size\nfir;5\n", filename="trees.csv")
    note = word(lambda file: file.add_paragraph("Moles dig."))
    page = pdf([down(["Owls hunt at night."])])
    for content, name in ((note, "moles.docx"), (page, "owls.pdf"), (b"\0\1", "blob.bin")):
        message.add_attachment(content, maintype="application", subtype="any", filename=name)
    parsed = parse(message)
    titles = [(section.title, section.level) for section in parsed.sections]
    names = [("trees.csv", 2), ("moles.docx", 2), ("owls.pdf", 2)]
    assert titles == [("Ferry", 1), *names]
    for text in ("name | size\nfir | 5", "Moles dig.", "Owls hunt at night."):
        assert text in parsed.text
    assert parsed.text.endswith("Attachment: blob.bin")
    assert parsed.warning == "its attachment blob.bin (it is a binary file) was not read"


def test_a_message_within_a_message_is_a_section() -> None:
    outer = written()
    outer.add_attachment(written("The train is late.", "Train"))
    parsed = parse(outer)
    assert [section.title for section in parsed.sections] == ["Ferry", "Train"]
    assert parsed.text.endswith("The train is late.")


def test_each_message_of_an_mbox_is_read() -> None:
    box = b""
    for message in (written("Six.", "One"), written("Seven.\nFrom here on.", "Two")):
        lines = message.as_bytes().replace(b"\nFrom ", b"\n>From ")
        box += b"From ada@example.org Mon May  6 10:00:00 2024\n" + lines + b"\n"
    parsed = parse(box)
    assert [section.title for section in parsed.sections] == ["One", "Two"]
    assert "Seven.\nFrom here on." in parsed.text


def test_a_message_after_a_broken_line_of_an_mbox_is_read() -> None:
    content = b"From nobody\nFrom: a@b.c\nTo: d@e.f\nSubject: Ferry\n\nSix."
    assert parse(content).text.endswith("Six.")


def test_an_attached_picture_is_named_and_not_recognised() -> None:
    message = written()
    message.add_attachment(b"\xff\xd8\xff\xe0", maintype="image", subtype="jpeg", filename="a.jpg")
    parsed = parse(message)
    assert parsed.text.endswith("\n\nAttachment: a.jpg")
    assert "save it and ingest it by itself" in parsed.warning


def test_a_message_in_utf_16_is_read() -> None:
    assert parse(written().as_string().encode("utf-16")).text.endswith("leaves at six.")


def test_a_thousand_parts_are_cut_and_told() -> None:
    message = written()
    for number in range(1_000):
        message.add_attachment(f"Part {number}.", filename=f"{number}.txt")
    parsed = parse(message)
    assert "Part 100." in parsed.text and "Part 900." not in parsed.text
    assert parsed.warning == "it has more than 300 parts; the others were not read"


def test_parts_that_nest_deeply_are_refused_or_left_out() -> None:
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{at}"\n\n--b{at}\n' for at in range(2_000)
    )
    with pytest.raises(FileSkipped, match="nested deeper"):
        parse(f"From: a@b.c\nSubject: s\nDate: d\n{nested}".encode())
    content = b"Inmost."
    for level in range(20):
        head = f"From: a@b.c\nSubject: level {level}\nDate: d\n"
        body = base64.encodebytes(content).decode()
        kind = "Content-Type: application/octet-stream; name=m.eml\n"
        head += f"{kind}Content-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n"
        content = (head + body).encode()
    parsed = parse(content)
    assert "level 12" in parsed.text and "level 5" not in parsed.text
    assert "too deep" in parsed.warning


def test_an_encrypted_message_is_refused() -> None:
    content = b"From: a@b.c\nSubject: s\nContent-Type: application/pkcs7-mime\n\nMIIB"
    with pytest.raises(FileSkipped, match="encrypted e-mail"):
        parse(content)


def test_a_text_that_speaks_of_mail_is_none() -> None:
    for text in (
        "Note: bring milk\nDate: Monday\n\nText",
        "From: here\n\nto there",
        "# A\n\nTo: b",
    ):
        assert detect_format(text.encode(), ".txt").name == "text"


def test_blocks_cover_the_text_and_pass_the_sandbox() -> None:
    message = written()
    message.add_attachment("<p>Owls <b hidden>x</b> fly.", subtype="html", filename="a.html")
    parsed = parse(message)
    assert parsed_from(*message_of(parsed)) == parsed
    covered = {at for block in parsed.blocks for at in range(block.start, block.end)}
    letters = {at for at, letter in enumerate(parsed.text) if not letter.isspace()}
    assert letters <= covered
