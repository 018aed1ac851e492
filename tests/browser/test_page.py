import json
import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from browser.driving import Tab, in_view, marked, serious, until
from fake_system import ARTICLE, INJECTIONS, FakeSystem, make_document, opener
from inquote.index.stores.journal import Feedback
from inquote.ingest.errors import InquoteError, LibraryMissing
from serving import served

SIZES = [(1280, 800), (360, 740)]


# ---- answers and the document


def test_an_answer_opens_the_document_at_its_span(tab: Tab) -> None:
    tab.ask("What was the response?")
    expect(tab.latest.locator(".span .quote")).to_have_text(["16.3% of patients", "2.1%"])
    expect(tab.page.locator("#pane mark.current")).to_have_text("16.3% of patients")
    assert marked(tab.page, 2) == "2.1%"
    assert in_view(tab.page.locator("#pane mark.current"))
    expect(tab.page.locator("#pane h2")).to_have_text("A small article")
    expect(tab.page.locator("#pane .at")).to_have_text("Citation 1 of 2 · Results")


def test_the_pane_shows_the_document_word_for_word(tab: Tab) -> None:
    tab.ask("What was the response?")
    tab.page.locator("#pane mark").first.wait_for()
    assert (
        tab.page.locator("#pane .part").evaluate_all(
            "parts => parts.map(p => p.textContent).join('')"
        )
        == ARTICLE
    )


def test_a_click_on_a_citation_brings_its_span(tab: Tab) -> None:
    tab.ask("What was the response?")
    tab.latest.get_by_role("link", name="citation [2]").first.click()
    expect(tab.page.locator("#pane mark.current")).to_have_text("2.1%")
    expect(tab.page.locator("#pane .at")).to_have_text("Citation 2 of 2 · Results")


def test_an_earlier_answer_can_be_opened_again(tab: Tab) -> None:
    tab.ask("When was it approved?").ask("Which side effects were seen?")
    expect(tab.page.locator("#pane mark.current")).to_have_text("fatigue, chills and fever")
    tab.page.locator("#log .answer").first.locator("a.cite").first.click()
    expect(tab.page.locator("#pane mark.current")).to_have_text("2015")
    expect(tab.page.locator("#pane mark")).to_have_count(1)


def test_a_document_that_arrives_late_does_not_replace_what_was_asked_for_since(tab: Tab) -> None:
    tab.ask("When was it approved?")
    expect(tab.page.locator("#pane mark.current")).to_have_text("2015")
    held: list[Route] = []
    tab.page.route("**/api/pane?*", lambda route: held.append(route))
    tab.ask("What was the response?")
    until(tab.page, lambda: len(held) == 1)
    tab.page.locator("#log .answer").first.locator(
        "a.cite"
    ).first.click()  # what the pane holds already
    expect(tab.page.locator("#pane mark.current")).to_have_text("2015")
    with tab.page.expect_response("**/api/pane?*") as late:
        held[0].continue_()
    late.value.finished()
    tab.settle()
    expect(tab.page.locator("#pane mark")).to_have_text(["2015"])
    expect(tab.page.locator("#pane .at")).to_have_text("Citation 1 of 1 · A small article")


def test_next_and_previous_by_button_and_by_key(tab: Tab) -> None:
    tab.ask("What was the response?")
    current = tab.page.locator("#pane mark.current")
    tab.page.get_by_role("button", name="Next place").click()
    expect(current).to_have_text("2.1%")
    tab.page.get_by_role("button", name="Previous place").click()
    expect(current).to_have_text("16.3% of patients")
    tab.page.keyboard.press("Alt+ArrowDown")
    expect(current).to_have_text("2.1%")
    tab.page.keyboard.press("Alt+ArrowUp")
    expect(current).to_have_text("16.3% of patients")


def test_a_refusal_says_so_and_opens_the_nearest_passages(tab: Tab) -> None:
    tab.ask("What does a dose cost?")
    expect(tab.latest.locator(".refusal")).to_have_text("I found no answer in 1 document.")
    expect(tab.latest.locator(".try")).to_contain_text("Try: name the person")
    expect(tab.latest.locator(".label")).to_have_text("Nearest passages, not an answer")
    expect(tab.latest.locator("a.cite")).to_have_count(0)
    tab.latest.locator("a.near").nth(1).click()
    expect(tab.page.locator("#pane .at")).to_have_text("Passage 2 of 3 · A small article")
    expect(tab.page.locator("#pane mark.current")).to_contain_text("approved in 2015")


