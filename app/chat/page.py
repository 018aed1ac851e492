"""Build the Gradio page: the conversation on the left; page.js opens the document beside it.

Gradio's `HTML` component compiles its template with `eval`, which the page's
Content-Security-Policy forbids. So the conversation is a sanitised `Chatbot`, used as output only,
and the document pane is fetched from `/api/pane`.
"""

import json
import os
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any
from weakref import WeakValueDictionary

import gradio as gr
from fastapi import Response
from fastapi.responses import JSONResponse

from inquote.app.chat.citing import copied_forms
from inquote.app.chat.conversation import Conversation, Turn, linked_question, replaces
from inquote.app.chat.export import escape_markdown
from inquote.app.chat.feedback import FeedbackEndpoints, FeedbackError
from inquote.app.chat.introduction import INTRODUCTION, WAYS_TO_BEGIN, introduction
from inquote.app.chat.offering import offered_questions
from inquote.app.chat.saving import file_response, save_links
from inquote.app.marks import with_marks
from inquote.app.service.service import Service, explain, log
from inquote.app.service.viewer import Person, own, see_as, viewer
from inquote.ingest.errors import LibraryMissing
from inquote.ingest.text import encodable

SUGGESTION_COUNT = 3
QUEUE_LIMIT = 512
# Tabs whose conversations are kept, those used last; another is answered anew from what its browser
# kept. Gradio would keep 10,000, closed ones too, and the measures of as many events.
MAX_SESSIONS = 128
MEASURED_EVENTS = {"GRADIO_ANALYTICS_MAX_EVENTS": "100"}
Updates = dict[Any, Any]
"""What an event handler returns to Gradio: components with their new values."""


