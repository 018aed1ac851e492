"""Write a summary as report.md, report.html and report.json: to read, to look at, for programs."""

import json
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from inquote.eval.metrics.calibration import reliability, risk_coverage
from inquote.eval.report.page import html_page
from inquote.eval.report.plots import Bar, bars, histogram, reliability_plot, risk_coverage_plot
from inquote.eval.report.summary import Summary
from inquote.eval.report.tables import as_html, as_markdown, report_tables


def write_report(summary: Summary, problems: list[str], folder: Path) -> None:
    """Write the three files into `folder`; `problems` are the sentences of `check_floors`."""
    folder.mkdir(parents=True, exist_ok=True)
    content = summary.as_json() | {"floors_broken": problems}
    (folder / "report.json").write_text(
        json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (folder / "report.md").write_text(markdown(summary, problems), encoding="utf-8")
    (folder / "report.html").write_text(html(summary, problems), encoding="utf-8")


def markdown(summary: Summary, problems: list[str]) -> str:
    """Return the report for reading in a terminal or on a code host."""
    about = "\n".join(f"- {name}: {value}" for name, value in format_about(summary.about))
    floors = "\n".join(f"- Floor broken: {sentence}" for sentence in problems)
    body = "\n".join(map(as_markdown, report_tables(summary)))
    parts = (f"# {title(summary)}", about, floors, body)
    return "\n\n".join(filter(None, parts))


def html(summary: Summary, problems: list[str]) -> str:
    """Return the report as one page that needs nothing else; all text is escaped."""
    parts = ["<dl>"]
    for name, value in format_about(summary.about):
        parts.append(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>")
    parts.append("</dl>")
    for sentence in problems:
        parts.append(f'<p class="broken">Floor broken: {escape(sentence)}</p>')
    first, *rest = report_tables(summary)
    parts += [as_html(first), _plots(summary), *map(as_html, rest)]
    return html_page(title(summary), "".join(parts))


def title(summary: Summary) -> str:
    """Return the heading of a report."""
    about = summary.about
    return f"{about['system']} on {about['questions']}, {len(summary.scores.ids)} questions"


def format_about(about: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what made the run as names and texts, nested values on one line."""
    lines = []
    for name, value in about.items():
        if isinstance(value, dict):
            text = ", ".join(f"{key} {inner}" for key, inner in value.items())
        else:
            text = str(value)
        lines.append((name.replace("_", " "), text))
    return lines


def _plots(summary: Summary) -> str:
    columns = summary.scores.columns
    parts = []
    confidence = columns["confidence"]
    right = columns["candidate_right"]
    known = np.isfinite(confidence) & np.isfinite(right)
    confidence, right = confidence[known], right[known]
    if len(confidence):
        coverage, risk = risk_coverage(confidence, right)
        curve = risk_coverage_plot(coverage.tolist(), risk.tolist())
        diagonal = reliability_plot(reliability(confidence, right))
        parts.append(_figure("Reliability", diagonal))
        parts.append(_figure("Risk and coverage", curve))
    latency = histogram(columns["ms_total"].tolist(), "milliseconds")
    parts.append(_figure("Latency", latency))
    parts.append(_figure("Right, by type of question", bars(_right_by_type(summary))))
    return f'<h2>Plots</h2><div class="plots">{"".join(parts)}</div>'


def _figure(caption: str, svg: str) -> str:
    return f"<figure><figcaption>{escape(caption)}</figcaption>{svg}</figure>"


def _right_by_type(summary: Summary) -> list[Bar]:
    rows = []
    for kind, figures in summary.types.items():
        right = figures["overall_right"]
        rows.append((kind, right.value, right.low, right.high))
    return rows
