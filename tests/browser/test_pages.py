"""The pages of a document as they look, in a real browser: marks, words, and what falls back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paged import SENTENCES, paged_system, pictured_system
from playwright.sync_api import Page, Route, expect

from browser.driving import Tab, serious, until
from fake_system import FakeSystem, opener
from made_files import drawn_pdf, shown
from serving import served

BOX = "#pane .document-pages .mark.current"
# The text of the words below the boxes of a mark, by their places on the screen.
BELOW = """box => {
    const b = box.getBoundingClientRect();
    const isBelow = word => {
        const w = word.getBoundingClientRect();
        const across = Math.min(w.right, b.right) - Math.max(w.left, b.left);
        const down = Math.min(w.bottom, b.bottom) - Math.max(w.top, b.top);
        return across > 0.5 * w.width && down > 0.5 * w.height;
    };
    const wordsOf = node => [...node.data.matchAll(/\\S+\\s*/g)].map(({0: word, index}) => {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        return range;
    });
    return [...document.querySelectorAll('.document-pages .line > span')]
        .flatMap(run => wordsOf(run.firstChild)).filter(isBelow).join('');
}"""
IS_SEEN = """element => {
    const e = element.getBoundingClientRect();
    const p = document.querySelector('.document-pages').getBoundingClientRect();
    return e.top >= p.top && e.bottom <= p.bottom && e.height > 0;
}"""
SELECT = """() => {
    const lines = [...document.querySelectorAll('.page[data-page="1"] .line')];
    getSelection().setBaseAndExtent(lines[0], 0, lines[1], lines[1].childNodes.length);
    const copied = new DataTransfer();
    const options = {clipboardData: copied, bubbles: true, cancelable: true};
    const event = new ClipboardEvent('copy', options);
    lines[0].dispatchEvent(event);
    return copied.getData('text/plain');
}"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeSystem, str]]:
    system = paged_system(tmp_path_factory.mktemp("paged"))
    with served(opener(system)) as address:
        yield system, address


@pytest.fixture
def address(shelf: tuple[FakeSystem, str]) -> str:
    return shelf[1]


def drawn(page: Page, number: int) -> None:
    """Wait until a page is drawn, with its words."""
    frame = page.locator(f"#pane .page[data-page='{number}']")
    expect(frame.locator("canvas")).to_be_visible()
    expect(frame.locator(".line").first).to_be_attached()


def cited(tab: Tab, number: int) -> Tab:
    """Wait until the cited place on a page is shown; the page may have been there before."""
    expect(tab.page.locator(BOX).first).to_be_visible()
    drawn(tab.page, number)
    return tab


def test_a_citation_opens_its_page_with_a_box_on_its_words(tab: Tab) -> None:
    cited(tab.ask("Was there fever?"), 1)
    box = tab.page.locator(BOX)
    expect(box).to_have_count(1)
    assert box.evaluate(BELOW) == SENTENCES[0]
    assert box.evaluate(IS_SEEN)
    assert tab.page.locator("#pane .document-text .part").count() == 0
    expect(tab.page.locator("#pane .at")).to_contain_text("page 101 (1)")
    frame = tab.page.locator("#pane .page").first
    assert frame.get_attribute("aria-label") == "Page 1, printed 101"
    assert SENTENCES[0] in (frame.locator(".words").text_content() or "")


def test_the_keys_step_from_place_to_place(tab: Tab) -> None:
    cited(tab.ask("What is the dose?"), 2)
    until(tab.page, lambda: tab.page.locator(BOX).evaluate(BELOW).startswith("5 mg a day"))
    tab.page.keyboard.press("Alt+ArrowDown")
    drawn(tab.page, 3)
    until(tab.page, lambda: tab.page.locator(BOX).evaluate(BELOW) == SENTENCES[2])
    assert tab.page.locator(BOX).evaluate(IS_SEEN)


