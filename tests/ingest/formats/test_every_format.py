"""A document written in every format keeps its words, and its passages miss none of them."""

import hashlib
import html as markup
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_office import opendocument

from inquote.ingest.chunk import chunk
from inquote.ingest.documents import Document
from inquote.ingest.formats import docx, html, markdown, odt, rtf, text
from inquote.ingest.formats import pdf as pdf_format
from inquote.ingest.formats.base import Parsed
from inquote.ingest.formats.builder import canonical
from made_files import pdf, word


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list item or table row; the words of a row are its cells."""

    kind: str
    words: tuple[str, ...]

    @property
    def line(self) -> str:
        return " ".join(self.words)


def as_markdown(blocks: list[Block]) -> Parsed:
    marks = {"heading": "## {}", "paragraph": "{}", "item": "- {}", "row": "{}"}
    return markdown.parse("\n\n".join(marks[block.kind].format(block.line) for block in blocks))


def as_text(blocks: list[Block]) -> Parsed:
    return text.parse(
        "\n\n".join(("- " if block.kind == "item" else "") + block.line for block in blocks)
    )


def as_html(blocks: list[Block]) -> Parsed:
    tags = {"heading": "<h2>{}</h2>", "paragraph": "<p>{}</p>", "item": "<ul><li>{}</li></ul>"}
    body = "".join(
        f"<table><tr>{''.join(f'<td>{markup.escape(w)}</td>' for w in block.words)}</tr></table>"
        if block.kind == "row"
        else tags[block.kind].format(markup.escape(block.line))
        for block in blocks
    )
    return html.parse(f"<!doctype html><meta charset=utf-8><body>{body}".encode())


def as_docx(blocks: list[Block]) -> Parsed:
    def fill(document: Any) -> None:
        for block in blocks:
            if block.kind == "heading":
                document.add_heading(block.line, 2)
            elif block.kind == "row":
                cells = document.add_table(1, len(block.words)).rows[0].cells
                for cell, word_of_cell in zip(cells, block.words, strict=True):
                    cell.text = word_of_cell
            else:
                document.add_paragraph(
                    block.line, style="List Bullet" if block.kind == "item" else None
                )

    return docx.parse(word(fill))


def as_odt(blocks: list[Block]) -> Parsed:
    forms = {
        "heading": '<text:h text:outline-level="2">{}</text:h>',
        "paragraph": "<text:p>{}</text:p>",
        "item": "<text:list><text:list-item><text:p>{}</text:p></text:list-item></text:list>",
    }
    body = []
    for block in blocks:
        if block.kind == "row":
            cells = "".join(
                f"<table:table-cell><text:p>{markup.escape(text)}</text:p></table:table-cell>"
                for text in block.words
            )
            row = f"<table:table-row>{cells}</table:table-row>"
            body.append(f"<table:table>{row}</table:table>")
        else:
            body.append(forms[block.kind].format(markup.escape(block.line)))
    return odt.parse(opendocument("".join(body)))


def as_rtf(blocks: list[Block]) -> Parsed:
    def escaped(line: str) -> str:
        codes = memoryview(line.encode("utf-16-le")).cast("H")
        return "".join(chr(code) if code < 128 else f"\\u{code}?" for code in codes)

    forms = {
        "heading": "\\pard\\outlinelevel1 {}\\par ",
        "paragraph": "\\pard {}\\par ",
        "item": "\\pard{{\\listtext\\bullet\\tab}}{}\\par ",
    }
    body = []
    for block in blocks:
        if block.kind == "row":
            cells = "".join(f"{escaped(word)}\\cell " for word in block.words)
            body.append(f"\\trowd\\pard\\intbl {cells}\\row ")
        else:
            body.append(forms[block.kind].format(escaped(block.line)))
    return rtf.parse(f"{{\\rtf1\\ansi {''.join(body)}}}".encode())


def as_pdf(blocks: list[Block]) -> Parsed:
    pages, height = [[]], 700.0  # type: ignore[var-annotated]
    for block in blocks:
        if height < 100:
            pages.append([])
            height = 700.0
        pages[-1].append((height, 16 if block.kind == "heading" else 10, block.line))
        height -= 30
    return pdf_format.parse(pdf(pages))


WRITERS: dict[str, Callable[[list[Block]], Parsed]] = {
    "markdown": as_markdown,
    "text": as_text,
    "html": as_html,
    "docx": as_docx,
    "odt": as_odt,
    "rtf": as_rtf,
    "pdf": as_pdf,
}
letters = st.text(alphabet="abcdeXYZ059é", min_size=1, max_size=9).map(lambda word: "w" + word)
wide = st.text(alphabet="aZ9é漢’👩🏽\u0301\u200d", min_size=1, max_size=9).map(
    lambda word: "w" + word
)


def blocks_of(words: st.SearchStrategy[str]) -> st.SearchStrategy[list[Block]]:
    block = st.builds(
        Block,
        st.sampled_from(["heading", "paragraph", "paragraph", "item", "row"]),
        st.lists(words, min_size=1, max_size=30).map(tuple),
    )
    return st.lists(block, min_size=1, max_size=12).map(
        lambda made: [*made, Block("paragraph", ("wend",))]
    )


def count_words(line: str) -> int:
    return len(line.split()) + 2


def check(write: Callable[[list[Block]], Parsed], blocks: list[Block]) -> None:
    parsed = write(blocks)
    wanted = "".join("".join(block.words) for block in blocks)
    marks = str.maketrans("", "", " \n|-")
    assert parsed.text.translate(marks) == canonical(wanted).translate(marks)
    digest = hashlib.sha256(parsed.text.encode()).hexdigest()
    document = Document(
        "d", "", "", parsed.text, digest, parsed.sections, parsed.pages, parsed.asides
    )
    made = chunk(document, count_words, 24)
    for passage in made.passages:
        assert parsed.text[passage.start : passage.end] == passage.text
        assert count_words(passage.embedded_text) <= 24
    for section in parsed.sections:
        assert parsed.text[section.start :].startswith(section.title)
    written = {at for at, character in enumerate(parsed.text) if not character.isspace()}
    assert written <= {at for p in (*made.passages, *made.left_out) for at in range(p.start, p.end)}
    check_blocks(parsed, written)


def check_blocks(parsed: Parsed, written: set[int]) -> None:
    """Blocks hold every character once, in text order, but for tables, rows and cells."""
    ends = {"table": 0, "row": 0, "": 0}
    seen: list[int] = []
    for block in parsed.blocks:
        place = parsed.text[block.start : block.end]
        assert place.strip() or block.kind == "cell"
        if block.kind == "cell":
            assert block.end <= ends["row"]
        elif block.kind == "row":
            assert ends["row"] <= block.start and block.end <= ends["table"]
            ends["row"] = block.end
        else:
            assert max(ends.values()) <= block.start
            ends["table" if block.kind == "table" else ""] = block.end
        if block.kind not in ("table", "row"):
            seen.extend(at for at in range(block.start, block.end) if at in written)
    separators = {at for at in written if parsed.text[at - 1 : at + 2] == " | "}
    assert len(seen) == len(set(seen)) and written - set(seen) <= separators


@pytest.mark.parametrize("kind", WRITERS)
def test_words_come_back_and_passages_miss_nothing(kind: str) -> None:
    words = letters if kind == "pdf" else st.one_of(letters, wide)
    given(blocks_of(words))(
        settings(max_examples=10, deadline=None)(lambda made: check(WRITERS[kind], made))
    )()


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRITERS)
def test_ten_thousand_documents(kind: str) -> None:
    words = letters if kind == "pdf" else st.one_of(letters, wide)
    given(blocks_of(words))(
        settings(max_examples=2_000, deadline=None)(lambda made: check(WRITERS[kind], made))
    )()
