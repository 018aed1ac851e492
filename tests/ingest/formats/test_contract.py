"""The contract of a format: every one of the table passes, and so does a small fake."""

import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.formats.encoding import decode
from inquote.ingest.formats.registry import FORMATS, detect_format, find_format
from made_files import pdf, word

GARBAGE = bytes(range(256)) * 4
TEXT = "Otters\n\nOtters swim."
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
    for start in parsed.pages:
        assert 0 <= start <= len(parsed.text)


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
