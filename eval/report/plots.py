"""Draw plots as inline SVG, plain functions of numbers.

Colours come from the page's style, so dark mode needs nothing.
"""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from inquote.eval.metrics.calibration import Bin

WIDTH, HEIGHT = 440, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 14, 44  # margins around the plot
_SHARES = ("0", "0.2", "0.4", "0.6", "0.8", "1")

Bar = tuple[str, float | None, float | None, float | None]
"""Label, value, low and high end of the interval, all in [0, 1]."""


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _line(points: Iterable[tuple[float, float]], kind: str) -> str:
    path = " ".join(f"{_x(x)},{_y(y)}" for x, y in points)
    return f'<polyline class="{kind}" points="{path}"/>'


def _box(x: float, y: float, width: float, kind: str, title: str) -> str:
    """Draw a bar from the ground to `y`; numbers are shares of the plot."""
    size = f'x="{_x(x)}" y="{_y(y)}" width="{_x(width) - _x(0):.1f}" height="{_y(0) - _y(y):.1f}"'
    return f'<rect class="{kind}" {size}><title>{escape(title)}</title></rect>'


def _text(x: float, y: float, text: str, anchor: str = "middle", turn: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turn}>{escape(text)}</text>'


def _frame(
    parts: Iterable[str], x_label: str, y_label: str, x_ticks: Sequence[str], y_ticks: Sequence[str]
) -> str:
    """Draw axes around `parts`; ticks are labels at equal distances along an axis."""
    drawn = [_line([(0, 1), (0, 0), (1, 0)], "axis")]

    # Label the ticks.
    for i, tick in enumerate(x_ticks):
        x = _x(i / (len(x_ticks) - 1))
        drawn.append(_text(x, HEIGHT - BOTTOM + 16, tick))
    for i, tick in enumerate(y_ticks):
        y = _y(i / (len(y_ticks) - 1))
        drawn.append(_text(LEFT - 6, y + 4, tick, "end"))

    # Label the axes.
    center = (_x(0) + _x(1)) / 2
    middle = (TOP + HEIGHT - BOTTOM) / 2
    turn = f' transform="rotate(-90 13 {middle:.1f})"'
    drawn.append(_text(center, HEIGHT - 8, x_label))
    drawn.append(_text(13, middle, y_label, turn=turn))
    name = escape(f"{y_label} by {x_label}")
    body = "".join([*drawn, *parts])
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">{body}</svg>'


def reliability_plot(bins: Sequence[Bin]) -> str:
    """Draw the share of right answers by confidence, the number of answers on each bar.

    On the diagonal a confidence is what it says.
    """
    parts = [_line([(0, 0), (1, 1)], "guide")]
    for bin in bins:
        title = f"{bin.count} answers, confidence {bin.confidence:.2f}, right {bin.right:.2f}"
        width = bin.high - bin.low - 0.01
        parts.append(_box(bin.low, bin.right, width, "bar", title))
        center = _x((bin.low + bin.high) / 2)
        parts.append(_text(center, _y(bin.right) - 4, str(bin.count)))
    return _frame(parts, "confidence", "share right", _SHARES, _SHARES)


def risk_coverage_plot(coverage: Sequence[float], risk: Sequence[float]) -> str:
    """Draw the share of wrong answers by the share of questions answered, surest first."""
    points = list(zip(map(float, coverage), map(float, risk), strict=True))
    return _frame([_line(points, "curve")], "coverage", "risk", _SHARES, _SHARES)


def histogram(values: Sequence[float], label: str, bins: int = 20) -> str:
    """Draw how many values fall into each of `bins` equal steps from 0 to the largest."""
    top = max([*values, 1e-9])
    counts = [0] * bins
    for value in values:
        at = int(value / top * bins)
        counts[min(at, bins - 1)] += 1
    most = max(counts)
    edges = [top * i / bins for i in range(bins + 1)]
    parts = []
    for i, (count, (low, high)) in enumerate(zip(counts, pairwise(edges), strict=True)):
        height = count / most if most else 0.0
        title = f"{low:.0f} to {high:.0f}: {count}"
        parts.append(_box(i / bins, height, 0.9 / bins, "bar", title))
    ticks = [f"{top * i / 5:.0f}" for i in range(6)]
    return _frame(parts, label, "questions", ticks, ["0", str(most)])


def bars(rows: Sequence[Bar]) -> str:
    """Draw a horizontal bar a row, with its interval as a whisker."""
    step, left = 24, 150
    scale = WIDTH - left - 60
    parts = []
    for at, (label, value, low, high) in enumerate(rows):
        y = at * step + 4
        parts.append(_text(left - 8, y + 13, label, "end"))
        if value is None or low is None or high is None:
            parts.append(_text(left + 4, y + 13, "none", "start"))
            continue
        width = f"{value * scale:.1f}"
        parts.append(f'<rect class="bar" x="{left}" y="{y}" width="{width}" height="16"/>')
        ends = f'x1="{left + low * scale:.1f}" x2="{left + high * scale:.1f}"'
        parts.append(f'<line class="whisker" {ends} y1="{y + 8}" y2="{y + 8}"/>')
        end = left + max(value, high) * scale
        parts.append(_text(end + 6, y + 13, f"{value:.2f}", "start"))
    height = len(rows) * step + 8
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img">{"".join(parts)}</svg>'
