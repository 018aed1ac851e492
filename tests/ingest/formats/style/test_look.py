"""What a page's own styles hide, checked against what Chromium draws (`DOUBTS` aside)."""

import pytest

from inquote.ingest.formats import html
from inquote.ingest.formats.style import cascade
from inquote.ingest.formats.style.selectors import Compound

PAGE = "<!doctype html><html><head>{}</head><body><p id=seen>Seen here.</p>{}</body></html>"
P = "<p class=x>SECRET</p>"


def reason_of(css: str, body: str, head: str = "") -> str:
    """The reason that hides the word SECRET on a page, "" where it is seen."""
    parsed = html.parse(PAGE.format(f"{head}<style>{css}</style>", body).encode())
    assert "SECRET" in parsed.text
    for hidden in parsed.hidden:
        if "SECRET" in parsed.text[hidden.start : hidden.end]:
            return hidden.reason
    return ""


SR = ".x{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)}"
HIDDEN = [
    (".x{display:none}", P, "display: none"),
    ("#x{display:none}", "<p id=x>SECRET</p>", "display: none"),
    ("article{display:none}", "<article>SECRET</article>", "display: none"),
    (
        "div.x b span{display:none}",
        "<div class=x>a <b><i><span>SECRET</span></i></b></div>",
        "display: none",
    ),
    (
        ".q, .x{display:none!important}",
        "<p class=x style='display:block'>SECRET</p>",
        "display: none",
    ),
    ("[data-x='1']{display:none}", "<p data-x=1>SECRET</p>", "display: none"),
    (":root .x{display:none}", P, "display: none"),
    ("@media screen{.x{display:none}}", P, "display: none"),
    ("/* .y{} */ .x{/**/dis\\70lay:none}", P, "display: none"),
    (".x{content:'}';display:none}", P, "display: none"),
    (".x{background:url(data:image/png;base64,AA}B);display:none}", P, "display: none"),
    ("<!-- .x{display:none} -->", P, "display: none"),
    (".x{display:none", P, "display: none"),
    ("", "<p hidden>SECRET</p>", "hidden attribute"),
    (".x{visibility:hidden}", P, "visibility: hidden"),
    (".x{opacity:0}", P, "opacity: 0"),
    (".x{font-size:0}", P, "font-size: 0"),
    (".x{font:0/0 a}", P, "font-size: 0"),
    (".x{font-size:1px}", P, "font-size: 1px"),
    (".x{color:#fff}", P, "white text"),
    (".x{color:rgb(255 255 255 / 1)}", P, "white text"),
    (".x{color:hsl(0,0%,100%)}", P, "white text"),
    ("", "<p style='color:#fefefe'>SECRET</p>", "white text"),
    ("", "<p><font color=white>SECRET</font></p>", "white text"),
    ("body{background:#000;color:#010101}", P, "text in the colour of its background"),
    (".x{color:transparent}", P, "transparent text"),
    (".x{position:absolute;left:-9999px}", P, "off the screen"),
    (".x{position:fixed;top:-5000px}", P, "off the screen"),
    (".x{text-indent:-9999px}", P, "off the screen"),
    (".x{transform:translateX(-9999px)}", P, "off the screen"),
    (SR, "<p>Hi <span class=x>SECRET</span></p>", "no room to be seen"),
    (".x{height:0;overflow:hidden}", "<div class=x>SECRET</div>", "no room to be seen"),
    (".x{max-height:0;overflow:hidden}", "<div class=x>SECRET</div>", "no room to be seen"),
    (".x{clip-path:inset(50%)}", P, "no room to be seen"),
    (".x{transform:scale(0)}", P, "no room to be seen"),
]
SEEN = [
    (".x{display:none}", "<p class=x style='display:block'>SECRET</p>"),
    (".x{display:none} p.x{display:block}", P),
    (".a>.b{display:none}", "<div class=a><div><p class=b>SECRET</p></div></div>"),
    (".X{display:none}", P),
    ("@media print{.x{display:none}}", P),
    ("@media screen{@media print{.x{display:none}}}", P),
    (".x:hover{display:none}", P),
    (".x::before{display:none}", P),
    ("[hidden].x{display:block}", "<p hidden class=x>SECRET</p>"),
    (".x{display:none;&.x{display:block}}", P),
    (".x{visibility:hidden}.y{visibility:visible}", "<div class=x><p class=y>SECRET</p></div>"),
    (".x{font-size:0}.x span{font-size:14px}", "<p class=x><span>SECRET</span></p>"),
    (".x{font:400 12px/1.2 Arial}", P),
    (".x{color:white}body{background:black}", P),
    (".x{background:#123}", "<div class=x><p style='color:#fff'>SECRET</p></div>"),
    (
        ".x{background:#123 url(a.png) no-repeat}",
        "<div class=x><p style='color:#fff'>SECRET</p></div>",
    ),
    ("", "<table><tr><td bgcolor=navy><font color=white>SECRET</font></td></tr></table>"),
    (".x{color:#fff}", "<p class=x><a href=u>SECRET</a></p>"),
    (".x{color:#fff;text-shadow:0 0 3px #000}", P),
    (".x{color:transparent;background:linear-gradient(red,blue);background-clip:text}", P),
    (".x{color:#999}", P),
    (".x{height:0;overflow:hidden}", "<span class=x>SECRET</span>"),
    (".x{height:0;overflow:hidden;padding-bottom:56%}", "<div class=x>SECRET</div>"),
]
DOUBTS = [  # seen on some screen, after a click or through a script
    ("@media (max-width:600px){.x{display:none}}", P),
    (".m ul{display:none}.m:hover ul{display:block}", "<div class=m>M<ul><li>SECRET</ul></div>"),
    (".t{display:none}#c:checked~.t{display:block}", "<input id=c><p class=t>SECRET</p>"),
    ("p:not(#seen){display:none}", P),
    (".x{opacity:0;animation:a 1s forwards}", P),
    (".x{color:#fff}.y{background:url(a.png)}", "<div class=y><p class=x>SECRET</p></div>"),
    (".x{color:#fff;position:absolute}", P),
    (".x{color:#fff;position:relative}", f"<div><img src=a>{P}</div>"),
    (".x{position:absolute;left:-100px}", P),
    (".x{color:var(--ink)}", P),
    ("", "<p hidden=until-found>SECRET</p>"),
]


