"""The Gradio page: the conversation on the left; page.js opens the document beside it.

Gradio's `HTML` component compiles its template with `eval`, which the page's Content-Security-Policy forbids; so the
conversation is a sanitised `Chatbot`, used as output only, and the document pane is fetched from `/api/pane`. What a
conversation holds stays on the server; a browser keeps only the questions, and they are answered anew.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

import gradio as gr
from fastapi import FastAPI, Response
from gradio.routes import App
from starlette.routing import Mount

from inquote.app.answering.answer import Answer
from inquote.app.answering.suggestions import follow_up_questions, opening_questions
from inquote.app.chat.export import as_html, as_json, as_markdown, literal
from inquote.app.chat.feedback import Desk, verdicts_html
from inquote.app.chat.message import answer_html, question_html, sentence_html, waiting_html
from inquote.app.service.service import Service, explain, log
from inquote.ingest.errors import LibraryMissing
from inquote.ingest.text import encodable

OFFERED = 3  # suggested questions
KEPT_QUESTIONS = 20  # that a browser brings back after a reload
QUEUE_LIMIT = 512
INTRODUCTION = "Ask the text a question. It answers in its own words, and opens at the line."
EXPORTS = {
    "md": ("text/markdown; charset=utf-8", as_markdown),
    "html": ("text/html; charset=utf-8", as_html),
    "json": ("application/json", as_json),
}
HEAD = "".join(
    [f'<link rel="stylesheet" href="/page/{name}.css">' for name in ("style", "drawer")]
    + [
        f'<script src="/page/{name}.js" type="module"></script>'
        for name in ("page", "feedback", "drawer")
    ]
)


Kept = tuple[str, bool]
"""A question, and whether it stands alone."""


@dataclass(eq=False)
class Turn:
    """A question and what the conversation shows for it; `answer` is None until there is one, or for good.

    One that stands `alone` is asked without those before it, and those after it are asked without them too.
    `history` are the questions that it was asked after, `verdict` is what a person said of its answer, `id` is what
    only that person's browser knows, and `replying` is the work on its answer.
    """

    question: str
    html: str = field(default_factory=waiting_html)
    answer: Answer | None = None
    alone: bool = False
    history: tuple[str, ...] = ()
    verdict: str = ""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    replying: asyncio.Task[None] | None = None

    @property
    def done(self) -> bool:
        """Whether nothing more comes of it."""
        return self.replying is not None and self.replying.done()

    def shown(self) -> str:
        """The answer, and under it what can be said of it."""
        return self.html + (
            verdicts_html(self.id, self.answer, self.verdict) if self.answer else ""
        )


@dataclass(eq=False)
class Conversation:
    """The turns of one browser tab; every handler works on the same object, so that none undoes another's work."""

    turns: list[Turn] = field(default_factory=list)
    key: str = ""  # under which it can be saved; nobody else can guess it

    def messages(self) -> list[dict[str, Any]]:
        """The turns as a Chatbot takes them: already escaped HTML, in parts that it does not re-indent."""
        return [
            {"role": role, "content": [{"type": "text", "text": html}]}
            for turn in self.turns
            for role, html in (("user", question_html(turn.question)), ("assistant", turn.shown()))
        ]

    def before(self, turn: Turn) -> tuple[str, ...]:
        """The questions that `turn` is asked after: those with an answer or a refusal, oldest first."""
        earlier = self.turns[: self.turns.index(turn)]
        last = max((at for at, one in enumerate([*earlier, turn]) if one.alone), default=0)
        return tuple(one.question for one in earlier[last:] if one.answer)

    def to_keep(self) -> list[Kept]:
        """What the browser brings back after a reload."""
        return [(turn.question, turn.alone) for turn in self.turns if turn.answer][-KEPT_QUESTIONS:]

    def ask(self, question: str, alone: bool, kept: object) -> Turn:
        """The turn of a question that a browser asks which has kept `kept`.

        That is a new one, or the latest if what came of it has not reached the browser: somebody pressed Enter twice,
        or Gradio's client closed its stream just when the first Enter was on its way, and never heard of it.
        """
        latest = self.turns[-1] if self.turns else None
        again = latest and (
            not question.strip() or (question, alone) == (latest.question, latest.alone)
        )
        if latest and again and not self._seen(latest, kept):
            return latest
        self.turns.append(Turn(question, alone=alone))
        return self.turns[-1]

    def _seen(self, latest: Turn, kept: object) -> bool:
        """Whether a browser that has kept `kept` shows what came of the latest turn."""
        return latest.done and (latest.answer is None or as_kept(kept) == self.to_keep())

    def bring_back(self, kept: object) -> list[Turn]:
        """Begin with the questions that a browser brought, to be answered anew; it may have brought anything."""
        self.turns.extend(
            Turn(question, alone=alone) for question, alone in as_kept(kept)[-KEPT_QUESTIONS:]
        )
        return list(self.turns)