def test_a_refusal_marks_the_passages_that_it_shows(tab: Tab, system: FakeSystem) -> None:
    system.nearest = (
        "The future is open.",
        "2015",
        "16.3% of patients",
        "fatigue, chills and fever",
    )
    tab.ask("What does a dose cost?")
    expect(tab.page.locator("#pane .at")).to_have_text("Passage 1 of 3 · Outlook")
    numbers = tab.page.locator("#pane mark").evaluate_all("marks => marks.map(m => m.dataset.cite)")
    assert set(numbers) == {"1", "2", "3"}
    tab.latest.get_by_text("Why no answer").click()
    tab.latest.get_by_text("Details").click()
    tab.latest.locator(".trace a.near").last.click()
    expect(tab.page.locator("#pane .at")).to_contain_text("Passage 1 of 1")


def test_why_this_answer_unfolds(tab: Tab) -> None:
    tab.ask("When was it approved?")
    tab.latest.get_by_text("Why this answer").click()
    expect(tab.latest.locator(".trace > p")).to_contain_text("1 passage came nearest")
    tab.latest.get_by_text("Details").click()
    expect(tab.latest.locator("dl")).to_contain_text("answers are given from 50")
    expect(tab.latest.get_by_role("table", name="What the reader found")).to_contain_text(
        "best2015"
    )
    expect(tab.latest.get_by_role("table", name="Where it was looked for")).to_contain_text(
        "1. (0.900)"
    )


def test_confidence_explains_itself_to_the_keyboard(tab: Tab) -> None:
    tab.ask("When was it approved?")
    expect(tab.latest.locator(".confidence")).to_contain_text("likely, 82\u00a0%")
    expect(tab.latest.locator(".tip")).to_be_hidden()
    tab.latest.locator(".confidence").focus()
    expect(tab.latest.locator(".tip")).to_be_visible()


def test_a_verdict_is_noted(tab: Tab, system: FakeSystem) -> None:
    tab.ask("When was it approved?")
    row = tab.page.locator("#log .feedback")
    expect(row.locator(".said")).to_have_text("Is this right?")
    row.get_by_role("button", name="Right").click()
    expect(row.locator(".said")).to_have_text("Noted: right. Thank you.")
    assert [(f.context.question, f.verdict, f.sentence) for f in system.feedback] == [
        ("When was it approved?", "right", None)
    ]
    tab.ask("What was the response?")  # the conversation is shown anew
    expect(row.first.locator(".said")).to_have_text("Noted: right. Thank you.")


def test_on_a_wrong_answer_the_right_sentence_is_picked_by_keyboard(
    tab: Tab, system: FakeSystem
) -> None:
    tab.ask("What was the response?").ask("When was it approved?")
    row = tab.page.locator("#log .feedback").last
    row.get_by_role("button", name="Wrong answer").focus()
    tab.page.keyboard.press("Space")
    dialog = tab.page.get_by_role("dialog", name="Which sentence answers the question?")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="It was found by Ada Quill, who named it Tern.").focus()
    tab.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(row.locator(".said")).to_have_text("Noted: wrong answer. Thank you.")
    assert (
        system.feedback[0].sentence
        and system.feedback[0].sentence.quote == "It was found by Ada Quill, who named it Tern."
    )
    assert system.feedback[0].context.history == ("What was the response?",)


def test_the_picking_can_be_left(tab: Tab, system: FakeSystem) -> None:
    tab.ask("What does a dose cost?")
    row = tab.page.locator("#log .feedback")
    say = row.get_by_role("button", name="The corpus does say")
    dialog = tab.page.locator("#picking")
    say.click()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    say.click()
    expect(dialog).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(say).to_be_focused()
    assert system.feedback == []
    say.click()
    dialog.get_by_role("button", name="None of these").click()
    expect(row.locator(".said")).to_have_text("Noted: the corpus does say. Thank you.")
    assert [(f.verdict, f.answer, f.sentence) for f in system.feedback] == [
        ("wrong answer", None, None)
    ]


