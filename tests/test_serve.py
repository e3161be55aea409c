"""`ketamine-faq serve`: faults are told in one line, an ended part is started again, nothing is left over."""

import os
import re
import signal
import socket
from pathlib import Path

import pytest

from ketamine_faq.serving.supervisor import SILENT_SECONDS, Pulse
from tests.conversation import Bot
from tests.support.processes import (
    alive,
    children,
    command_line,
    copied_project,
    free_port,
    own_endpoints,
    refused,
    serve,
    wait_for,
    wait_until_ready,
)


def test_a_taken_port_is_named_with_the_mend():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port}" in (line := refused("--port", str(port)))
        assert "--port" in line


def test_the_action_servers_port_is_refused(tmp_path: Path):
    port = str(free_port())
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(f"action_endpoint:\n  url: http://localhost:{port}/webhook\n")
    assert "action server" in refused("--port", port, "--endpoints", str(endpoints))


def test_a_wrong_setting_is_named():
    assert "CONTACT_FORM_URL" in refused(CONTACT_FORM_URL="not an address")


@pytest.mark.usefixtures("model")
def test_figures_on_the_port_of_the_bot_are_refused():
    port = str(free_port())
    assert "METRICS_PORT" in refused("--port", port, METRICS_PORT=port)


def test_the_management_api_is_refused_off_this_machine():
    assert "--enable-api" in refused("--host", "0.0.0.0", "--enable-api")


def test_a_broken_content_file_is_named_with_its_line(tmp_path: Path):
    project = copied_project(tmp_path)
    path = project / "content" / "broken.yml"
    path.write_text("responses:\n  utter_x: [\n")
    endpoints = own_endpoints(tmp_path)
    line = refused("--port", str(free_port()), "--endpoints", str(endpoints), project=project)
    assert re.search(rf"{path.name}:\d+ is not valid YAML", line)


def test_answers_come_while_the_action_server_is_down_and_it_comes_back(bot: Bot):
    server = next(pid for pid in children(bot.pid) if "rasa_sdk" in command_line(pid))
    visitor = bot.visitor().asks("what dose for depression")
    os.kill(server, signal.SIGSTOP)  # it is down for as long as the visitor asks
    visitor.asks("and how often").gets("schedule")
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: not alive(server), 10)
    visitor.asks("what are the side effects").gets("not_covered").asks("yes please").gets("contact_form")
    wait_for(lambda: bot.log.read_text().count("is started again") == 1, 20)


def test_who_loads_for_long_is_left_alone_and_who_falls_silent_is_not():
    now = 0.0
    pulse = Pulse("http://127.0.0.1/healthz", clock=lambda: now)
    now = 10.0 * SILENT_SECONDS
    assert not pulse.has_stopped()
    pulse.beat()
    now += SILENT_SECONDS
    assert not pulse.has_stopped()
    now += 1
    assert pulse.has_stopped()
    pulse.beat()
    assert not pulse.has_stopped()


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_over(model: Path, endpoints: Path, tmp_path: Path, signal_number: int):
    own = tmp_path / "endpoints.yml"
    own.write_text(re.sub(r"localhost:\d+", f"localhost:{free_port()}", endpoints.read_text()))
    log = tmp_path / "output.txt"
    process = serve("--port", str(free_port()), "--endpoints", str(own), output=log)
    wait_until_ready(process, log)
    started = children(process.pid)
    assert len(started) == 3
    process.send_signal(signal_number)
    process.wait(30)
    wait_for(lambda: not any(alive(pid) for pid in started), 20)