def as_kept(brought: object) -> list[Kept]:
    """What a browser brought that can be questions kept."""
    questions = (
        [one for one in brought if isinstance(one, list | tuple) and one]
        if isinstance(brought, list)
        else []
    )
    return [(encodable(one[0]), list(one[1:]) == [True]) for one in questions]


async def reply_to(service: Service, conversation: Conversation, turn: Turn) -> None:
    """Fill a turn in: with an answer, or with a sentence that says why there is none."""
    try:
        turn.history = conversation.before(turn)
        reply = await service.ask(turn.question, turn.history)
        turn.html, turn.answer = answer_html(reply.answer, reply.documents), reply.answer
    except Exception as error:
        turn.html = sentence_html(explain(error))


class Page:
    """The page's components and what happens between them."""

    def __init__(self, service: Service, writable: bool = False) -> None:
        self._service = service
        self._writable = writable
        self._saved: WeakValueDictionary[str, Conversation] = WeakValueDictionary()
        self._turns: WeakValueDictionary[str, Turn] = WeakValueDictionary()
        self.desk = Desk(service, self._turns)
        with gr.Blocks(title="inquote", analytics_enabled=False, fill_width=True) as self.blocks:
            self.conversation = gr.State(Conversation())
            self.kept = gr.BrowserState([], storage_key="inquote-questions", secret="inquote")
            with gr.Row(elem_id="inquote"):
                with gr.Column(elem_id="conversation"):
                    with gr.Row(elem_id="top"):
                        gr.Markdown("# inquote", elem_id="name")
                        self.save = gr.Markdown(elem_id="save")
                        self.new = gr.Button("New conversation", elem_id="new", size="sm")
                    self.notice = gr.Markdown(elem_id="notice", visible="hidden")
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
                    with gr.Row(elem_id="examples"):
                        gr.Markdown(INTRODUCTION, elem_id="intro")
                        self.suggestions = [gr.Button(visible=False) for _ in range(OFFERED)]
                    self.box = gr.Textbox(
                        elem_id="question",
                        label="Your question",
                        placeholder="Ask a question of the text",
                        max_lines=6,
                        submit_btn="Ask",
                        autofocus=True,
                    )
                    self.alone = gr.Textbox(elem_id="alone", label="As it stands", visible="hidden")
                gr.Column(elem_id="document")
            self._connect()
        self.blocks.queue(max_size=QUEUE_LIMIT, default_concurrency_limit=None, api_open=False)

    def _connect(self) -> None:
        """Tie every event to its handler; none is an endpoint for others."""
        shown = [
            self.conversation,
            self.kept,
            self.notice,
            self.chat,
            self.box,
            self.alone,
            self.save,
        ]
        everything = [*shown, *self.suggestions]
        quietly: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        asking: dict[str, Any] = {"outputs": everything, "trigger_mode": "multiple", **quietly}
        self.box.submit(self.ask, [self.box, self.conversation, self.kept, self.alone], **asking)
        for button in self.suggestions:
            button.click(self.ask, [button, self.conversation, self.kept], **asking)
        self.new.click(self.clear, self.conversation, everything, **quietly)
        self.blocks.load(self.open, [self.kept, self.conversation], everything, **quietly)
        self.blocks.load(self.offer, self.conversation, self.suggestions, **quietly)

    async def ask(
        self, question: Any, conversation: Conversation, kept: Any, alone: Any = ""
    ) -> AsyncIterator[dict[Any, Any]]:
        """Show the question at once, then its answer in the same place.

        A server that was started anew knows nothing of the conversation: it answers what the browser kept first. What
        else is not answered yet comes first too, for a question may lean on those before it.
        """
        if not conversation.turns:
            conversation.bring_back(kept)
        asked = conversation.ask(encodable(question), bool(alone), kept)
        turns = [turn for turn in conversation.turns if turn is asked or not turn.done]
        yield {**self._shown(conversation), self.box: "", self.alone: ""}
        for turn in turns:
            await self._replied(conversation, turn)
            yield self._shown(conversation)
        loaded = self._noticed("") if self._service.ready else {}
        yield {**self._shown(conversation), **loaded, **await self._suggested(conversation)}

    async def _replied(self, conversation: Conversation, turn: Turn) -> None:
        """Wait for what comes of a turn; once begun, the work goes on if the browser leaves, for it may ask again."""
        turn.replying = turn.replying or asyncio.create_task(
            reply_to(self._service, conversation, turn)
        )
        await asyncio.shield(turn.replying)

    async def clear(self, conversation: Conversation) -> dict[Any, Any]:
        """Begin a new conversation."""
        conversation.turns.clear()
        return {**self._shown(conversation), self.box: "", **await self._suggested(conversation)}

    async def open(
        self, kept: Any, conversation: Conversation, request: gr.Request
    ) -> AsyncIterator[dict[Any, Any]]:
        """Wait for the models, then ask what the address or the browser brought along."""
        if not self._service.ready:
            yield self._noticed("Loading the models ...")
        try:
            await self._service.opened()
        except Exception as error:
            here = (
                " Or add files here, under Corpus."
                if self._writable and isinstance(error, LibraryMissing)
                else ""
            )
            yield self._noticed(f"{explain(error)}{here}")
            return
        yield self._noticed("")
        if conversation.turns:  # a question was asked while the models were loading
            return
        linked = request.query_params.get("q")
        turns = conversation.bring_back([[linked, False]] if linked else kept)
        if turns:
            yield self._shown(conversation)
        for turn in turns:
            await self._replied(conversation, turn)
            yield self._shown(conversation)
        if turns:
            yield await self._suggested(conversation)

    async def offer(self, conversation: Conversation) -> dict[Any, Any]:
        """Show the questions to begin with once they are found."""
        return await self._suggested(conversation, wait=True)

    async def _suggested(self, conversation: Conversation, wait: bool = False) -> dict[Any, Any]:
        """The questions to begin with, or to go on with after the latest answer; none while they are looked for."""
        questions: list[str] = []
        try:
            suggestions = await self._service.suggestions(wait=wait)
            answers = [turn.answer for turn in conversation.turns if turn.answer]
            asked = [turn.question for turn in conversation.turns]
            questions = (
                follow_up_questions(suggestions, answers[-1], asked, OFFERED)
                if answers
                else opening_questions(suggestions, OFFERED)
            )
        except Exception as error:
            log.info(
                "no suggested questions", exc_info=error
            )  # `open` says what keeps the system from opening
        buttons = dict.fromkeys(self.suggestions, gr.update(visible=False))
        shown = zip(self.suggestions, questions, strict=False)
        return {
            **buttons,
            **{button: gr.update(value=question, visible=True) for button, question in shown},
        }

    def _shown(self, conversation: Conversation) -> dict[Any, Any]:
        """What every change of the conversation changes on the page and in the browser's memory."""
        self._turns.update({turn.id: turn for turn in conversation.turns})
        return {
            self.conversation: conversation,
            self.chat: conversation.messages(),
            self.kept: conversation.to_keep(),
            self.save: self._save_links(conversation),
        }

    def _save_links(self, conversation: Conversation) -> str:
        """Links under which this conversation can be saved, for as long as its tab is open."""
        conversation.key = conversation.key or secrets.token_urlsafe(24)
        self._saved[conversation.key] = conversation
        return "Save " + " · ".join(
            f"[{kind}](/api/export/{conversation.key}.{kind})" for kind in EXPORTS
        )

    async def export(self, key: str, kind: str) -> Response:
        """A conversation as a file; 404 once its tab is closed."""
        conversation = self._saved.get(key)
        if conversation is None or kind not in EXPORTS:
            return Response(
                "This conversation is not there any more.", 404, media_type="text/plain"
            )
        media_type, write = EXPORTS[kind]
        disposition = {"Content-Disposition": f'attachment; filename="inquote-conversation.{kind}"'}
        answers = [turn.answer for turn in conversation.turns if turn.answer]
        return Response(write(answers), headers=disposition, media_type=media_type)

    def _noticed(self, sentence: str) -> dict[Any, Any]:
        return {
            self.notice: gr.update(value=literal(sentence), visible=True if sentence else "hidden")
        }


def mount_page(api: FastAPI, service: Service, writable: bool = False) -> App:
    """Mount the page at the root of `api`; returns Gradio's own application. `writable` is whether it takes files."""
    page = Page(service, writable)
    api.add_api_route(
        "/api/export/{key}.{kind}", page.export, methods=["GET"], include_in_schema=False
    )
    api.add_api_route(
        "/api/feedback/{turn}", page.desk.ask, methods=["GET"], include_in_schema=False
    )
    api.add_api_route(
        "/api/feedback/{turn}", page.desk.take, methods=["POST"], include_in_schema=False
    )
    theme = gr.themes.Base(
        font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
    )
    gr.mount_gradio_app(
        api,
        page.blocks,
        "/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=0,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme,
        head=HEAD,
    )
    return next(
        route.app for route in api.routes if isinstance(route, Mount) and isinstance(route.app, App)
    )
