"""Write a table and the paragraphs around it as a file, the way people bring such a report."""

import csv
import io
from collections.abc import Sequence
from html import escape

FORMATS = ("md", "html", "csv")

Rows = Sequence[Sequence[str]]


def report_files(rows: Rows, paragraphs: Sequence[str], format: str) -> dict[str, str]:
    """Return the files of a report: names to contents.

    Markdown and HTML hold the table where the text announces it: behind the first paragraph that
    ends with a colon, else at the beginning. A CSV file holds the table alone, and its paragraphs
    stand in a text file.
    """
    texts = [" ".join(text.split()) for text in paragraphs]
    if format == "csv":
        files = {"report.csv": csv_table(rows)}
        return files | {"report.txt": "\n\n".join(texts) + "\n"} if texts else files
    place = 0
    for number, text in enumerate(texts, 1):
        if text.endswith(":"):
            place = number
            break
    if format == "html":
        parts = [f"<p>{escape(text)}</p>" for text in texts]
        parts.insert(place, html_table(rows))
        body = "\n".join(parts)
        return {"report.html": f"<!doctype html>\n<html><body>\n{body}\n</body></html>\n"}
    parts = list(texts)
    parts.insert(place, markdown_table(rows))
    return {"report.md": "\n\n".join(parts) + "\n"}


def markdown_table(rows: Rows) -> str:
    """Return a table of pipes; its first row is the header."""
    width = max(map(len, rows))
    lines = []
    for row in rows:
        cells = [" ".join(cell.split()).replace("|", "\\|") for cell in row]
        cells += [""] * (width - len(cells))
        lines.append(f"| {' | '.join(cells)} |")
    lines.insert(1, f"|{' --- |' * width}")
    return "\n".join(lines)


def html_table(rows: Rows) -> str:
    """Return a table of plain cells, as reports are filed: no cell is marked as a header."""
    lines = ["<table>"]
    for row in rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row)
        lines.append(f"<tr>{cells}</tr>")
    return "\n".join((*lines, "</table>"))


def csv_table(rows: Rows) -> str:
    """Return a table with commas, quoted where needed."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()
