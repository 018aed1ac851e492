"""The turns of a tab."""

from inquote.app.chat.conversation import Conversation, Turn


def test_a_question_of_a_conversation_that_was_begun_anew_has_no_history() -> None:
    conversation = Conversation()
    waiting = Turn("Who is it?")
    conversation.turns.append(Turn("Before"))
    conversation.turns.append(waiting)
    conversation.turns.clear()
    assert conversation.history_of(waiting) == ()
