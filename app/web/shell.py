"""The page before it runs: Gradio's empty shell, with something to see in it and nothing about elsewhere.

Gradio builds the page in the browser from some sixty files. Until then the shell shows the name and that the page is
being opened, so that the first paint waits for none of them.
"""

import re

ELSEWHERE = re.compile(
    rb'<meta\s[^>]*(?:property|name)="(?:og|twitter):[^>]*>\s*|<link rel="manifest"[^>]*>\s*'
)
STYLE = b'<link rel="stylesheet" href="/page/style.css">'
OPENING = b'<div id="opening" role="status"><b>inquote</b><p>Opening the page ...</p></div>'


def dressed(page: bytes) -> bytes:
    """The shell with our style and the notice that the page is being opened, without previews for other sites.

    >>> dressed(b'<head><meta property="og:title" content="x"></head><body style="">').startswith(b"<head><link")
    True
    """
    page = ELSEWHERE.sub(b"", page)
    page = page.replace(b"</head>", STYLE + b"</head>", 1)
    return re.sub(rb"<body[^>]*>", lambda body: body.group() + OPENING, page, count=1)
