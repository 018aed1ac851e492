"""A summary to report.md, report.html and report.json: for reading, for looking, for programs."""

import json
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from inquote.eval.metrics.calibration import reliability, risk_coverage
from inquote.eval.report.plots import bars, histogram, reliability_plot, risk_coverage_plot
from inquote.eval.report.summary import Summary
from inquote.eval.report.tables import as_html, as_markdown, tables

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #667085; --line: #d5dae3; --page: #fff; --mark: #2f6fde;
  --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #38404e; --page: #14181f;
  --mark: #7aa7f7; --bad: #f97066; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 1000px;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
.left { text-align: left; }
th { color: var(--soft); font-weight: 600; } .broken { color: var(--bad); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; color: var(--soft); } dd { margin: 0;
  overflow-wrap: anywhere; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 1.5rem; }
figure { margin: 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
svg text { font-size: 11px; fill: var(--soft); } .bar { fill: var(--mark); } .axis, .guide, .curve { fill: none; }
.axis { stroke: var(--line); } .guide { stroke: var(--soft); stroke-dasharray: 4 4; }
.curve { stroke: var(--mark); stroke-width: 2; } .whisker { stroke: var(--ink); stroke-width: 1.5; }
"""


def write_report(summary: Summary, broken: list[str], folder: Path) -> None:
    """Write the three files into `folder`; `broken` are the sentences of `floors.broken`."""
    folder.mkdir(parents=True, exist_ok=True)
    content = summary.as_json() | {"floors_broken": broken}
    (folder / "report.json").write_text(
        json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (folder / "report.md").write_text(markdown(summary, broken), encoding="utf-8")
    (folder / "report.html").write_text(html(summary, broken), encoding="utf-8")


def markdown(summary: Summary, broken: list[str]) -> str:
    """The report for reading in a terminal or on a code host."""
    about = "\n".join(f"- {name}: {value}" for name, value in told(summary.about))
    floors = "\n".join(f"- Floor broken: {sentence}" for sentence in broken)
    body = "\n".join(as_markdown(table) for table in tables(summary))
    return "\n\n".join(part for part in (f"# {title(summary)}", about, floors, body) if part)


def html(summary: Summary, broken: list[str]) -> str:
    """One page that needs nothing else: style and plots are inside, all text is escaped."""
    about = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in told(summary.about)
    )
    floors = "".join(
        f'<p class="broken">Floor broken: {escape(sentence)}</p>' for sentence in broken
    )
    first, *rest = tables(summary)
    body = "".join(
        [f"<dl>{about}</dl>", floors, as_html(first), _plots(summary), *map(as_html, rest)]
    )
    return page(title(summary), body)


def page(name: str, body: str) -> str:
    """A whole HTML page around `body`; a policy forbids it to load anything."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(name)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><h1>{escape(name)}</h1>{body}</body></html>\n"
    )


def title(summary: Summary) -> str:
    """The heading of a report."""
    return f"{summary.about['system']} on {summary.about['questions']}, {len(summary.scores.ids)} questions"


def told(about: dict[str, Any]) -> list[tuple[str, str]]:
    """What made the run, as names and texts; nested values on one line."""
    return [
        (
            name.replace("_", " "),
            ", ".join(f"{k} {v}" for k, v in value.items())
            if isinstance(value, dict)
            else str(value),
        )
        for name, value in about.items()
    ]


def _plots(summary: Summary) -> str:
    columns = summary.scores.columns
    known = np.isfinite(columns["confidence"]) & np.isfinite(columns["candidate_right"])
    confidence, right = columns["confidence"][known], columns["candidate_right"][known]
    drawn = [("Latency", histogram(columns["ms_total"].tolist(), "milliseconds"))]
    if len(confidence):
        drawn = [
            ("Reliability", reliability_plot(reliability(confidence, right))),
            (
                "Risk and coverage",
                risk_coverage_plot(*(part.tolist() for part in risk_coverage(confidence, right))),
            ),
            *drawn,
        ]
    drawn.append(("Right, by type of question", bars(_by_type(summary))))
    figures = "".join(
        f"<figure><figcaption>{escape(name)}</figcaption>{svg}</figure>" for name, svg in drawn
    )
    return f'<h2>Plots</h2><div class="plots">{figures}</div>'


def _by_type(summary: Summary) -> list[tuple[str, float | None, float | None, float | None]]:
    found = {kind: figures["overall_right"] for kind, figures in summary.types.items()}
    return [(kind, figure.value, figure.low, figure.high) for kind, figure in found.items()]