def test_the_switch_shows_the_text_and_is_remembered(tab: Tab) -> None:
    cited(tab.ask("Was there fever?"), 1)
    tab.page.get_by_role("button", name="Text", exact=True).click()
    expect(tab.page.locator("#pane mark.current")).to_have_text(SENTENCES[0])
    expect(tab.page.locator("#pane .document-pages")).to_be_hidden()
    tab.open()
    expect(tab.page.locator("#pane mark.current")).to_have_text(SENTENCES[0])
    tab.page.get_by_role("button", name="Page", exact=True).click()
    drawn(tab.page, 1)
    expect(tab.page.locator(BOX)).to_have_count(1)


def test_the_switch_keeps_the_page_in_sight_and_the_focus(tab: Tab) -> None:
    cited(tab.ask("Was there fever?"), 1)
    field = tab.page.locator("#pane .page-field input")
    field.fill("140")
    field.press("Enter")
    drawn(tab.page, 40)
    tab.page.get_by_role("button", name="Text", exact=True).press("Enter")
    expect(tab.page.get_by_role("button", name="Text", exact=True)).to_be_focused()
    expect(field).to_have_value("140")
    tab.page.get_by_role("button", name="Page", exact=True).press("Enter")
    expect(tab.page.get_by_role("button", name="Page", exact=True)).to_be_focused()
    drawn(tab.page, 40)
    expect(field).to_have_value("140")


def test_what_is_typed_before_the_words_come_is_found(tab: Tab) -> None:
    cited(tab.ask("Was there fever?"), 1)
    held: list[Route] = []
    tab.page.route("**/api/pane?*view=text*", lambda route: held.append(route))
    tab.page.locator("#pane .document-pages").focus()
    tab.page.keyboard.press("Control+f")
    tab.page.keyboard.type("Part N39")
    until(tab.page, lambda: bool(held))
    held[0].continue_()
    expect(tab.page.locator("#pane .panel.find input")).to_have_value("Part N39")
    expect(tab.page.locator("#pane .panel.find .count")).to_have_text("1 of 1")
    tab.page.keyboard.press("F3")
    expect(tab.page.locator("#pane .panel.find .count")).to_have_text("1 of 1")


def test_selected_words_are_copied_as_they_stand_in_the_text(
    tab: Tab, shelf: tuple[FakeSystem, str]
) -> None:
    cited(tab.ask("Was there fever?"), 1)
    copied = tab.page.evaluate(SELECT)
    assert copied == f"Part A0\n\n{SENTENCES[0]}"
    assert copied in shelf[0].document_.text


def test_pages_are_fetched_near_the_screen_and_let_go_far_from_it(tab: Tab) -> None:
    cited(tab.ask("Was there fever?"), 1)
    assert tab.page.locator("#pane .page").count() == 40
    field = tab.page.locator("#pane .page-field input")
    field.fill("140")
    field.press("Enter")
    drawn(tab.page, 40)
    until(tab.page, lambda: tab.page.locator("#pane .page canvas:visible").count() <= 12)
    assert tab.page.locator("#pane .page[data-page='1'] canvas:visible").count() == 0


def test_the_arrows_and_page_keys_scroll(tab: Tab) -> None:
    cited(tab.ask("Was there fever?"), 1)
    pages = tab.page.locator("#pane .document-pages")
    pages.focus()
    before = pages.evaluate("pages => pages.scrollTop")

    def is_below() -> bool:  # the page may still be on its way to the citation
        tab.page.keyboard.press("PageDown")
        return bool(pages.evaluate("pages => pages.scrollTop") > before + 200)

    until(tab.page, is_below)
    assert pages.evaluate("pages => pages.scrollTop") > before + 200


def test_sizes_keep_the_box_on_the_words(tab: Tab) -> None:
    cited(tab.ask("Was there fever?"), 1)
    width = tab.page.locator("#pane .page").first.evaluate("page => page.offsetWidth")
    for name in ("Larger", "Larger"):
        tab.page.get_by_role("button", name=name, exact=True).click()
    assert tab.page.locator("#pane .page").first.evaluate("page => page.offsetWidth") > width
    assert tab.page.locator(BOX).evaluate(BELOW) == SENTENCES[0]


