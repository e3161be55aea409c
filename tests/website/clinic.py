"""A clinic's website of another origin, with the widget on its page and a policy as strict as can be."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def clinic_website(bot_address: str, element: str = "") -> Iterator[str]:
    """Serve the page, with an element of its own on it or none, while the context lasts; return its origin."""
    script = f'<script src="{bot_address}/widget.js" defer></script>'
    page = f'<!doctype html><html lang="en"><title>A clinic</title>{script}<p>A clinic</p>{element}'
    policy = f"default-src 'none'; script-src {bot_address}; connect-src {bot_address}; "
    policy += "require-trusted-types-for 'script'; trusted-types lit-html"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
