"""Tables as data, shown three ways: in the terminal, in Markdown, in HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from inquote.eval.metrics.bootstrap import Estimate
from inquote.eval.report.summary import BY_TYPE, Figures, Summary

BASELINE_METRICS = (
    *(
        "evidence_recall@1",
        "evidence_recall@3",
        "mrr",
        "ndcg@10",
        "exact_match",
        "token_f1",
        "answer_right",
    ),
    *(
        "overall_right",
        "refusal_precision",
        "refusal_recall",
        "aurc",
        "verbatim_violations",
        "ms_total_p50",
    ),
)


@dataclass(frozen=True)
class Table:
    """Cells of text; the first column and "meaning" are aligned left, the others right unless the table is `prose`."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    prose: bool = False

    @property
    def left(self) -> list[bool]:
        """Of each column, whether it is aligned left."""
        return [self.prose or at == 0 or name == "meaning" for at, name in enumerate(self.head)]


def figure(found: Estimate | None) -> str:
    """A figure for people: three decimals below 10, one from there, "-" where there is none.

    >>> figure(Estimate(0.9514, 0.9, 1.0, 60)), figure(Estimate(41.23, 40.0, 43.0, 60))
    ('0.951', '41.2')
    """
    return "-" if found is None or found.value is None else _number(found.value)


def interval(found: Estimate) -> str:
    """The 95 % interval for people."""
    return (
        ""
        if found.low is None or found.high is None
        else f"{_number(found.low)} to {_number(found.high)}"
    )


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def tables(summary: Summary) -> list[Table]:
    """All tables of a report, in its order; those that would be empty are left out."""
    names = [name for name in BASELINE_METRICS if name in summary.figures]
    systems = {**summary.baselines, "full system": summary.figures} if summary.baselines else {}
    made = [
        _main(summary),
        _beside("What every part is worth", systems, names),
        _beside("By part", summary.parts, [name for name in names if not name.startswith("ms_")]),
        _by_type(summary),
        _misses(summary),
    ]
    return [table for table in made if table.rows]


def _main(summary: Summary) -> Table:
    rows = [
        (metric.name, figure(found), interval(found), str(found.n), metric.meaning)
        for metric in summary.metrics
        if (found := summary.figures[metric.name]).value is not None
    ]
    return Table(
        "All questions", ("metric", "figure", "95 % interval", "questions", "meaning"), tuple(rows)
    )


def _beside(title: str, groups: dict[str, Figures], names: Sequence[str]) -> Table:
    """A column a group, a row a metric."""
    rows = [
        (name, *(figure(figures.get(name)) for figures in groups.values()))
        for name in names
        if groups
    ]
    return Table(title, ("", *groups), tuple(rows))


def _by_type(summary: Summary) -> Table:
    rows = [
        (kind, str(figures["overall_right"].n), *(figure(figures[name]) for name in BY_TYPE))
        for kind, figures in summary.types.items()
    ]
    return Table("By type", ("", "questions", *BY_TYPE), tuple(rows))


def _misses(summary: Summary) -> Table:
    rows = [
        (
            miss.id,
            miss.question,
            miss.wanted,
            miss.got,
            "" if miss.confidence is None else f"{miss.confidence:.2f}",
        )
        for miss in summary.misses
    ]
    return Table(
        "Not right", ("id", "question", "wanted", "got", "confidence"), tuple(rows), prose=True
    )


def as_markdown(table: Table) -> str:
    """A Markdown table under its title; cells are escaped."""
    rule = tuple("---" if left else "---:" for left in table.left)
    lines = [table.head, rule, *(tuple(map(_plain, row)) for row in table.rows)]
    return f"## {table.title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _plain(cell: str) -> str:
    """A cell without line ends, the marks of Markdown and HTML taken literally."""
    return "".join(f"\\{c}" if c in "\\|`*_[]<>#$" else c for c in " ".join(cell.split()))


def as_html(table: Table) -> str:
    """An HTML section; cells are escaped."""
    head = _html_row("th", table.head, table.left)
    rows = "".join(_html_row("td", row, table.left) for row in table.rows)
    body = f"<thead>{head}</thead><tbody>{rows}</tbody>"
    return f'<h2>{escape(table.title)}</h2><div class="wide"><table>{body}</table></div>'


def _html_row(tag: str, cells: Sequence[str], left: Sequence[bool]) -> str:
    kinds = [' class="left"' if is_left else "" for is_left in left]
    made = (f"<{tag}{kind}>{escape(cell)}</{tag}>" for cell, kind in zip(cells, kinds, strict=True))
    return f"<tr>{''.join(made)}</tr>"


def as_rich(table: Table) -> Any:
    """A table for the terminal."""
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(title=table.title, title_justify="left")
    for at, (name, left) in enumerate(zip(table.head, table.left, strict=True)):
        shown.add_column(name, justify="left" if left else "right", no_wrap=at == 0)
    for row in table.rows:
        shown.add_row(*map(Text, row))
    return shown