def test_the_size_that_is_named_is_that_of_the_page(tab: Tab) -> None:
    cited(tab.ask("Was there fever?"), 1)
    frame = tab.page.locator("#pane .page").first
    named = tab.page.locator("#pane [data-zoom=reset]")

    def is_named() -> bool:  # a page of 612 points is 816 pixels wide at its own size
        width = frame.evaluate("page => parseFloat(page.style.width)")
        return named.inner_text() == f"{round(100 * width / 816)} %"

    until(tab.page, is_named)
    tab.page.set_viewport_size({"width": 1000, "height": 800})
    until(tab.page, lambda: frame.evaluate("page => parseFloat(page.style.width)") < 600)
    until(tab.page, is_named)


def test_find_shows_matches_on_the_page(tab: Tab) -> None:
    cited(tab.ask("Was there fever?"), 1)
    tab.page.locator("#pane .document-pages").focus()
    tab.page.keyboard.press("Control+f")
    tab.page.locator("#pane .panel.find input").fill("Part N39")
    expect(tab.page.locator("#pane .panel.find .count")).to_have_text("1 of 1")
    drawn(tab.page, 40)
    until(tab.page, lambda: "N39" in (tab.page.locator(BOX).first.evaluate(BELOW) or ""))


def test_a_page_that_cannot_be_drawn_has_a_sentence_in_its_place(
    tab: Tab, shelf: tuple[FakeSystem, str]
) -> None:
    sentence = "Page 1 cannot be drawn: it is damaged. Its text is there."
    tab.page.route(
        "**/api/pages/picture?*", lambda route: route.fulfill(status=422, json={"error": sentence})
    )
    tab.page.reload()  # the only document is open already, with its first pictures
    tab.ask("Was there fever?")
    expect(tab.page.locator("#pane .page .notice").first).to_have_text(sentence)
    tab.excuse("422")


