"""The files of deploy/, as far as they can be tried without a container engine."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from deploy.write_errors import errors
from ketamine_faq.content.texts import content
from ketamine_faq.paths import PROJECT
from ketamine_faq.settings import Settings, SettingsError, settings
from ketamine_faq.staff.app import require_safe
from tests.support.processes import free_port, wait_for
from tests.support.servers import Nginx
from tests.support.shared_bot import SharedBot

DEPLOY = PROJECT / "deploy"
NGINX_UPSTREAM = re.compile(r"^ +server ([\w.:-]+) ", re.MULTILINE)


@pytest.fixture(scope="module")
def proxy(shared_bot: SharedBot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real nginx with our configuration before the bot; its address."""
    # Of the two bots, one is down.
    bots = (f"127.0.0.1:{free_port()}", shared_bot.address.removeprefix("http://"))
    nginx = Nginx(tmp_path_factory.mktemp("nginx"), bots)
    yield nginx.address
    nginx.stop()


def test_the_public_paths_go_through_and_no_other(proxy: str, shared_bot: SharedBot):
    assert httpx.post(f"{proxy}/webhooks/rest/conversation").status_code == 200
    for path in ("/", "/widget.js", "/website.css", "/contact", "/contact/style.css", "/privacy"):
        assert httpx.get(f"{proxy}{path}").status_code == 200, path
    assert httpx.get(f"{proxy}/contact/challenge").status_code == 200
    for path in ("/readyz", "/status", "/version", "/model", "/domain", "/conversations/x/tracker", "/metrics"):
        assert httpx.get(f"{proxy}{path}").status_code == 404, path
    for path in (
        "/webhooks/rest/../../readyz",
        "//readyz",
        "/%72eadyz",
        "/contact/../readyz",
        "/contact.json/../readyz",
    ):
        raw = httpx.URL(proxy).copy_with(raw_path=path.encode())
        assert httpx.get(raw).status_code == 404, path
    assert shared_bot.get("/readyz").status_code == 200


def test_what_is_too_large_or_too_much_is_refused(proxy: str, shared_bot: SharedBot):
    message = {"sender": shared_bot.begin(), "message": "x" * 70_000}
    # The bot bounds a body by itself, too, but for more than a message could need.
    assert httpx.post(f"{shared_bot.address}/webhooks/rest/webhook", json=message).status_code == 200
    too_large = {**message, "message": "x" * 130_000}
    assert httpx.post(f"{shared_bot.address}/webhooks/rest/webhook", json=too_large).status_code == 413
    assert httpx.post(f"{proxy}/webhooks/rest/webhook", json=message).status_code == 413
    # By one client: to begin 60 takes long enough, on a busy machine, for none to be too much.
    with httpx.Client(base_url=proxy) as client:
        codes = [client.post("/webhooks/rest/conversation").status_code for _ in range(60)]
    assert codes[0] == 200 and codes[-1] == 429


