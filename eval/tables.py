"""Tables as data, shown three ways: in the terminal, in Markdown, in HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from eval.bootstrap import Estimate
from eval.summary import BY_TYPE, Summary

BASELINE_METRICS = (
    *("evidence_recall@1", "evidence_recall@3", "mrr", "ndcg@10", "exact_match", "token_f1", "answer_right"),
    *("overall_right", "refusal_precision", "refusal_recall", "aurc", "verbatim_violations", "ms_total_p50"),
)


@dataclass(frozen=True)
class Table:
    """Cells of text; the first column holds names, the others are aligned right unless `prose`."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    prose: bool = False


def figure(found: Estimate | None) -> str:
    """A figure for people: three decimals below 10, one from there, "-" where there is none.

    >>> figure(Estimate(0.9514, 0.9, 1.0, 60)), figure(Estimate(41.23, 40.0, 43.0, 60))
    ('0.951', '41.2')
    """
    return "-" if found is None or found.value is None else _number(found.value)


def interval(found: Estimate) -> str:
    """The 95 % interval for people."""
    return "" if found.low is None or found.high is None else f"{_number(found.low)} to {_number(found.high)}"


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def tables(summary: Summary) -> list[Table]:
    """All tables of a report, in its order; those that would be empty are left out."""
    made = [_main(summary), _grouped("By part", summary.parts, _shown(summary)), _baselines(summary)]
    return [*(table for table in [*made, _grouped("By type", summary.types, BY_TYPE)] if table.rows), _misses(summary)]


def _main(summary: Summary) -> Table:
    rows = [
        (metric.name, figure(found), interval(found), str(found.n), metric.meaning)
        for metric in summary.metrics
        if (found := summary.figures[metric.name]).value is not None
    ]
    return Table("All questions", ("metric", "figure", "95 % interval", "questions", "meaning"), tuple(rows))


def _shown(summary: Summary) -> tuple[str, ...]:
    return tuple(name for name in BASELINE_METRICS if name in summary.figures and not name.startswith("ms_"))


def _grouped(title: str, groups: dict[str, dict[str, Estimate]], names: Sequence[str]) -> Table:
    rows = [(group, *(figure(figures.get(name)) for name in names)) for group, figures in groups.items()]
    return Table(title, ("", *names), tuple(rows))


def _baselines(summary: Summary) -> Table:
    if not summary.baselines:
        return Table("Baselines", (), ())
    names = [name for name in BASELINE_METRICS if name in summary.figures]
    columns = {**summary.baselines, "full system": summary.figures}
    rows = [(name, *(figure(figures.get(name)) for figures in columns.values())) for name in names]
    return Table("What every part is worth", ("", *columns), tuple(rows))


def _misses(summary: Summary) -> Table:
    rows = [
        (miss.id, miss.question, miss.wanted, miss.got, "" if miss.confidence is None else f"{miss.confidence:.2f}")
        for miss in summary.misses
    ]
    return Table("Not right", ("id", "question", "wanted", "got", "confidence"), tuple(rows), prose=True)


def as_markdown(table: Table) -> str:
    """A Markdown table under its title; cells are escaped."""
    rule = ["---", *(["---" if table.prose else "---:"] * (len(table.head) - 1))]
    lines = [table.head, tuple(rule), *(tuple(map(_plain, row)) for row in table.rows)]
    return f"## {table.title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _plain(cell: str) -> str:
    """A cell without line ends, the marks of Markdown and HTML taken literally."""
    return "".join(f"\\{c}" if c in "\\|`*_[]<>#$" else c for c in " ".join(cell.split()))


def as_html(table: Table) -> str:
    """An HTML section; cells are escaped."""
    kind = ' class="prose"' if table.prose else ""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.head)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    body = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return f'<h2>{escape(table.title)}</h2><div class="wide"><table{kind}>{body}</table></div>'


def as_rich(table: Table) -> Any:
    """A table for the terminal."""
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(title=table.title, title_justify="left")
    for at, name in enumerate(table.head):
        text = at == 0 or table.prose or name == "meaning"
        shown.add_column(name, justify="left" if text else "right", no_wrap=at == 0)
    for row in table.rows:
        shown.add_row(*map(Text, row))
    return shown