@pytest.mark.parametrize(("css", "body", "reason"), HIDDEN)
def test_what_no_reader_sees_is_hidden(css: str, body: str, reason: str) -> None:
    assert reason_of(css, body) == reason


@pytest.mark.parametrize(("css", "body"), SEEN + DOUBTS)
def test_what_a_reader_sees_or_may_see_is_not_hidden(css: str, body: str) -> None:
    assert reason_of(css, body) == ""


def test_a_style_sheet_elsewhere_may_put_a_dark_colour_behind_white_text() -> None:
    link = "<link rel=stylesheet href=a.css>"
    assert reason_of(".x{color:#fff}", P, link) == ""
    assert reason_of("", "<p style='color:#fff;background:#fff'>SECRET</p>", link) == "white text"
    assert reason_of(".x{display:none}", P, link) == "display: none"


def test_a_page_that_a_script_shows_is_not_hidden_whole() -> None:
    page = "<html><head><style>body{opacity:0}</style>{}</head><body><p>Otters swim.</body></html>"
    assert html.parse(page.replace("{}", "<script></script>", 1).encode()).hidden == ()
    assert [hidden.reason for hidden in html.parse(page.encode()).hidden] == ["opacity: 0"]


def test_styles_for_print_and_those_without_a_script_do_not_hide() -> None:
    for attribute in ("media=print", "type=text/less", "media='(max-width: 600px)'"):
        head = f"<style {attribute}>.x{{display:none}}</style>"
        assert reason_of("", P, head) == ""
    head = "<noscript><style>.x{display:block}</style></noscript>"
    assert reason_of(".x{display:none}", P, head) == ""


def comparisons(page: str, monkeypatch: pytest.MonkeyPatch, steps: int) -> int:
    """Return how many parts of selectors are compared with elements where `steps` are allowed."""
    made = []
    accepts = Compound.accepts
    monkeypatch.setattr(Compound, "accepts", lambda *pair: made.append(pair) or accepts(*pair))
    monkeypatch.setattr(cascade, "MAX_STEPS", steps)
    html.parse(page.encode())
    return len(made)


def test_a_style_sheet_made_to_be_slow_runs_out_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = "".join(f".c{at} .a{{color:red}}" for at in range(200))
    nested = "".join(f"<div class=c{at}>" for at in range(100)) + "<p class=a>x</p>" * 200
    page = PAGE.format(f"<style>{rules}</style>", nested)
    assert comparisons(page, monkeypatch, 10**9) > 100_000
    monkeypatch.undo()
    assert comparisons(page, monkeypatch, 1_000) <= 1_001


def test_without_steps_nothing_of_the_style_sheets_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cascade, "MAX_STEPS", 0)
    assert reason_of(".x{display:none}", P) == ""
    assert reason_of("", "<p style='display:none'>SECRET</p>") == "display: none"
