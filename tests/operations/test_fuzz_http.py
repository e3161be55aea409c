"""Every address of docs/openapi.yml, sent what it takes and what it doesn't: answered as described, never with 500."""

import re
import shutil
import signal
import subprocess
from pathlib import Path

import yaml

from ketamine_faq import PROJECT
from tests.conftest import free_port, serve, wait_until_ready
from tests.operations.conftest import own_endpoints

OPENAPI = PROJECT / "docs" / "openapi.yml"
# Apart from the bot's own libraries, whose pins it does not share.
SCHEMATHESIS = ["tool", "run", "--quiet", "--from", "schemathesis==3.39.16", "schemathesis", "run", str(OPENAPI)]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def test_no_request_finds_a_fault(model: Path, tmp_path: Path):
    port, log = free_port(), tmp_path / "output.txt"
    enquiries = f"sqlite:///{tmp_path / 'enquiries.db'}"
    endpoints = str(own_endpoints(tmp_path))
    # Any number of enquiries: the limits would answer for what is behind them.
    limits = {"REFUSED_ENQUIRIES_PER_HOUR": "1000000", "DOUBTFUL_ENQUIRIES_PER_HOUR": "1000000"}
    process = serve(
        "--port", str(port), "--endpoints", endpoints, output=log, ENQUIRIES_DATABASE_URL=enquiries, **limits
    )
    try:
        wait_until_ready(process, log)
        command = [uv(), *SCHEMATHESIS, "--base-url", f"http://127.0.0.1:{port}", "--checks", CHECKS]
        command += ["--data-generation-method", "all", "--hypothesis-max-examples", "40", "--hypothesis-seed", "1"]
        command += ["--request-timeout", "60000", "--hypothesis-database", "none"]
        found = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert found.returncode == 0, re.sub(r"\x1b\[[0-9;]*m", "", found.stdout)[-4000:] + found.stderr[-1000:]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def test_the_description_has_what_the_proxy_passes_on_and_nothing_else():
    described = set(yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))["paths"]) - {"/readyz"}  # for inside
    nginx = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    rules = re.findall(r"location (=|\^~|~) (\S+) \{", nginx)
    patterns = [
        pattern if kind == "~" else f"^{re.escape(pattern)}{'$' if kind == '=' else ''}" for kind, pattern in rules
    ]
    for pattern in patterns:
        assert any(re.search(pattern, path) for path in described), pattern
    for path in described:
        assert any(re.search(pattern, path) for pattern in patterns), path


def uv() -> str:
    """The uv that `make` uses."""
    return shutil.which("uv") or str(PROJECT / ".bootstrap" / "bin" / "uv")