def test_feedback_that_cannot_be_kept_says_why(tab: Tab, system: FakeSystem) -> None:
    def refuse(feedback: Feedback) -> None:
        raise InquoteError("Feedback is not kept here.")

    system.record_feedback = refuse  # type: ignore[method-assign]
    tab.ask("When was it approved?")
    tab.page.locator("#log .feedback").get_by_role("button", name="Right").click()
    expect(tab.page.locator("#log .feedback .said")).to_have_text("Feedback is not kept here.")
    tab.excuse("503")


def test_a_document_that_changed_since_says_so(tab: Tab, system: FakeSystem) -> None:
    tab.ask("When was it approved?").ask("What was the response?")
    expect(tab.page.locator("#pane .at")).to_have_text("Citation 1 of 2 · Results")
    system.document_ = make_document(ARTICLE + "More.\n")
    tab.page.locator("#log .answer").first.locator("a.cite").first.click()
    expect(tab.page.locator("#pane .notice")).to_contain_text("has changed since that answer")
    tab.excuse("410")


def test_a_long_document_opens_at_the_line(new_tab: Callable[..., Tab], system: FakeSystem) -> None:
    text = "\n\n".join(
        f"Paragraph {n} says nothing much, at some length, about anything." for n in range(16_000)
    )
    system.document_ = make_document(text.replace("Paragraph 12345 ", "Paragraph twelve "))
    assert len(text) > 1_000_000
    system.answers = {"where": ["Paragraph twelve"]}
    tab = new_tab().open().ask("where?")
    mark = tab.page.locator("#pane mark.current")
    expect(mark).to_have_text("Paragraph twelve")
    until(tab.page, lambda: in_view(mark))


def test_a_copied_selection_has_the_words_alone(tab: Tab) -> None:
    tab.ask("What was the response?")
    copied = tab.page.evaluate(
        """() => {
        getSelection().selectAllChildren(document.querySelector("#log .answer"));
        const data = new DataTransfer();
        const options = {clipboardData: data, bubbles: true, cancelable: true};
        const copy = new ClipboardEvent("copy", options);
        document.querySelector("#log .answer").dispatchEvent(copy);
        return data.getData("text/plain"); }"""
    )
    assert copied.startswith(
        "16.3% of patients\n\n2.1%\n\nlikely, 82\u00a0%\n\nIn the trial, 16.3%"
    )
    assert "citation" not in copied and "[1]" not in copied


# ---- starting, and the conversation


def test_examples_ask_themselves_and_make_room(tab: Tab) -> None:
    examples = tab.page.locator("#examples button")
    expect(examples).to_have_text(
        ["When was it approved?", "What was the response?", "Which side effects were seen?"]
    )
    examples.first.click()
    expect(tab.latest.locator(".span .quote")).to_have_text("2015")
    expect(tab.page.locator("#question textarea")).to_be_focused()


def test_focus_stays_in_the_emptied_input(tab: Tab) -> None:
    tab.ask("When was it approved?")
    expect(tab.page.locator("#question textarea")).to_be_focused()
    expect(tab.page.locator("#question textarea")).to_have_value("")


def test_earlier_questions_go_with_the_next_one(tab: Tab, system: FakeSystem) -> None:
    tab.ask("When was it approved?").ask("?").ask("What was the response?")
    assert system.questions[-1] == ("What was the response?", ("When was it approved?",))


def test_the_understood_question_can_be_changed_and_asked_as_it_stands(
    tab: Tab, system: FakeSystem
) -> None:
    system.understood = {"And that?": "What was the response to Tern?"}
    tab.ask("When was it approved?").ask("And that?")
    expect(tab.latest.locator(".understood q")).to_have_text("What was the response to Tern?")
    tab.latest.get_by_role("button", name="Change").press("Space")
    box = tab.page.locator("#question textarea")
    expect(box).to_have_value("What was the response to Tern?")
    expect(box).to_be_focused()
    expect(tab.page.locator("#editing")).to_contain_text("asked as it stands")
    tab.ask("What was the response to Tern in the trial?")
    assert system.questions[-1] == ("What was the response to Tern in the trial?", ())
    expect(tab.page.locator("#editing")).to_be_hidden()
    tab.ask("Which effects?")
    assert system.questions[-1] == (
        "Which effects?",
        ("What was the response to Tern in the trial?",),
    )


