"""Lay figures out as tables, and show a table three ways: in the terminal, in Markdown, in HTML."""

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from inquote.eval.metrics.bootstrap import Estimate
from inquote.eval.report.summary import BY_FORM, BY_TYPE, Figures, Summary

_MARKDOWN_MARKS = re.compile(r"[\\|`*_\[\]<>#$]")

BASELINE_METRICS = (
    "evidence_recall@1",
    "evidence_recall@3",
    "mrr",
    "ndcg@10",
    "exact_match",
    "token_f1",
    "answer_right",
    "overall_right",
    "refusal_precision",
    "refusal_recall",
    "aurc",
    "verbatim_violations",
    "ms_total_p50",
)


@dataclass(frozen=True)
class Table:
    """Cells of text under a head.

    The first column and "meaning" are aligned left, all columns of a table of `prose` too; the
    others are aligned right.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    prose: bool = False

    @property
    def left(self) -> list[bool]:
        """Tell of each column whether it is aligned left."""
        return [self.prose or at == 0 or name == "meaning" for at, name in enumerate(self.head)]


def format_figure(estimate: Estimate | None) -> str:
    """Return a figure for people, "-" where there is none; see `format_number`.

    >>> format_figure(Estimate(0.9514, 0.9, 1.0, 60))
    '0.951'
    >>> format_figure(Estimate(41.23, 40.0, 43.0, 60))
    '41.2'
    """
    if estimate is None or estimate.value is None:
        return "-"
    return format_number(estimate.value)


def format_interval(estimate: Estimate) -> str:
    """Return the 95 % interval for people."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{format_number(estimate.low)} to {format_number(estimate.high)}"


def format_number(value: float) -> str:
    """Return a number with three decimals below 10, with one from there."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def report_tables(summary: Summary) -> list[Table]:
    """Return all tables of a report, in its order, without empty ones."""
    names = [name for name in BASELINE_METRICS if name in summary.figures]
    untimed = [name for name in names if not name.startswith("ms_")]
    systems = {**summary.baselines, "full system": summary.figures} if summary.baselines else {}
    tables = [
        _all_questions_table(summary),
        _side_by_side("What every part is worth", systems, names),
        _side_by_side("By part", summary.parts, untimed),
        _types_table(summary),
        _side_by_side("By form", summary.forms, BY_FORM),
        _misses_table(summary),
    ]
    return [table for table in tables if table.rows]


def _all_questions_table(summary: Summary) -> Table:
    rows = []
    for metric in summary.metrics:
        figure = summary.figures[metric.name]
        if figure.value is not None:
            row = (
                metric.name,
                format_figure(figure),
                format_interval(figure),
                str(figure.n),
                metric.meaning,
            )
            rows.append(row)
    head = ("metric", "figure", "95 % interval", "questions", "meaning")
    return Table("All questions", head, tuple(rows))


def _side_by_side(title: str, groups: dict[str, Figures], names: Sequence[str]) -> Table:
    """Lay out a column a group and a row a metric; without groups there are no rows."""
    rows = []
    for name in names if groups else ():
        figures = [group.get(name) for group in groups.values()]
        rows.append((name, *map(format_figure, figures)))
    return Table(title, ("", *groups), tuple(rows))


def _types_table(summary: Summary) -> Table:
    rows = []
    for kind, figures in summary.types.items():
        cells = [format_figure(figures[name]) for name in BY_TYPE]
        rows.append((kind, str(figures["overall_right"].n), *cells))
    return Table("By type", ("", "questions", *BY_TYPE), tuple(rows))


def _misses_table(summary: Summary) -> Table:
    rows = []
    for miss in summary.misses:
        confidence = "" if miss.confidence is None else f"{miss.confidence:.2f}"
        rows.append((miss.id, miss.question, miss.wanted, miss.got, confidence))
    head = ("id", "question", "wanted", "got", "confidence")
    return Table("Not right", head, tuple(rows), prose=True)


def as_markdown(table: Table) -> str:
    """Return a Markdown table under its title; cells are escaped."""
    rule = tuple("---" if left else "---:" for left in table.left)
    lines = [f"## {table.title}", "", _markdown_row(table.head), _markdown_row(rule)]
    for row in table.rows:
        lines.append(_markdown_row([_escape_markdown(cell) for cell in row]))
    return "\n".join(lines) + "\n"


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escape_markdown(cell: str) -> str:
    """Return a cell on one line that Markdown and HTML take literally."""
    return _MARKDOWN_MARKS.sub(r"\\\g<0>", " ".join(cell.split()))


def as_html(table: Table) -> str:
    """Return an HTML section; cells are escaped."""
    head = _html_row("th", table.head, table.left)
    rows = "".join(_html_row("td", row, table.left) for row in table.rows)
    body = f"<thead>{head}</thead><tbody>{rows}</tbody>"
    return f'<h2>{escape(table.title)}</h2><div class="wide"><table>{body}</table></div>'


def _html_row(tag: str, cells: Sequence[str], left: Sequence[bool]) -> str:
    parts = []
    for cell, is_left in zip(cells, left, strict=True):
        kind = ' class="left"' if is_left else ""
        parts.append(f"<{tag}{kind}>{escape(cell)}</{tag}>")
    return f"<tr>{''.join(parts)}</tr>"


def print_tables(tables: Iterable[Table]) -> None:
    """Print tables to the terminal, or 160 columns wide to anything else."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 160)
    for table in tables:
        console.print(as_rich(table))
        console.print()


def as_rich(table: Table) -> Any:
    """Return a table for the terminal."""
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(title=table.title, title_justify="left")
    for at, (name, left) in enumerate(zip(table.head, table.left, strict=True)):
        shown.add_column(name, justify="left" if left else "right", no_wrap=at == 0)
    for row in table.rows:
        shown.add_row(*map(Text, row))
    return shown