def test_a_file_that_is_gone_is_shown_as_text(tab: Tab) -> None:
    tab.page.route(
        lambda address: "/api/pages?" in address,
        lambda route: route.fulfill(status=404, json={"error": ""}),
    )
    tab.page.reload()
    tab.ask("Was there fever?")
    expect(tab.page.locator("#pane mark.current")).to_have_text(SENTENCES[0])
    tab.excuse("404")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_nothing_serious_is_found_with_pages(
    new_tab: Callable[..., Tab], width: int, height: int, scheme: str
) -> None:
    tab = new_tab(width, height, color_scheme=scheme, reduced_motion="reduce").open()
    tab.ask("Was there fever?")
    if width < 800:
        tab.latest.locator("a.cite").first.click()
    cited(tab, 1)
    assert serious(tab) == []
    frame = tab.page.locator("#pane .page").first
    assert frame.evaluate("page => getComputedStyle(page).backgroundColor") == "rgb(255, 255, 255)"
    assert frame.evaluate("page => page.getBoundingClientRect().right <= innerWidth")
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_at_twice_the_size_nothing_is_cut(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(640, 400, device_scale_factor=2).open()
    tab.ask("Was there fever?")
    tab.latest.locator("a.cite").first.click()
    cited(tab, 1)
    assert tab.page.locator(BOX).evaluate(BELOW) == SENTENCES[0]
    picture = tab.page.locator("#pane .page canvas").first
    assert picture.evaluate("picture => picture.width >= 1.5 * picture.clientWidth")
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# ---- ranges, what is taken along, and the keyboard

CLIPBOARD = ["clipboard-read", "clipboard-write"]


def test_a_range_over_two_pages_is_marked_on_both(tab: Tab) -> None:
    cited(tab.ask("What is said on both pages?"), 1)
    drawn(tab.page, 2)
    first = tab.page.locator("#pane .page[data-page='1'] .mark.current")
    expect(first.first).to_be_visible()
    assert first.first.evaluate(BELOW) == SENTENCES[0]
    second = tab.page.locator("#pane .page[data-page='2'] .mark.current")
    assert [box.evaluate(BELOW) for box in second.all()] == ["Part B1", SENTENCES[1]]
    expect(tab.page.locator("#pane .document-pages .mark[data-label]")).to_have_count(1)


def test_words_selected_on_a_page_are_copied_with_their_citation(
    new_tab: Callable[..., Tab],
) -> None:
    tab = cited(new_tab(permissions=CLIPBOARD).open().ask("Was there fever?"), 1)
    line = tab.page.locator("#pane .page[data-page='1'] .line", has_text="Fever")
    line.evaluate("line => getSelection().selectAllChildren(line)")
    bar = tab.page.get_by_role("group", name="Selected passage")
    expect(bar.locator(".chosen")).to_have_text(SENTENCES[0])
    bar.get_by_role("button", name="Copy passage with citation").click()
    expect(bar.get_by_role("button", name="Copied")).to_be_visible()
    quote, place, _ = str(tab.page.evaluate("navigator.clipboard.readText()")).splitlines()
    assert quote == f"“{SENTENCES[0]}”"
    assert "page 101" in place
    bar.get_by_role("button", name="Ask about it").click()
    asked = f"What does this say about {SENTENCES[0]}?"
    expect(tab.page.locator("#question textarea")).to_have_value(asked)


def test_the_pages_work_by_keyboard_alone(tab: Tab) -> None:
    cited(tab.ask("Was there fever?"), 1)
    names = ("Text", "Page", "Larger", "Fit the width")
    reached = set()
    tab.page.locator("#pane h2").evaluate("title => { title.tabIndex = -1; title.focus(); }")
    for _ in range(40):
        tab.page.keyboard.press("Tab")
        focused = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.text"
        reached.add(tab.page.evaluate(f"{focused}Content ?? ''"))
        if tab.page.evaluate("document.activeElement.classList.contains('document-pages')"):
            break
    assert {"Pages", *names[:3]} <= reached
    tab.page.get_by_role("button", name="Text", exact=True).press("Enter")
    expect(tab.page.locator("#pane mark.current")).to_have_text(SENTENCES[0])
    tab.page.get_by_role("button", name="Page", exact=True).press("Space")
    drawn(tab.page, 1)
    width = tab.page.locator("#pane .page").first.evaluate("page => page.offsetWidth")
    tab.page.get_by_role("button", name="Larger", exact=True).press("Enter")
    until(
        tab.page,
        lambda: tab.page.locator("#pane .page").first.evaluate("page => page.offsetWidth") > width,
    )


def test_a_picture_is_shown_with_its_words_marked(
    new_tab: Callable[..., Tab], tmp_path: Path, shelf: tuple[FakeSystem, str]
) -> None:
    system = pictured_system(tmp_path)
    with served(opener(system)) as address:
        tab = new_tab()
        tab.address = address
        cited(tab.open().ask("Was there fever?"), 1)
        assert tab.page.locator(BOX).evaluate(BELOW) == SENTENCES[0]


def test_marks_lighten_a_dark_page(new_tab: Callable[..., Tab], tmp_path: Path) -> None:
    night = b"0.05 0.1 0.2 rg 0 0 612 792 re f 1 1 1 rg "
    drawing = b"\n".join([night, *(shown(72, 690 - 20 * at, SENTENCES[at]) for at in range(3))])
    system = paged_system(tmp_path, drawn_pdf([drawing]))
    with served(opener(system)) as address:
        tab = new_tab()
        tab.address = address
        tab.open().ask("Was there fever?")
        expect(tab.page.locator("#pane .page.dark .mark.current")).to_have_count(1)
        blend = "sheet => getComputedStyle(sheet).mixBlendMode"
        assert tab.page.locator("#pane .page.dark .sheet").evaluate(blend) == "screen"