def test_what_else_a_question_may_mean_is_offered_and_asked_as_it_stands(
    tab: Tab, system: FakeSystem
) -> None:
    system.understood = {"And that?": "What was the response to Tern?"}
    system.readings = {"And that?": ("What was the price of Tern?",)}
    tab.ask("When was it approved?").ask("And that?")
    other = tab.latest.get_by_role("button", name="What was the price of Tern?")
    expect(other).to_be_hidden()
    tab.latest.get_by_role("button", name="Change").click()
    other.click()
    expect(tab.page.locator("#log .question")).to_have_count(3)
    expect(tab.latest.locator(".answer.waiting")).to_have_count(0)
    assert system.questions[-1] == ("What was the price of Tern?", ())


def test_the_page_answers_what_is_no_question_in_its_own_voice(
    tab: Tab, system: FakeSystem
) -> None:
    system.notices = {"hello": "Hello. I look up what the texts say."}
    tab.ask("hello")
    expect(tab.latest.locator(".notice")).to_contain_text("Hello. I look up what the texts say.")
    expect(tab.latest.locator(".notice .mark")).to_have_text("inquote")
    expect(tab.latest.locator(".refusal, .trace, .confidence")).to_have_count(0)


@pytest.mark.parametrize("leave", ["Escape", "empty"])
def test_a_changed_question_that_is_left_changes_nothing(
    tab: Tab, system: FakeSystem, leave: str
) -> None:
    system.understood = {"And that?": "What was the response to Tern?"}
    tab.ask("When was it approved?").ask("And that?")
    tab.latest.get_by_role("button", name="Change").click()
    box = tab.page.locator("#question textarea")
    if leave == "Escape":
        box.press("Escape")
    else:
        box.fill("")
    expect(box).to_have_value("")
    expect(tab.page.locator("#editing")).to_be_hidden()
    tab.ask("What was the response?")
    assert system.questions[-1][1] == ("When was it approved?", "And that?")


def test_up_brings_the_last_question_back_and_a_sheet_lists_the_keys(tab: Tab) -> None:
    tab.ask("When was it approved?")
    box = tab.page.locator("#question textarea")
    box.press("ArrowUp")
    expect(box).to_have_value("When was it approved?")
    box.fill("")
    box.press("?")
    sheet = tab.page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("bring the last question back")
    assert serious(tab) == []
    tab.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(box).to_have_value("")


@pytest.mark.parametrize("width, height", SIZES)
def test_an_empty_page_says_which_text_this_is(
    new_tab: Callable[..., Tab], width: int, height: int
) -> None:
    tab = new_tab(width, height).open()
    intro = tab.page.locator("#intro")
    expect(intro).to_contain_text("Here is \u201cA small article\u201d. It quotes and never")
    expect(intro).to_be_in_viewport()
    expect(tab.page.locator("#intro a")).to_have_count(0)  # this server takes nothing in


def test_a_new_conversation_forgets(tab: Tab, system: FakeSystem) -> None:
    tab.ask("When was it approved?")
    tab.page.get_by_role("button", name="New conversation").click()
    expect(tab.page.locator("#log .question")).to_have_count(0)
    tab.ask("What was the response?")
    assert system.questions[-1] == ("What was the response?", ())


def test_two_tabs_have_a_conversation_each_and_keep_it_over_a_reload(tab: Tab) -> None:
    tab.ask("When was it approved?")
    other = Tab(tab.page.context.new_page(), tab.address).open()
    expect(other.page.locator("#log .question")).to_have_count(0)
    other.ask("What was the response?")
    other.settle()
    tab.settle().open()
    expect(tab.page.locator("#log .question")).to_have_text("When was it approved?")
    other.page.get_by_role("button", name="New conversation").click()
    expect(other.page.locator("#log .question")).to_have_count(0)
    tab.settle().open()
    expect(tab.page.locator("#log .question")).to_have_text("When was it approved?")


