"""Prepare the page's HTML before it is sent: add something to see, take out links to elsewhere.

The page finds all else relative to its own address, which a proxy may have put below a folder.

Gradio builds the page in the browser from some sixty files. Until then the HTML shows the name and
that the page is being opened, so that the first paint waits for none of them.
"""

import re

PREVIEWS = re.compile(
    rb'<meta\s(?=[^<>]*+>)[^<>]*(?:property|name)="(?:og|twitter):[^<>]*+>\s*+'
    rb'|<link rel="manifest"[^<>]*+>\s*+'
)
STYLE = (
    b'<link rel="icon" type="image/svg+xml" href="favicon.ico">'
    b'<link rel="stylesheet" href="page/style.css">'
)
# Gradio writes the address by which it was called; behind a proxy the browser knows another.
ROOT = re.compile(rb'const root = "[^"\\]*";')
OWN_ROOT = (
    b'const root = new URL("./", window.location.href).href.replace(/\\/$/, "");'
    b"\n\t\t\t\twindow.gradio_config.root = root;"
)
OPENING = b'<div id="opening" role="status"><b>inquote</b><p>Opening the page ...</p></div>'


def prepare_page(page: bytes) -> bytes:
    """Add our style and the opening notice, tell where the page is, remove the previews for others.

    >>> page = b'<head><meta property="og:title" content="x"></head><body style="">'
    >>> prepare_page(page).startswith(b'<head><link rel="icon" type="image/svg+xml"')
    True
    """
    page = ROOT.sub(lambda _: OWN_ROOT, PREVIEWS.sub(b"", page), count=1)
    page = page.replace(b"</head>", STYLE + b"</head>", 1)
    return re.sub(rb"<body[^<>]*+>", lambda body: body.group() + OPENING, page, count=1)
