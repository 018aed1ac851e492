"""Prepare the page's HTML before it is sent: add something to see, take out links to elsewhere.

Gradio builds the page in the browser from some sixty files. Until then the HTML shows the name and
that the page is being opened, so that the first paint waits for none of them.
"""

import re

PREVIEWS = re.compile(
    rb'<meta\s(?=[^<>]*+>)[^<>]*(?:property|name)="(?:og|twitter):[^<>]*+>\s*+'
    rb'|<link rel="manifest"[^<>]*+>\s*+'
)
STYLE = b'<link rel="stylesheet" href="/page/style.css">'
OPENING = b'<div id="opening" role="status"><b>inquote</b><p>Opening the page ...</p></div>'


def prepare_page(page: bytes) -> bytes:
    """Add our style and the opening notice, and remove the previews for other sites.

    >>> page = b'<head><meta property="og:title" content="x"></head><body style="">'
    >>> prepare_page(page).startswith(b"<head><link")
    True
    """
    page = PREVIEWS.sub(b"", page)
    page = page.replace(b"</head>", STYLE + b"</head>", 1)
    return re.sub(rb"<body[^<>]*+>", lambda body: body.group() + OPENING, page, count=1)
