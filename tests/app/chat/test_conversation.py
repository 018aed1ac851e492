"""The turns of a tab."""

from inquote.app.chat.conversation import Conversation, Turn


def test_a_question_of_a_conversation_that_was_begun_anew_has_no_history() -> None:
    conversation = Conversation()
    waiting = Turn("Who is it?")
    conversation.turns.append(Turn("Before"))
    conversation.turns.append(waiting)
    conversation.turns.clear()
    assert conversation.history_of(waiting) == ()


def asked(*questions: str) -> Conversation:
    return Conversation([Turn(question, id=question) for question in questions])


def questions_of(conversation: Conversation) -> list[str]:
    return [turn.question for turn in conversation.turns]


def test_a_question_in_the_place_of_another_puts_what_followed_aside() -> None:
    conversation = asked("a", "b", "c")
    turn = conversation.replace_question("b", "x", False, "")
    assert questions_of(conversation) == ["a", "x"]
    assert conversation.replace_question("b", "x", False, "") is turn  # Enter, twice
    assert "Undo the edit" in turn.question_html()
    conversation.bring_back(turn.id)
    assert questions_of(conversation) == ["a", "b", "c"]
    conversation.bring_back("b")
    assert questions_of(conversation) == ["a", "x"]
    conversation.bring_back("nobody's")
    conversation.replace_question("nobody's", "y", False, "")
    assert questions_of(conversation) == ["a", "x", "y"]
