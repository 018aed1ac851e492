"""List the files that the page loads beside Gradio's own; shell.py adds style.css before them."""

STYLES = ("style.css", "document.css", "drawer.css", "pages.css", "scope_control.css", "panes.css")
SCRIPTS = ("page.js", "copying.js", "feedback.js", "drawer.js", "keys.js", "person.js", "panes.js")


def head_html() -> str:
    """Write the links to the files, relative to the page, which a proxy may have put anywhere."""
    links = [f'<link rel="stylesheet" href="page/{name}">' for name in STYLES]
    links += [f'<script src="page/{name}" type="module"></script>' for name in SCRIPTS]
    return "".join(links)
