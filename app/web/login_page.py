"""Serve the page to log in, the way out, and the name of who is logged in."""

from html import escape
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from inquote.app.service.viewer import viewer
from inquote.app.web.people_login import COOKIE, PeopleLogin, session_of
from inquote.app.web.refusals import Refusal
from inquote.app.web.sites import SECURE
from inquote.index.stores.sessions import SECONDS

WRONG = "The name or the password is wrong."
MOST_FIELDS = 9
# The browser forgets what it kept for the person who leaves.
FORGET = {"clear-site-data": '"storage"'}


def login_routes(login: PeopleLogin | None) -> APIRouter:
    """Make the endpoints; without a `login` there is nobody to log in."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/person")
    async def person() -> JSONResponse:
        return JSONResponse({"name": viewer().name if login else ""})

    if login is None:
        return router

    @router.get("/login", response_class=HTMLResponse)
    async def form() -> HTMLResponse:
        return HTMLResponse(login_html())

    @router.post("/login")
    async def enter(request: Request) -> Response:
        name, password = read_form(await request.body())
        address = request.client.host if request.client else ""
        try:
            secret = await login.begin(name, password, address)
        except Refusal as refusal:
            wait = {key: value for key, value in refusal.headers.items() if key == "retry-after"}
            sentence = refusal.sentence if refusal.status == 429 else WRONG
            return HTMLResponse(login_html(sentence, name), refusal.status, wait)
        query = request.url.query
        response = RedirectResponse(f"./?{query}" if query else "./", 303)
        response.set_cookie(
            COOKIE,
            secret,
            max_age=SECONDS,
            path=None,  # the folder of this page
            secure=request.scope[SECURE],
            httponly=True,
            samesite="lax",
        )
        return response

    @router.post("/logout")
    async def leave(request: Request) -> Response:
        secret = session_of(request.headers.get("cookie", ""))
        if secret:
            await login.end(secret)
        response = RedirectResponse("login", 303, FORGET)
        response.delete_cookie(COOKIE, path="")
        return response

    return router


def read_form(body: bytes) -> tuple[str, str]:
    """Return name and password of a form, "" for what it has not; it may be anything.

    >>> read_form(b"name=ann&password=a+b"), read_form(b"&" * 99)
    (('ann', 'a b'), ('', ''))
    """
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        fields = {}
    return fields.get("name", [""])[0], fields.get("password", [""])[0]


def login_html(problem: str = "", name: str = "") -> str:
    """Write the page to log in, without scripts."""
    line = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>inquote: log in</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="favicon.ico">'
        '<link rel="stylesheet" href="page/style.css"></head><body class="docs"><main>'
        f'<h1>inquote</h1>{line}<form method="post" class="login">'
        f'<p><label>Name<br><input name="name" value="{escape(name)}" autocomplete="username"'
        " required autofocus></label></p>"
        '<p><label>Password<br><input name="password" type="password"'
        ' autocomplete="current-password" required></label></p>'
        '<p><button type="submit">Log in</button></p></form></main></body></html>'
    )