class Page:
    """The page's components and the events between them."""

    def __init__(
        self,
        service: Service,
        writable: bool = False,
        known: Callable[[str], Person | None] | None = None,
    ) -> None:
        self._service = service
        self._known = known
        self._writable = writable
        self._conversations: WeakValueDictionary[str, Conversation] = WeakValueDictionary()
        self._turns: WeakValueDictionary[str, Turn] = WeakValueDictionary()
        self.feedback = FeedbackEndpoints(service, self._turns)
        os.environ.update(MEASURED_EVENTS)
        with gr.Blocks(title="inquote", analytics_enabled=False, fill_width=True) as self.blocks:
            self.conversation = gr.State(Conversation())
            self.kept = gr.Textbox("[]", elem_id="kept", label="Kept", visible="hidden")
            self.back = gr.Button("Bring back", elem_id="bring-back", visible="hidden")
            self.undo = gr.Button("Undo the edit", elem_id="undo-edit", visible="hidden")
            self.anew = gr.Button("Introduce anew", elem_id="introduce-anew", visible="hidden")
            with gr.Row(elem_id="inquote"):
                with gr.Column(elem_id="conversation"):
                    self._add_header()
                    self._add_log()
                    self._add_question_box()
                gr.Column(elem_id="document")
            self._connect()
        self.blocks.state_session_capacity = MAX_SESSIONS
        self.blocks.queue(max_size=QUEUE_LIMIT, default_concurrency_limit=None, api_open=False)

    def _add_header(self) -> None:
        with gr.Row(elem_id="top"):
            gr.Markdown("# inquote", elem_id="name")
            self.save = gr.Markdown(elem_id="save")
            self.new = gr.Button("New conversation", elem_id="new", size="sm")
        self.notice = gr.Markdown(elem_id="notice", visible="hidden")

    def _add_log(self) -> None:
        self.chat = gr.Chatbot(
            elem_id="log",
            show_label=False,
            container=False,
            render_markdown=False,
            latex_delimiters=[],
            allow_tags=False,
            group_consecutive_messages=False,
            feedback_options=None,
            buttons=[],
            autoscroll=False,
            height=None,
            layout="panel",
        )

    def _add_question_box(self) -> None:
        with gr.Row(elem_id="examples"):
            self.intro = gr.Markdown(INTRODUCTION, elem_id="intro", latex_delimiters=[])
            self.suggestions = [gr.Button(visible=False) for _ in range(SUGGESTION_COUNT)]
        self.box = gr.Textbox(
            elem_id="question",
            label="Your question",
            placeholder="Ask a question of the text",
            max_lines=6,
            submit_btn="Ask",
            autofocus=True,
        )
        self.standalone = gr.Textbox(elem_id="alone", label="As it stands", visible="hidden")
        self.limit = gr.Textbox(elem_id="limit", label="Only in", visible="hidden")
        self.branch = gr.Textbox(elem_id="branch", label="In the place of", visible="hidden")

    def _connect(self) -> None:
        """Tie every event to its handler; none is an endpoint for others."""
        outputs = [
            self.conversation,
            self.kept,
            self.notice,
            self.chat,
            self.box,
            self.standalone,
            self.limit,
            self.branch,
            self.save,
            *self.suggestions,
        ]
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        asking: dict[str, Any] = {"outputs": outputs, "trigger_mode": "multiple", **private}
        state = [self.conversation, self.kept]
        beside = [*state, self.standalone, self.limit, self.branch]
        self.box.submit(self.ask, [self.box, *beside], **asking)
        for button in self.suggestions:
            button.click(self.ask, [button, *beside], **asking)
        self.undo.click(self.undo_edit, [self.conversation, self.branch], **asking)
        self.new.click(self.clear, self.conversation, [*outputs, self.intro], **private)
        begun = [self.intro, *self.suggestions]
        self.anew.click(self.introduce, self.conversation, begun, **private)
        self.back.click(self.bring_back, state, **asking)
        self.blocks.load(self.open, self.conversation, [*outputs, self.intro], **private)

    async def ask(
        self,
        question: Any,
        conversation: Conversation,
        kept: Any,
        standalone: Any = "",
        limit: Any = "",
        branch: Any = "",
        request: gr.Request | None = None,
    ) -> AsyncIterator[Updates]:
        """Show the question at once, then its answer in the same place.

        A `limit` names what alone is searched; see `places_of`. A `branch` is the id of the turn in
        whose place the question comes.
        A server that was started anew knows nothing of the conversation: it first answers the
        questions that the browser kept. Any other question without an answer comes first too, for
        this one may lean on it.
        """
        self._see_as(request)
        if not conversation.turns:
            conversation.restore(kept)
        typed = encodable(question), bool(standalone)
        if branch:
            newest = conversation.replace_question(encodable(branch), *typed, encodable(limit))
        else:
            newest = conversation.take_question(*typed, kept, encodable(limit))
        turns = [turn for turn in conversation.turns if turn is newest or not turn.is_done]
        yield {**self._show(conversation), self.box: "", self.standalone: "", self.branch: ""}
        for turn in turns:
            self._see_as(request)
            await conversation.finish(turn, self._service)
            yield self._show(conversation)
        self._see_as(request)
        notice = self._show_notice("") if self._service.ready else {}
        yield {**self._show(conversation), **notice, **await self._suggest(conversation)}

    async def undo_edit(
        self, conversation: Conversation, branch: Any, request: gr.Request | None = None
    ) -> AsyncIterator[Updates]:
        """Bring back the questions in whose place that of the turn `branch` came."""
        self._see_as(request)
        conversation.bring_back(encodable(branch))
        turns = [turn for turn in conversation.turns if not turn.is_done]
        yield {self.branch: ""}
        async for updates in self._answer_all(conversation, turns, request):
            yield updates
        self._see_as(request)
        yield await self._suggest(conversation)

    async def clear(self, conversation: Conversation, request: gr.Request | None = None) -> Updates:
        """Begin a new conversation."""
        self._see_as(request)
        conversation.turns.clear()
        begun = {self.intro: await self._introduce(), **await self._suggest(conversation)}
        return {**self._show(conversation), self.box: "", **begun}

    async def introduce(
        self, conversation: Conversation, request: gr.Request | None = None
    ) -> AsyncIterator[Updates]:
        """Say anew which text this is, for it has changed, and what can be asked of it."""
        self._see_as(request)
        yield {self.intro: await self._introduce()}
        self._see_as(request)
        yield await self._suggest(conversation, wait=True)

    async def open(self, conversation: Conversation, request: gr.Request) -> AsyncIterator[Updates]:
        """Wait for the models, introduce the text, then ask the question of the address.

        This is one event, for a browser may miss what comes of one that begins while another ends;
        see streams.py.
        """
        # Wait, and say so.
        self._see_as(request)
        if not self._service.ready:
            yield self._show_notice("Loading the models ...")
        try:
            await self._service.wait_until_open()
        except Exception as error:
            self._see_as(request)
            can_begin = self._can_change() and isinstance(error, LibraryMissing)
            yield self._show_notice(explain(error), WAYS_TO_BEGIN if can_begin else "")
            return
        self._see_as(request)
        yield {**self._show_notice(""), self.intro: await self._introduce()}
        # Ask, unless somebody has asked while the models were loading.
        linked = linked_question(request.query_params)
        if not conversation.turns and (turns := conversation.restore(linked)):
            async for updates in self._answer_all(conversation, turns, request):
                yield updates
        # Offer questions as soon as they are known.
        self._see_as(request)
        yield await self._suggest(conversation, wait=True)

    async def bring_back(
        self, conversation: Conversation, kept: Any, request: gr.Request | None = None
    ) -> AsyncIterator[Updates]:
        """Answer the questions that the browser kept, those of this tab or of another conversation.

        Those of another take the place of what is shown; those of this tab come back after a
        reload, unless somebody has asked meanwhile.
        """
        self._see_as(request)
        if replaces(kept):
            conversation.turns.clear()
        turns = list(conversation.turns) or conversation.restore(kept)
        try:
            await self._service.wait_until_open()
        except Exception:  # `open` says why
            conversation.turns.clear()
            turns = []
        async for updates in self._answer_all(conversation, turns, request):
            yield updates

    async def _answer_all(
        self, conversation: Conversation, turns: list[Turn], request: gr.Request | None
    ) -> AsyncIterator[Updates]:
        """Show the turns at once, then their answers as they come."""
        self._see_as(request)
        yield self._show(conversation)
        for turn in turns:
            self._see_as(request)
            await conversation.finish(turn, self._service)
            yield self._show(conversation)
        if turns:
            self._see_as(request)
            yield await self._suggest(conversation)

    async def _introduce(self) -> str:
        """Say which text this is, and what can be done with it."""
        try:
            return introduction(await self._service.documents(), self._can_change())
        except Exception as error:
            log.info("no introduction", exc_info=error)
            return INTRODUCTION

    def _see_as(self, request: gr.Request | None) -> None:
        """Work for the person who sent an event, from here on to the next `yield`."""
        if self._known is not None:
            header = request.headers.get("x-inquote-person", "") if request else ""
            see_as(self._known(header))

    def _can_change(self) -> bool:
        """Say whether the person whom the page works for may change the corpus."""
        return self._writable and (self._known is None or viewer().changes)

    async def _suggest(self, conversation: Conversation, wait: bool = False) -> Updates:
        """Offer questions to begin with, or to go on with after the latest answer.

        Without `wait`, none are offered while the suggestions are still looked for.
        """
        questions: list[str] = []
        try:
            suggestions = await self._service.suggestions(wait=wait)
            questions = offered_questions(suggestions, conversation, SUGGESTION_COUNT)
        except Exception as error:  # `open` says why the system cannot be opened
            log.info("no suggested questions", exc_info=error)
        updates: Updates = dict.fromkeys(self.suggestions, gr.update(visible=False))
        for button, question in zip(self.suggestions, questions, strict=False):
            updates[button] = gr.update(value=question, visible=True)
        return updates

    def _show(self, conversation: Conversation) -> Updates:
        """Update all that depends on the conversation, the browser's memory included."""
        self._turns.update({own(turn.id): turn for turn in conversation.turns})
        return {
            self.conversation: conversation,
            self.chat: conversation.messages(),
            self.kept: _json(conversation.questions_to_keep()),
            self.save: self._save_links(conversation),
        }

    def _show_notice(self, sentence: str, html: str = "") -> Updates:
        """Show a sentence above the conversation, with `html` after it; hide the notice for ""."""
        notice = escape_markdown(with_marks(sentence)) + html
        return {self.notice: gr.update(value=notice, visible=True if notice else "hidden")}

    def _save_links(self, conversation: Conversation) -> str:
        """Write the links that save this conversation; they work as long as its tab is open."""
        conversation.key = conversation.key or secrets.token_urlsafe(24)
        self._conversations[own(conversation.key)] = conversation
        return save_links(conversation.key)

    async def export(self, key: str, kind: str) -> Response:
        """Return a conversation as a file; 404 once its tab is closed."""
        return file_response(self._conversations.get(own(key)), kind)

    async def copied(self, turn: str) -> JSONResponse:
        """Return an answer in each form in which it can be copied."""
        known = self._turns.get(own(turn))
        if known is None or known.answer is None:
            raise FeedbackError("That answer is not there any more; ask the question again.")
        return JSONResponse(copied_forms(known.answer, known.references))


def _json(value: object) -> str:
    """Write JSON as a browser does."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
