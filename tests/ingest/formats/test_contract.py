"""The contract of a format: every one of the table passes, and so does a small fake."""

from typing import Any

import pytest

from inquote.ingest.chunk import chunk
from inquote.ingest.documents import Document
from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.formats.encoding import decode
from inquote.ingest.formats.registry import FORMATS, detect_format, find_format
from made_files import pdf, word

GARBAGE = bytes(range(256)) * 4
TEXT = "Otters\n\nOtters swim."
SECRET = "Newts glow."
LATIN = "Pok\xe9 swims.".encode("cp1252")


def parse_lines(content: bytes, encoding: str | None) -> Parsed:
    builder = TextBuilder()
    for line in decode(content, encoding).splitlines()[1:]:
        if line.startswith("="):
            builder.heading(line[1:], 1)
        else:
            builder.block(line)
    text, sections = builder.build()
    return Parsed(text, sections)


FAKE = Format(
    "lines",
    lambda content, suffix: content.startswith(b"LINES\n"),
    parse_lines,
    trusted=True,
    encoded=True,
)


# A format that is added to the table adds its sample here: the suffix, and the bytes of a file that
# holds `TEXT` with its first line as a heading.
SAMPLES: dict[str, tuple[str, bytes]] = {
    "pdf": (".pdf", pdf([[(740, 20, "Otters"), (700, 10, "Otters swim.")]])),
    "docx": (
        ".docx",
        word(lambda file: (file.add_heading("Otters", 1), file.add_paragraph("Otters swim."))),
    ),
    "html": (".html", b"<!doctype html><h1>Otters</h1><p>Otters swim.</p>"),
    "markdown": (".md", b"# Otters\n\nOtters swim.\n"),
    "text": (".txt", b"Otters\n\nOtters swim.\n"),
    "lines": (".lines", b"LINES\n=Otters\nOtters swim."),
}


def write_secret(document: Any) -> None:
    document.add_paragraph("Otters ").add_run(SECRET).font.hidden = True
    document.add_heading(SECRET, 1).runs[0].font.hidden = True
    document.add_paragraph("Owls fly.")


# The bytes of files that hold `SECRET` where no reader sees it, between visible sentences.
HIDING: dict[str, list[bytes]] = {
    "docx": [word(write_secret)],
    "html": [
        b"<title></title><h1 hidden>Newts glow.</h1><p>Otters <i hidden>Newts glow.</i> swim."
        b"<p>Owls fly.",
        b"<style>i{color:#fff}</style><ul><li>Otters<li><i>Newts glow.</i></ul><p>Owls fly",
        b"<nav>Zoo <b hidden>Newts glow.</b></nav><main><table><tr><td>a<td hidden>Newts glow."
        b"<tr><td>b</table><p>Otters swim in lakes and rivers.</main>",
    ],
    "markdown": [
        b"# <i hidden>Newts glow.</i>\n\nOtters <b hidden>Newts *glow*.</b> swim.\n\nOwls fly.\n",
        b"<style>.x{opacity:0}</style>\n\n<div class=x>\n\n# Newts\n\n- Newts glow.\n\n</div>\n\n"
        b"- Owls",
    ],
}
ALL = (FAKE, *FORMATS)
every_format = pytest.mark.parametrize("format", ALL, ids=lambda format: format.name)


@every_format
def test_a_format_recognises_its_own_sample_and_no_other(format: Format) -> None:
    recognised = {
        name for name, (suffix, content) in SAMPLES.items() if format.sniff(content, suffix)
    }
    takes_the_rest = format is FORMATS[-1]
    assert recognised == (set(SAMPLES) if takes_the_rest else {format.name})


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_the_table_gives_each_sample_its_format(format: Format) -> None:
    suffix, content = SAMPLES[format.name]
    assert detect_format(content, suffix.upper()) is format
    assert find_format(format.name) is format


@every_format
def test_the_text_is_canonical(format: Format) -> None:
    parsed = format.parse(SAMPLES[format.name][1], None)
    assert parsed.text == canonical(parsed.text) == TEXT


@every_format
def test_sections_lie_in_the_text_and_begin_with_their_titles(format: Format) -> None:
    parsed = format.parse(SAMPLES[format.name][1], None)
    assert [section.title for section in parsed.sections] == ["Otters"]
    for section in parsed.sections:
        assert 0 <= section.start < section.end <= len(parsed.text)
        assert parsed.text[section.start :].startswith(section.title)
    for page in parsed.pages:
        assert 0 <= page.start <= page.end <= len(parsed.text)


@pytest.mark.parametrize(
    ("name", "content"), [(name, file) for name, files in HIDING.items() for file in files]
)
def test_what_is_hidden_is_marked_and_in_no_passage(name: str, content: bytes) -> None:
    parsed = find_format(name).parse(content, None)
    hidden = [parsed.text[range.start : range.end] for range in parsed.hidden]
    assert any(SECRET in text for text in hidden)
    edges = [edge for range in parsed.hidden for edge in (range.start, range.end)]
    assert edges == sorted(set(edges)) and edges[0] >= 0 and edges[-1] <= len(parsed.text)
    assert all(
        text == text.strip() and range.reason
        for text, range in zip(hidden, parsed.hidden, strict=True)
    )
    assert "Newts" not in parsed.title
    assert not any("Newts" in section.title for section in parsed.sections)
    document = Document(
        "d", "", "", parsed.text, "", parsed.sections, asides=parsed.asides, hidden=parsed.hidden
    )
    chunks = chunk(document, lambda text: len(text.split()) + 2, 24)
    assert chunks.passages
    for passage in chunks.passages:
        assert all(
            passage.end <= range.start or range.end <= passage.start for range in parsed.hidden
        )
    left_out = [(left.start, left.end, left.reason) for left in chunks.left_out]
    for range in parsed.hidden:
        assert (range.start, range.end, f"hidden: {range.reason}") in left_out


@every_format
def test_a_file_without_hidden_text_has_none(format: Format) -> None:
    assert format.parse(SAMPLES[format.name][1], None).hidden == ()


@every_format
def test_garbage_is_skipped_with_a_reason(format: Format) -> None:
    with pytest.raises(FileSkipped, match=r"^it .{10}"):
        format.parse(GARBAGE, None)


@pytest.mark.parametrize(
    "format", [format for format in ALL if format.encoded], ids=lambda format: format.name
)
def test_the_encoding_that_a_person_names_is_used(format: Format) -> None:
    content = SAMPLES[format.name][1] + b"\n\n" + LATIN
    assert format.parse(content, "cp1252").text.endswith("Poké swims.")
    assert format.parse(content, "cp437").text.endswith("PokΘ swims.")
