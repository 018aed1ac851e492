"""Mount the page on the server's application, with the endpoints that belong to its tabs."""

from collections.abc import Callable

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App
from starlette.routing import Mount

from inquote.app.chat.head import head_html
from inquote.app.chat.page import Page
from inquote.app.service.service import Service
from inquote.app.service.viewer import Person


def mount_page(
    api: FastAPI,
    service: Service,
    writable: bool = False,
    known: Callable[[str], Person | None] | None = None,
) -> App:
    """Mount the page at the root of `api` and return Gradio's own application.

    A `writable` page takes files in and removes documents. `known` says who is meant by the header
    that the guard puts on requests, where the server knows people.
    """
    page = Page(service, writable, known)
    for path, endpoint, method in (
        ("/api/export/{key}.{kind}", page.export, "GET"),
        ("/api/copied/{turn}", page.copied, "GET"),
        ("/api/feedback/{turn}", page.feedback.offer_sentences, "GET"),
        ("/api/feedback/{turn}", page.feedback.note, "POST"),
    ):
        api.add_api_route(path, endpoint, methods=[method], include_in_schema=False)
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
        head=head_html(),
    )
    for route in api.routes:
        if isinstance(route, Mount) and isinstance(route.app, App):
            return route.app
    raise RuntimeError("Gradio did not mount its application")
