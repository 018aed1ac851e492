"""Put a report into one HTML page that loads nothing: style and plots are inside."""

from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #667085; --line: #d5dae3; --page: #fff;
  --mark: #2f6fde; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #38404e;
  --page: #14181f; --mark: #7aa7f7; --bad: #f97066; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right;
  vertical-align: top; }
.left { text-align: left; }
th { color: var(--soft); font-weight: 600; } .broken { color: var(--bad); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 1.5rem; }
figure { margin: 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
svg text { font-size: 11px; fill: var(--soft); }
.bar { fill: var(--mark); } .axis, .guide, .curve { fill: none; }
.axis { stroke: var(--line); } .guide { stroke: var(--soft); stroke-dasharray: 4 4; }
.curve { stroke: var(--mark); stroke-width: 2; } .whisker { stroke: var(--ink); stroke-width: 1.5; }
"""


def html_page(name: str, body: str) -> str:
    """Return a whole HTML page around `body`; a policy forbids it to load anything."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(name)}</title>"
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><h1>{escape(name)}</h1>{body}</body></html>\n"
    )
