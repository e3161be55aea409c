"""A small server with the widget, pages that a test writes, and replies that it puts into the bot's mouth.

What a widget makes of a page and of a reply needs no model; that replies are such is for the tests with the bot.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ketamine_faq.content.texts import content
from ketamine_faq.website.widget import widget_script

SCRIPT = '<script src="/widget.js" defer></script>'
Reply = tuple[int, Any]


def page(body: str = "<p>A clinic</p>", head: str = SCRIPT, html: str = 'lang="en"') -> str:
    """Return a page as clinics have them."""
    return f"<!doctype html><html {html}><head><title>A clinic</title>{head}</head><body>{body}</body></html>"


def message(body: str, topic: str = "dosing", **more: Any) -> dict[str, Any]:
    """Return a message of a reply, closed as the bot closes it."""
    return {"text": f"{body}\n\n{content().disclaimer}", "topic": topic, **more}


def answer(body: str = "Usually in a clinic.", topic: str = "dosing", **more: Any) -> dict[str, Any]:
    """Return an answer from the article, with what can be asked next."""
    buttons = [content().question_button(each) for each in content().next_topics(topic)]
    return message(body, topic, **{"source": content().notice("source"), "buttons": buttons, **more})


def danger(**more: Any) -> dict[str, Any]:
    """Return a reply to somebody in danger."""
    buttons = [content().service_button(name) for name in ("emergency", "lifeline", "lifeline_text")]
    buttons.append({"title": "Other lines", "payload": "/other_lines"})
    text = "I'm really glad you said that, and you don't have to carry it alone. Are you safe right now?"
    return message(text, "crisis", concern="danger", buttons=buttons, **more)


@dataclass
class Canned:
    """The server: `pages` by path, `reply` for each message, and what came, in order."""

    address: str = ""
    pages: dict[str, str] = field(default_factory=lambda: {"/": page()})
    headers: dict[str, str] = field(default_factory=dict)
    reply: Callable[[str], Reply] = lambda message: (200, [answer()])
    deletion: int = 204
    asked: list[dict[str, Any]] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[dict[str, Any]] = field(default_factory=list)
    enquiries: list[dict[str, Any]] = field(default_factory=list)
    # By a page's own script.
    noted: list[dict[str, Any]] = field(default_factory=list)
    begun: int = 0
    _held: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Hold nothing."""
        self._held.set()

    def says(self, *messages: dict[str, Any], status: int = 200) -> None:
        """Reply so to whatever is asked."""
        self.reply = lambda _: (status, list(messages))

    def holds(self) -> None:
        """Answer nothing until `lets_go`."""
        self._held.clear()

    def lets_go(self) -> None:
        """Answer what was held."""
        self._held.set()

    def post(self, path: str, body: dict[str, Any]) -> Reply:
        """Answer as the bot's server does."""
        if path == "/webhooks/rest/conversation":
            self.begun += 1
            return 200, {"sender": f"visitor-{self.begun}"}
        if path == "/webhooks/rest/feedback":
            self.verdicts.append(body)
            return 204, None
        if path == "/contact.json":
            self.enquiries.append(body)
            return 201, {"reference": "K7QF-2M9X", "next": "A person reads it."}
        if path == "/noted":
            self.noted.append(body)
            return 204, None
        self.asked.append(body)
        self._held.wait(60)
        status, messages = self.reply(body["message"])
        return status, [{"recipient_id": body["sender"], **each} for each in messages]


@contextmanager
def serving(canned: Canned) -> Iterator[Canned]:
    """Serve while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path.endswith("/widget.js"):
                self.send(200, widget_script().encode(), "text/javascript")
            elif path == "/contact/challenge":
                self.send(200, b'{"token": "t", "challenge": "", "salt": "", "maxnumber": -1}', "application/json")
            elif path in canned.pages:
                self.send(200, canned.pages[path].encode(), "text/html; charset=utf-8")
            else:
                self.send(404, b"", "text/plain")

        def do_POST(self) -> None:
            self.answer(lambda body: canned.post(self.path, body))

        def do_DELETE(self) -> None:
            self.answer(lambda body: (canned.deleted.append(body), (canned.deletion, None))[1])

        def do_OPTIONS(self) -> None:
            self.send(204, b"", "text/plain")

        def answer(self, to: Callable[[dict[str, Any]], Reply]) -> None:
            status, body = to(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send(status, b"" if body is None else json.dumps(body).encode(), "application/json")

        def send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Access-Control-Allow-Origin": "*"}
            headers |= {"Access-Control-Allow-Headers": "*", "Access-Control-Allow-Methods": "*"}
            for name, value in {**headers, **(canned.headers if kind.startswith("text/html") else {})}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except BrokenPipeError:
                # The page was left meanwhile.
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    canned.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield canned
    finally:
        canned.lets_go()
        server.shutdown()
        server.server_close()