def test_visitors_can_not_make_up_their_address(proxy: str):
    for number in range(30):
        reply = httpx.get(f"{proxy}/contact/challenge", headers={"X-Forwarded-For": f"10.0.0.{number}"})
    assert reply.status_code == 429


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real nginx with our configuration and no bot behind it; its address."""
    nginx = Nginx(tmp_path_factory.mktemp("alone"), (f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"))
    yield nginx.address
    nginx.stop()


def refused(proxy: str, method: str, path: str, status: int) -> httpx.Response:
    """What nginx itself answers: never to be stored, and with the numbers to call."""
    reply = httpx.request(method, f"{proxy}{path}", content=b"x" * 70_000 if status == 413 else b"")
    assert reply.status_code == status
    for number in ("emergency", "lifeline"):
        assert content().variables()[number] in reply.text
    assert reply.headers["Cache-Control"] == "no-store" and reply.headers["X-Content-Type-Options"] == "nosniff"
    return reply


@pytest.mark.parametrize("status", [413, 502])
def test_what_nginx_answers_by_itself_has_the_numbers(alone: str, status: int):
    (message,) = refused(alone, "POST", "/webhooks/rest/webhook", status).json()
    assert message["text"].endswith(content().disclaimer)
    assert content().variables()["emergency"] in refused(alone, "POST", "/contact.json", status).json()["text"]
    for path in ("/contact", "/"):
        page = refused(alone, "POST", path, status)
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"


def test_who_is_too_fast_for_nginx_gets_the_numbers(alone: str):
    with httpx.Client(base_url=alone) as client:
        replies = (client.get("/webhooks/rest/") for _ in range(500))
        reply = next(reply for reply in replies if reply.status_code == 429)
    assert content().variables()["lifeline"] in reply.json()[0]["text"]


def test_browsers_are_told_to_stay_with_tls(alone: str):
    assert int(httpx.get(f"{alone}/").headers["Strict-Transport-Security"].partition("=")[2]) > 180 * 24 * 3600


def test_what_nginx_says_is_what_content_says():
    # If not: make deploy/errors
    assert {path.name: path.read_text() for path in (DEPLOY / "errors").iterdir()} == errors()


def test_two_slashes_lead_nowhere_else_and_the_head_alone_goes_through(proxy: str):
    assert "Rasa" not in httpx.get(httpx.URL(proxy).copy_with(raw_path=b"//")).text
    for path in ("/", "/widget.js"):
        assert httpx.head(f"{proxy}{path}").status_code == 200
    # Other tests have had their share of this one; the next is let through in a few seconds.
    wait_for(lambda: httpx.head(f"{proxy}/contact").status_code == 200, 30)


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*.y*ml")), ids=lambda path: path.name)
def test_yaml_is_valid(path: Path):
    assert all(isinstance(document, dict) for document in yaml.safe_load_all(path.read_text()))


def test_what_is_set_are_settings():
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())["x-bot"]["environment"]
    config = yaml.safe_load((DEPLOY / "kubernetes" / "configmap.yaml").read_text())["data"]
    secret = next(yaml.safe_load_all((DEPLOY / "kubernetes" / "secret.example.yaml").read_text()))["stringData"]
    mail = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "secret.example.yaml").read_text()))[1]["stringData"]
    known = {name.upper() for name in Settings.__fields__}
    staff = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]["staff"]["environment"]
    _, staff_config, *_ = yaml.safe_load_all((DEPLOY / "kubernetes" / "staff.yaml").read_text())
    for names in (compose, config, secret, mail, staff, staff_config["data"]):
        assert set(names) <= known


def test_the_staffs_page_has_no_way_in_from_the_public_one():
    staff, nginx = _services()["staff"], _services()["nginx"]
    assert staff["ports"] == ["127.0.0.1:5006:5006"]
    assert set(staff["networks"]).isdisjoint(nginx["networks"])
    assert "staff" not in (DEPLOY / "nginx.conf").read_text()
    assert "staff" not in (DEPLOY / "kubernetes" / "gateway.yaml").read_text()


def test_the_settings_of_the_staffs_page_let_it_start(monkeypatch: pytest.MonkeyPatch):
    _, config, *_ = yaml.safe_load_all((DEPLOY / "kubernetes" / "staff.yaml").read_text())
    *_, secret = yaml.safe_load_all((DEPLOY / "kubernetes" / "secret.example.yaml").read_text())
    for name, value in {**config["data"], **secret["stringData"]}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(SettingsError, match="openssl rand"):
        settings()
    monkeypatch.setenv("STAFF_PROXY_SECRET", "p" * 64)
    require_safe("0.0.0.0")
    settings.cache_clear()


def _services() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]


def test_the_bots_user_of_the_database_is_a_plain_one():
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]
    assert "POSTGRES_USER" not in services["postgresql"]["environment"]  # it would be the superuser
    assert "NOSUPERUSER" in (DEPLOY / "create-bot.sh").read_text()
    assert "postgresql://bot:" in services["bot-a"]["environment"]["DATABASE_URL"]


def test_secrets_are_given_only_to_who_uses_them_and_every_way_out_is_named():
    retention = yaml.safe_load((DEPLOY / "kubernetes" / "retention.yaml").read_text())
    (container,) = retention["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert "mail" not in str(container["envFrom"])
    staff = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "staff.yaml").read_text()))
    assert "ketamine-faq-mail" not in str(staff) and "SMTP_PASSWORD" not in _services()["staff"]["environment"]
    policies = [*yaml.safe_load_all((DEPLOY / "kubernetes" / "network.yaml").read_text()), staff[-1]]
    names = {"ketamine-faq", "ketamine-faq-retention", "ketamine-faq-staff"}
    assert {policy["metadata"]["name"] for policy in policies} == names
    for policy in policies:
        assert set(policy["spec"]["policyTypes"]) == {"Ingress", "Egress"}
        assert all(rule["to"] and rule["ports"] for rule in policy["spec"]["egress"])


def test_nothing_that_is_fetched_floats_where_it_need_not():
    makefile = (PROJECT / "Makefile").read_text()
    assert re.search(r"install .*uv==\d+\.\d+\.\d+", makefile) and not re.search(r"uv>=", makefile)


def test_the_image_is_made_of_all_that_the_model_is_made_of():
    from ketamine_faq.model import SOURCES

    ignored = (PROJECT / ".dockerignore").read_text()
    for source in (*SOURCES, "actions", "credentials.yml", "endpoints.yml", "pyproject.toml"):
        assert f"!{source.split('/')[0]}\n" in ignored


def test_the_image_has_what_is_locked_and_no_tool_of_tests():
    image = (DEPLOY / "requirements.txt").read_text().splitlines()
    assert set(image) < set((PROJECT / "requirements.txt").read_text().splitlines())
    needed = {line.partition("==")[0] for line in image}
    assert {"rasa", "onnxruntime", "psycopg2-binary"} <= needed and not {"pytest", "playwright", "ruff"} & needed
    assert not [name for name in needed if name.startswith(("tensor", "keras", "jax"))]


def test_the_parts_of_compose_fit_together():
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    services = compose["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        assert set(service["networks"]) <= set(compose["networks"]), name
        # What is waited for can tell that it is well: by its own check, or by the image's.
        for waited in service.get("depends_on", {}):
            assert "healthcheck" in services[waited] or services[waited]["image"] == "ketamine-faq"
        # Only the proxy and the staff's page are reached from outside, and of themselves from this machine alone.
        assert ("ports" in service) == (name in ("nginx", "staff"))
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        assert service["pids_limit"] <= 512
        if "environment" in service and name not in ("bot-a", "bot-b"):
            assert not [setting for setting in service["environment"] if "SMTP" in setting], name
    named = {server.split(":")[0] for server in NGINX_UPSTREAM.findall((DEPLOY / "nginx.conf").read_text())}
    assert named == {name for name in services if name.startswith("bot-")}