def test_recent_conversations_are_opened_deleted_and_brought_back(tab: Tab) -> None:
    tab.ask("When was it approved?").settle()
    tab.page.get_by_role("button", name="New conversation").click()
    expect(tab.page.locator("#log .question")).to_have_count(0)
    tab.ask("What was the response?").settle()
    tab.page.get_by_role("button", name="Recent").click()
    dialog = tab.page.get_by_role("dialog", name="Recent conversations")
    names = dialog.locator("button.sentence")
    expect(names).to_have_text(["What was the response?", "When was it approved?"])
    assert serious(tab) == []
    dialog.get_by_role("button", name="Delete When was it approved?").press("Enter")
    expect(names).to_have_text(["What was the response?"])
    dialog.get_by_role("button", name="Undo").press("Enter")
    names.nth(1).click()
    expect(dialog).to_be_hidden()
    expect(tab.page.locator("#log .question")).to_have_text("When was it approved?")
    expect(tab.latest.locator(".span .quote")).to_have_text("2015")
    tab.settle().open()
    expect(tab.page.locator("#log .question")).to_have_text("When was it approved?")


def test_a_link_opens_the_page_on_its_question(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab().open("?q=When%20was%20it%20approved%3F")
    expect(tab.page.locator("#log .question")).to_have_text("When was it approved?")
    expect(tab.page.locator("#pane mark.current")).to_have_text("2015")
    expect(tab.page).to_have_url(tab.address + "/")


def test_the_address_keeps_its_question_until_it_is_shown(new_tab: Callable[..., Tab]) -> None:
    gate = threading.Event()

    def open_system() -> FakeSystem:
        assert gate.wait(100)
        return FakeSystem()

    with served(open_system) as address:
        tab = new_tab()
        tab.address = address
        tab.page.goto(f"{address}/?q=When%20was%20it%20approved%3F")
        expect(tab.page.locator("#notice")).to_have_text("Loading the models ...")
        expect(tab.page).to_have_url(f"{address}/?q=When%20was%20it%20approved%3F")
        gate.set()
        expect(tab.latest.locator(".span .quote")).to_have_text("2015")
        expect(tab.page).to_have_url(f"{address}/")
        tab.page.close()


def test_a_reload_brings_the_questions_back_and_answers_them_anew(
    tab: Tab, system: FakeSystem
) -> None:
    tab.ask("When was it approved?").ask("?").ask("What was the response?")
    tab.settle()
    system.answers["approved"] = ["Ada Quill"]
    tab.open()
    expect(tab.page.locator("#log .question")).to_have_text(
        ["When was it approved?", "What was the response?"]
    )
    expect(tab.page.locator("#log .answer").first.locator(".span .quote")).to_have_text("Ada Quill")
    expect(tab.page.locator("#log .answer").last.locator(".span .quote")).to_have_count(2)


def test_a_server_that_was_started_anew_answers_the_conversation_again(
    new_tab: Callable[..., Tab],
) -> None:
    tab = new_tab()
    with served(FakeSystem) as address:
        tab.address = address
        tab.open().ask("When was it approved?").ask("Which side effects were seen?")
    system = FakeSystem()
    system.answers["approved"] = ["Ada Quill"]
    with served(opener(system), port=int(address.rsplit(":", 1)[1])):
        box = tab.page.locator("#question textarea")
        box.fill("What was the response?")
        box.press("Enter")
        questions = [
            "When was it approved?",
            "Which side effects were seen?",
            "What was the response?",
        ]
        expect(tab.page.locator("#log .question")).to_have_text(questions)
        expect(tab.page.locator("#log .answer:not(.waiting)")).to_have_count(3)
        expect(tab.page.locator("#log .answer").first.locator(".span .quote")).to_have_text(
            "Ada Quill"
        )
        assert system.questions[-1] == (questions[2], tuple(questions[:2]))
        tab.page.close()
    tab.excuse("ERR_", "fetch")  # the server was gone


@pytest.mark.parametrize("known", [False, True])
def test_a_page_whose_server_was_away_goes_on_by_itself(
    new_tab: Callable[..., Tab], known: bool
) -> None:
    tab = new_tab()
    with served(FakeSystem) as address:
        tab.address = address
        tab.open().ask("When was it approved?")
    line = tab.page.locator("#connection")
    if known:  # else the question itself meets that nobody is there
        expect(line).to_contain_text("The server does not answer.")
        tab.page.locator("#corpus-open").click()
        dialog = tab.page.get_by_role("dialog", name="Corpus")
        expect(dialog.get_by_role("alert")).to_contain_text("The server does not answer.")
        tab.page.keyboard.press("Escape")
    box = tab.page.locator("#question textarea")
    box.fill("What was the response?")
    box.press("Enter")
    expect(line).to_contain_text("The server does not answer.")
    with served(FakeSystem, port=int(address.rsplit(":", 1)[1])):
        expect(tab.page.locator("#log .question")).to_have_text(
            ["When was it approved?", "What was the response?"]
        )
        expect(tab.latest.locator(".span .quote")).to_have_text(["16.3% of patients", "2.1%"])
        expect(line).to_be_hidden()
        expect(box).to_have_value("")
        tab.page.close()
    tab.excuse("ERR_", "fetch")  # the server was gone


def test_what_is_to_be_known_of_the_store_stands_above_the_box(
    tab: Tab, system: FakeSystem
) -> None:
    line = tab.page.locator("#connection")
    expect(line).to_be_hidden()
    system.store.notice = "The store is out of reach."
    expect(line).to_have_text("The store is out of reach.")
    system.store.notice = ""
    expect(line).to_be_hidden()


def test_nothing_is_asked_by_enter_on_an_empty_box(tab: Tab, system: FakeSystem) -> None:
    box = tab.page.locator("#question textarea")
    box.press("Enter")
    box.fill("   ")
    box.press("Enter")
    tab.ask("When was it approved?")
    expect(tab.page.locator("#log .question")).to_have_count(1)
    assert system.questions == [("When was it approved?", ())]


def test_while_the_models_load_the_page_says_so_and_takes_the_question(
    new_tab: Callable[..., Tab],
) -> None:
    gate = threading.Event()

    def open_system() -> FakeSystem:
        assert gate.wait(30)
        return FakeSystem()

    with served(open_system) as address:
        tab = new_tab()
        tab.address = address
        tab.page.goto(address)
        expect(tab.page.locator("#notice")).to_have_text("Loading the models ...")
        tab.page.locator("#question textarea").fill("When was it approved?")
        tab.page.locator("#question textarea").press("Enter")
        expect(tab.page.locator("#log .waiting")).to_be_visible()
        gate.set()
        expect(tab.latest.locator(".span .quote")).to_have_text("2015")
        expect(tab.page.locator("#notice")).to_be_hidden()
        tab.page.close()


def test_without_a_library_the_page_says_what_to_do_and_works_once_there_is_one(
    new_tab: Callable[..., Tab],
) -> None:
    ready = threading.Event()

    def open_system() -> FakeSystem:
        if not ready.is_set():
            raise LibraryMissing(
                "There is no library at ./a_b*c; make one with: inquote ingest FOLDER"
            )
        return FakeSystem()

    with served(open_system) as address:
        tab = new_tab()
        tab.address = address
        tab.open()
        expect(tab.page.locator("#notice")).to_have_text(
            "There is no library at ./a_b*c; make one with: inquote ingest FOLDER"
        )
        ready.set()
        tab.ask("When was it approved?")
        expect(tab.latest.locator(".span .quote")).to_have_text("2015")
        expect(tab.page.locator("#notice")).to_be_hidden()
        tab.page.close()
        tab.excuse("503")


@pytest.mark.parametrize("kind", ["md", "html", "json"])
def test_a_conversation_can_be_saved(tab: Tab, kind: str) -> None:
    save = tab.page.locator("#save").get_by_role("link", name=kind)
    expect(save).to_be_hidden()
    tab.ask("When was it approved?").ask("What does it cost?")
    with tab.page.expect_download() as download:
        save.click()
    assert download.value.suggested_filename == f"inquote-conversation.{kind}"
    text = download.value.path().read_text("utf-8")
    assert "When was it approved" in text
    if kind == "json":
        assert [answer["answer"] for answer in json.loads(text)["answers"]] == ["2015", None]


# ---- bad input

LONE_SURROGATE = """([q]) => { const box = document.querySelector('#question textarea');
    const values = {surrogate: 'approved \\ud800', nul: 'approved \\0'};
    box.value = values[q] ?? 'x'.repeat(1000000);
    box.dispatchEvent(new Event('input', {bubbles: true})); }"""


@pytest.mark.parametrize("kind", ["surrogate", "nul", "million"])
def test_after_any_bad_input_the_same_conversation_goes_on(tab: Tab, kind: str) -> None:
    tab.page.evaluate(LONE_SURROGATE, [kind])
    tab.page.locator("#question textarea").press("Enter")
    tab.page.locator("#log .answer:not(.waiting)").wait_for()
    tab.ask("What was the response?")
    expect(tab.latest.locator(".span .quote").first).to_have_text("16.3% of patients")


@pytest.mark.parametrize("question", ["?!", "\u200b", "x" * 10_000])
def test_a_question_that_cannot_be_asked_gets_a_sentence(tab: Tab, question: str) -> None:
    tab.ask(question)
    expect(tab.latest).to_contain_text("Please ")
    tab.ask("When was it approved?")
    expect(tab.latest.locator(".span .quote")).to_have_text("2015")


def test_an_unexpected_error_gives_a_reference(tab: Tab) -> None:
    tab.ask("crash")
    expect(tab.latest).to_contain_text("Something went wrong here")
    expect(tab.latest).not_to_contain_text("secret detail")
    tab.ask("When was it approved?")
    expect(tab.latest.locator(".span .quote")).to_have_text("2015")


@pytest.mark.parametrize("text", INJECTIONS)
def test_corpus_name_and_question_are_shown_and_never_obeyed(
    new_tab: Callable[..., Tab], system: FakeSystem, text: str
) -> None:
    system.document_ = make_document(
        f"Before.\n\n{text}\n\nAfter.\n", id=f"corpus/{text}.md", title=text
    )
    system.answers = {"q ": [text]}
    tab = new_tab().open().ask("q " + text)
    assert tab.page.locator("#log .question").text_content() == "q " + text
    assert tab.latest.locator(".span .quote").text_content() == text
    expect(tab.page.locator("#pane h2")).to_have_text(text)
    tab.page.locator("#pane mark.current").first.wait_for()
    assert marked(tab.page) == text
    tab.latest.get_by_text("Why this answer").click()
    tab.page.locator("#log .feedback").get_by_role("button", name="Wrong answer").click()
    expect(tab.page.locator("#picking .sentences button").first).to_be_visible()
    picked = tab.page.locator("#picking .sentences button").all_text_contents()
    assert " ".join(picked) == " ".join(text.split())
    assert tab.page.locator("#picking :is(script, img, form, style, iframe, b, a)").count() == 0
    tab.page.keyboard.press("Escape")
    tab.settle().page.reload()
    tab.page.locator("#pane mark.current").first.wait_for()
    assert tab.page.locator("#log .question").text_content() == "q " + text
    assert (
        tab.page.locator(":is([role=log], #pane) :is(script, img, form, style, iframe)").count()
        == 0
    )


# ---- reach


@pytest.mark.parametrize("width, height", SIZES)
def test_a_short_answer_and_the_buttons_stand_where_they_belong(
    new_tab: Callable[..., Tab], width: int, height: int
) -> None:
    tab = new_tab(width, height).open().ask("When was it approved?")
    boxes = {
        name: tab.page.locator(selector).bounding_box()
        for name, selector in {
            "answer": "#log .answer",
            "question": "#question",
            "corpus": "#corpus-open",
            "new": "#new",
            "save": "#save",
        }.items()
    }
    assert all(boxes.values())
    left = {name: box["x"] for name, box in boxes.items() if box}
    right = {name: box["x"] + box["width"] for name, box in boxes.items() if box}
    bottom = {name: box["y"] + box["height"] for name, box in boxes.items() if box}
    assert left["answer"] == left["question"]
    assert right["corpus"] < left["new"] and right["new"] == right["question"] <= width
    assert right["save"] < left["corpus"] or bottom["new"] <= bottom["save"] - 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width, height", SIZES)
def test_nothing_scrolls_sideways(
    new_tab: Callable[..., Tab], width: int, height: int, scheme: str
) -> None:
    tab = (
        new_tab(width, height, color_scheme=scheme)
        .open()
        .ask("What was the response?")
        .ask("Cost? " + "w" * 300)
    )
    tab.latest.get_by_text("Why no answer").click()
    tab.latest.get_by_text("Details").click()
    assert tab.page.evaluate("document.documentElement.scrollWidth") == width
    for selector in ("#conversation", "#top", "#log [role=log]", ".document-text"):
        assert tab.page.locator(selector).evaluate("e => e.scrollWidth <= e.clientWidth")


def test_on_a_phone_the_document_is_a_sheet(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(360, 740, has_touch=True).open().ask("What was the response?")
    sheet = tab.page.locator("#pane")
    expect(sheet).to_be_hidden()
    citation = tab.latest.get_by_role("link", name="citation [2]").first
    citation.tap()
    expect(sheet).to_be_visible()
    expect(sheet).to_have_attribute("role", "dialog")
    expect(tab.page.locator("#pane mark.current")).to_have_text("2.1%")
    assert in_view(tab.page.locator("#pane mark.current"))
    tab.page.get_by_role("button", name="Close the document").tap()
    expect(sheet).to_be_hidden()
    expect(citation).to_be_focused()


def test_on_a_phone_back_closes_the_document_and_stays(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(360, 740, has_touch=True).open().ask("What was the response?")
    sheet = tab.page.locator("#pane")
    tab.latest.get_by_role("link", name="citation [2]").first.tap()
    expect(sheet).to_be_visible()
    tab.page.go_back()
    expect(sheet).to_be_hidden()
    expect(tab.page).to_have_url(tab.address + "/")
    expect(tab.page).to_have_title("What was the response? · inquote")
    expect(tab.page.locator("#log .question")).to_have_count(1)


def test_what_is_clicked_is_large_enough_and_why_fits_a_phone(
    new_tab: Callable[..., Tab], system: FakeSystem
) -> None:
    tab = new_tab(360, 740).open().ask("What was the response?")
    tab.latest.get_by_text("Why this answer").click()
    tab.latest.get_by_text("Details").click()
    targets = tab.page.locator("#conversation :is(a, button, summary):visible")
    small = targets.evaluate_all(
        """all => all.map(e => [e.textContent, e.getBoundingClientRect()])
        .filter(([_, box]) => box.height && (box.height < 24 || box.width < 24))
        .map(([text, box]) => `${text} ${box.width} ${box.height}`)"""
    )
    assert small == []
    trace = tab.latest.locator(".trace")
    assert trace.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_right_to_left_text_begins_at_the_right(
    new_tab: Callable[..., Tab], system: FakeSystem
) -> None:
    words = "\u05d4\u05d8\u05d9\u05e4\u05d5\u05dc \u05d0\u05d5\u05e9\u05e8 \u05d1-2015."
    system.document_ = make_document(f"{words}\n")
    system.answers = {"approved": [words]}
    tab = new_tab().open().ask("When was it approved?")
    span = tab.latest.locator(".span .quote").bounding_box()
    log = tab.page.locator("#log .answer").bounding_box()
    assert span and log and span["x"] > log["x"] + log["width"] / 2


def test_the_page_works_by_keyboard_alone(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(360, 740).open()
    tab.page.keyboard.type("What was the response?")
    tab.page.keyboard.press("Enter")
    tab.page.locator("#log a.cite").first.wait_for()
    for _ in range(20):
        tab.page.keyboard.press("Shift+Tab")
        if tab.page.evaluate("document.activeElement.textContent") == "citation [2]":
            break
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#pane mark.current")).to_have_text("2.1%")
    expect(tab.page.locator("#pane")).to_be_visible()
    tab.page.keyboard.press("Tab")
    assert tab.page.evaluate("document.querySelector('#pane').contains(document.activeElement)")
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#pane")).to_be_hidden()
    assert tab.page.evaluate("document.activeElement.textContent") == "citation [2]"


def test_the_parts_of_the_page_have_names(tab: Tab) -> None:
    tab.ask("What was the response?")
    for role, name in [
        ("main", None),
        ("region", "Conversation"),
        ("log", "Answers"),
        ("region", "Document"),
    ]:
        expect(tab.page.get_by_role(role, name=name, exact=True)).to_have_count(1)  # type: ignore[arg-type]
    expect(tab.page.get_by_role("textbox", name="Your question")).to_have_count(1)
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("inquote")
    expect(tab.page.locator("[role=log]")).to_have_attribute("aria-live", "polite")


def test_dark_follows_the_browser(new_tab: Callable[..., Tab]) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        tab = new_tab(color_scheme=scheme).open()
        shades[scheme] = tab.page.locator(".gradio-container").evaluate(
            "e => getComputedStyle(e).backgroundColor"
        )
    assert shades == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 20, 19)"}
