"""Requests that no handler answers: refused with a reply where a client of the chat waits for one, and harmless."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ketamine_faq.content.texts import content
from ketamine_faq.serving.supervisor import LIMITS
from tests.conversation import Bot
from tests.support.bare_server import bare_server
from tests.support.contact_server import Served

CHAT = "/webhooks/rest/webhook"
MALFORMED = [
    "Content-Length: -5",
    "Content-Length: abc",
    "Content-Length: ",
    "Content-Length: +2",
    "Content-Length: ٢",
    "Content-Length: 2\r\nContent-Length: 3",
    "Content-Length: 2\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: Chunked",
    "Transfer-Encoding: gzip",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The channels, with the limits that `serve` sets."""
    with bare_server(LIMITS, tmp_path_factory.mktemp("refusals")) as running:
        yield running


def sent(address: str, header: str, path: str) -> httpx.Response:
    """What is answered to a body with such a header, which no client would send; fails where nothing is."""
    url = httpx.URL(address)
    with socket.create_connection((url.host, url.port), timeout=10) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: bot\r\n{header}\r\n\r\n{{}}".encode())
        # It is closed after the answer, for where the next request would begin is not known.
        reply = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = reply.partition(b"\r\n\r\n")
    return httpx.Response(int(head.split()[1]), content=body)


def assert_notice(reply: httpx.Response, status: int) -> None:
    """It is the failure notice in the format of a reply."""
    assert reply.status_code == status
    (message,) = reply.json()
    assert message["text"] == content().failure


def answered(address: str, head: bytes) -> bytes:
    """All that is answered to the head of a request."""
    url = httpx.URL(address)
    with socket.create_connection((url.host, url.port), timeout=10) as connection:
        connection.sendall(head + b"\r\nHost: bot\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("path", [b"/\xff", b"/caf\xc3\xa9", b"http://[", b"*", b"", b"?a", b"x"])
def test_a_path_that_is_none_is_refused_quietly(server: Served, path: bytes):
    logged = len(server.log.read_text())
    reply = answered(server.address, b"GET " + path + b" HTTP/1.1")
    assert reply.startswith(b"HTTP/1.1 400 "), reply[:80]
    assert "Traceback" not in server.log.read_text()[logged:] and "ERROR" not in server.log.read_text()[logged:]
    assert server.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/", "/widget.js", "/healthz", "/contact", "/webhooks/rest/"])
def test_the_head_alone_is_what_the_page_has(server: Served, path: str):
    head, page = answered(server.address, f"HEAD {path} HTTP/1.1".encode()), server.get(path)
    assert head.startswith(b"HTTP/1.1 200 ") and head.endswith(b"\r\n\r\n")
    assert f"content-length: {len(page.content)}".encode() in head.lower() and page.content


def test_no_reply_is_stored_or_taken_for_something_else(server: Served):
    message = {"sender": "me", "message": "hello"}
    asked = [
        server.post(CHAT, json=message),
        server.post("/webhooks/rest/conversation"),
        server.post(CHAT, content=b"{"),
        server.get("/nowhere"),
        server.get("/healthz"),
        server.get("/contact"),
        server.post("/webhooks/rest/broken"),
    ]
    for reply in asked:
        assert reply.headers["Cache-Control"] == "no-store", reply.url
        assert reply.headers["X-Content-Type-Options"] == "nosniff", reply.url
    # What may be kept says so.
    assert "max-age" in server.get("/contact/style.css").headers["Cache-Control"]


@pytest.mark.parametrize("header", MALFORMED)
def test_a_malformed_length_is_refused_and_the_server_goes_on(server: Served, header: str):
    assert_notice(sent(server.address, header, CHAT), 400)
    for path in ("/healthz", "/contact.json", "/contact"):
        assert sent(server.address, header, path).status_code == 400
    assert server.get("/healthz").status_code == 200


def test_the_served_bot_outlives_a_negative_length(bot: Bot):
    assert_notice(sent(bot.address, MALFORMED[0], CHAT), 400)
    assert httpx.get(f"{bot.address}/healthz", timeout=10).status_code == 200


def test_who_errs_in_the_address_is_told_how_to_reach_a_person(server: Served):
    assert_notice(server.post("/webhooks/rest/webhok"), 404)
    assert_notice(server.get(CHAT), 405)
    # Elsewhere the answer is the server's own.
    elsewhere = server.get("/nowhere")
    assert elsewhere.status_code == 404 and content().failure not in elsewhere.text


def test_what_is_too_large_is_refused_with_the_notice(server: Served):
    largest = int(LIMITS["SANIC_REQUEST_MAX_SIZE"])
    message = json.dumps({"message": "x" * (largest - 20)})
    assert server.post(CHAT, content=message).status_code == 200
    assert_notice(server.post(CHAT, content=message + " " * 20), 413)
    in_chunks = iter([b" " * largest, b" "])
    assert_notice(server.post(CHAT, content=in_chunks), 413)


def test_a_fault_of_our_own_is_answered_with_the_notice_and_no_word_of_it_in_the_log(
    server: Served,
):
    assert_notice(server.post("/webhooks/rest/broken"), 500)
    log = server.log.read_text()
    assert "RuntimeError" in log and "what was typed" not in log


@pytest.mark.parametrize("path", [CHAT, "/webhooks/rest/feedback", "/contact.json"])
def test_json_deeper_than_python_reads_is_refused(server: Served, path: str):
    assert server.post(path, content=b"[" * 60_000).status_code in (400, 422)


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//[x"])
def test_an_origin_that_is_none_is_foreign(server: Served, origin: str):
    assert server.post("/contact.json", json={}, headers={"Origin": origin}).status_code == 403


def test_half_a_request_is_not_waited_for_long(tmp_path: Path):
    # As `serve` has it, but sooner.
    limits = LIMITS | {"SANIC_REQUEST_TIMEOUT": "1", "SANIC_RESPONSE_TIMEOUT": "1"}
    with bare_server(limits, tmp_path) as server:
        url = httpx.URL(server.address)
        for half in (f"POST {CHAT} HTTP/1.1\r\n", f"POST {CHAT} HTTP/1.1\r\nContent-Length: 9\r\n\r\n{{"):
            with socket.create_connection((url.host, url.port), timeout=20) as connection:
                connection.sendall(half.encode())
                while connection.recv(65536):
                    pass
