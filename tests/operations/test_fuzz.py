"""Whatever is sent to any address, nothing fails and what is answered is as docs/openapi.yml says.

FUZZED_MESSAGES says how many messages go through the bot: 1,000 unless set; docs/security.md says when 20,000 do.
"""

import json
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from ketamine_faq.content.texts import MAX_CHARACTERS, content
from ketamine_faq.paths import PROJECT
from tests.conversation import Bot, assert_closed
from tests.support.contact_server import context, set_up
from tests.support.odd_texts import ODD
from tests.support.processes import free_port, own_endpoints, serve, wait_until_ready

MESSAGES = int(os.environ.get("FUZZED_MESSAGES", "1000"))
AT_ONCE, BATCH = 8, 100
REQUESTS_AN_ADDRESS = 60
UNHURRIED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

DESCRIPTION = PROJECT / "docs" / "openapi.yml"
SCHEMA = schemathesis.openapi.from_path(DESCRIPTION)
CHECKS = (
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
)


@pytest.fixture(scope="module")
def fuzzed(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A bot that takes any number of forms."""
    folder, port = tmp_path_factory.mktemp("fuzzed"), free_port()
    log = folder / "output.txt"
    environment = {
        "ENQUIRIES_DATABASE_URL": f"sqlite:///{folder / 'enquiries.db'}",
        "REFUSED_ENQUIRIES_PER_HOUR": "1000000",
    }
    process = serve("--port", str(port), "--endpoints", str(own_endpoints(folder)), output=log, **environment)
    try:
        wait_until_ready(process, log)
        yield Bot(f"http://127.0.0.1:{port}", process.pid, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@SCHEMA.parametrize()
@settings(max_examples=REQUESTS_AN_ADDRESS, deadline=None, suppress_health_check=UNHURRIED)
def test_every_address_answers_as_described(case: schemathesis.Case, fuzzed: Bot):
    case.call_and_validate(base_url=fuzzed.address, checks=CHECKS)


def test_every_address_is_described(tmp_path: Path):
    receiver, sender = context.Pipe(duplex=False)
    environment = {"ENQUIRIES_DATABASE_URL": f"sqlite:///{tmp_path / 'enquiries.db'}"}
    process = context.Process(target=_addresses, args=(sender, environment, str(tmp_path / "output.txt")))
    process.start()
    paths = yaml.safe_load(DESCRIPTION.read_text())["paths"]
    assert receiver.recv() == {(path, method) for path, methods in paths.items() for method in methods}
    process.join(30)


def _addresses(pipe, environment: dict[str, str], log: str) -> None:
    """Say which addresses the bot serves, in a process that Rasa's settings of the log harm nobody in."""
    set_up(environment, log)
    from rasa.core.run import configure_app, create_http_input_channels

    app = configure_app(create_http_input_channels(None, str(PROJECT / "credentials.yml")), enable_api=False)
    pipe.send({(f"/{route.path}", method.lower()) for route in app.router.routes for method in route.methods})


ANY_TEXT = st.text(st.characters())  # halves of characters, too
QUESTIONS = [json.loads(line)["text"] for line in (PROJECT / "tests" / "questions.jsonl").read_text().splitlines()]
TYPED = st.one_of(
    ANY_TEXT,
    st.text(st.characters(categories=("Cc", "Cf", "Cs", "Zs", "Mn")), min_size=1),
    st.builds("/{}{}".format, st.sampled_from(["restart", "back", "session_start", "crisis", "dosing", ""]), ANY_TEXT),
    st.builds(json.dumps, st.recursive(ANY_TEXT | st.integers() | st.none(), st.lists, max_leaves=5)),
    st.builds("{}{}{}".format, ANY_TEXT, st.sampled_from([odd for odd in ODD if len(odd) < 1000]), ANY_TEXT),
    st.builds(
        lambda question, at, odd: question[:at] + odd + question[at:],
        st.sampled_from(QUESTIONS),
        st.integers(0, 60),
        ANY_TEXT,
    ),
    st.sampled_from(sorted(content().buttons())),
)

# One a batch: the encoder has for seconds of what has signs between the words.
LONG = st.builds(
    # Longer, it might be refused: a character has up to twelve bytes in JSON.
    lambda text, times: (text * times)[:MAX_CHARACTERS],
    st.text(st.characters(), min_size=1, max_size=30),
    st.integers(200, 5000),
)
BATCHES = st.builds(lambda many, one: [*many, one], st.lists(TYPED, min_size=BATCH - 1, max_size=BATCH - 1), LONG)


def test_any_message_is_handled_and_its_reply_closed_by_the_disclaimer(fuzzed: Bot):
    own, sent = threading.local(), []

    def asks(message: str) -> None:
        if not hasattr(own, "client"):
            own.client = httpx.Client(base_url=fuzzed.address, timeout=60, trust_env=False, verify=False)
        # In ASCII, as JSON has half a character.
        reply = own.client.post("/webhooks/rest/webhook", content=json.dumps({"message": message}))
        assert reply.status_code == 200, ascii(message)
        assert_closed(reply.json(), ascii(message))
        assert reply.json()[0]["text"] != content().failure, ascii(message)

    @given(BATCHES)
    @settings(max_examples=MESSAGES // BATCH, deadline=None, suppress_health_check=UNHURRIED)
    def batches(messages: list[str]) -> None:
        list(pool.map(asks, messages))
        sent.extend(messages)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        batches()
    assert len(sent) >= MESSAGES
