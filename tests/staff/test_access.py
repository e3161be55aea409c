"""Who is let in: each path with each role and with none, links, sessions, a proxy; and the public port knows none."""

import itertools
import re
import time
from pathlib import Path

import httpx
import pytest

from ketamine_faq.settings import SettingsError, settings
from ketamine_faq.staff.app import BLUEPRINTS, require_safe
from ketamine_faq.staff.audit import audit_rows
from ketamine_faq.staff.logins import IDLE_SECONDS, LINK_SECONDS, ROLES, SESSION_SECONDS, Logins
from tests.support.bare_server import bare_server
from tests.support.installation import Installation
from tests.support.staff_server import CSRF, Staff, staff_served

ALL, CLINICAL, ADMIN = set(ROLES), {"clinician", "admin"}, {"admin"}
# Every path, and who may; a new one is entered here, or the first test fails.
MAY = {
    ("GET", "/staff/"): ALL,
    ("POST", "/staff/logout"): ALL,
    ("GET", "/staff/enquiries"): ALL,
    ("GET", "/staff/enquiries/{}"): ALL,
    ("POST", "/staff/enquiries/{}/take"): ALL,
    ("POST", "/staff/enquiries/{}/answer"): ALL,
    ("GET", "/staff/questions"): CLINICAL,
    ("GET", "/staff/questions/figures"): CLINICAL,
    ("GET", "/staff/questions/reviews.jsonl"): CLINICAL,
    ("POST", "/staff/questions/judge"): CLINICAL,
    ("GET", "/staff/texts"): CLINICAL,
    ("GET", "/staff/texts/{}"): CLINICAL,
    ("POST", "/staff/texts/{}/sign"): {"clinician"},
    ("GET", "/staff/audit"): ADMIN,
}
OPEN = {("GET", "/staff/healthz"), ("GET", "/staff/style.css"), ("GET", "/staff/login"), ("POST", "/staff/login")}
# Where there is no provider, these let nobody in: test_sign_in.py has what they do where there is one.
OPEN |= {("GET", "/staff/login/provider"), ("GET", "/staff/login/return")}
PUBLIC = ("/", "/contact", "/contact.json", "/contact/style.css", "/webhooks/rest/webhook", "/widget.js", "/healthz")


def routes() -> set[tuple[str, str]]:
    """Every route of the server, its parts as {}."""
    return {
        (method, re.sub("<[^>]+>", "{}", f"{blueprint.url_prefix}{route.uri}"))
        for blueprint in BLUEPRINTS
        for route in blueprint._future_routes
        for method in route.methods
    }


def test_the_table_has_every_path():
    assert routes() == {*MAY, *OPEN}


def test_a_stranger_gets_nowhere(staff: Staff, installation: Installation):
    reference = installation.enquire()
    for method, path in MAY:
        for part in (reference, "dosing.pain.patient"):
            answer = staff.stranger().client.request(method, path.format(part), data={"csrf": "", "note": "x"})
            assert (answer.status_code, answer.headers.get("location")) == (303, "/staff/login"), (method, path)
            assert answer.content == b""
    for cookie in ("", "x", "é", "'; drop table staff_sessions"):
        headers = {"Cookie": f"staff={cookie}".encode()}
        assert httpx.get(f"{staff.address}/staff/enquiries", headers=headers).status_code == 303


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_its_paths_and_no_other(staff: Staff, installation: Installation, role: str):
    reference = installation.enquire()
    for (method, path), roles in MAY.items():
        if path.endswith("logout"):
            continue
        visit = staff.person(role)
        path = path.format("no.such.text" if "texts" in path else reference)
        answer = visit.get(path) if method == "GET" else visit.post(path, note="Called.")
        assert (answer.status_code == 403) == (role not in roles), (method, path, answer.status_code)
        assert answer.status_code < 500


def test_a_form_without_the_sessions_own_mark_is_refused(staff: Staff, installation: Installation):
    reference, kim = installation.enquire(), staff.person("admin")
    (others, *_) = CSRF.findall(staff.person("admin").get("/staff/enquiries").text)
    for (method, path), csrf in itertools.product(MAY, ("", "x", others)):
        if method == "POST":
            answer = kim.client.post(path.format(reference), data={"csrf": csrf, "note": "x", "verdict": "right"})
            assert answer.status_code == 403, path
    assert kim.get("/staff/enquiries").status_code == 200  # nor was anybody logged out
    assert "Nobody has taken it" in kim.get(f"/staff/enquiries/{reference}").text


def test_the_public_port_knows_no_path_of_the_staff_and_theirs_none_of_the_public(staff: Staff, tmp_path: Path):
    folder = tmp_path / "public"
    folder.mkdir()
    kim = staff.person("admin")
    with bare_server({}, folder) as public:
        for method, path in {*MAY, *OPEN}:
            answer = httpx.request(method, public.address + path.format("x"), cookies=dict(kim.client.cookies))
            assert answer.status_code == 404, (method, path)
        assert all("set-cookie" not in public.get(path).headers for path in PUBLIC)
    assert [path for path in PUBLIC if kim.get(path).status_code != 404] == []


def test_without_a_provider_nobody_is_sent_there_or_comes_back(staff: Staff):
    for path in ("provider", "return?state=x&code=y"):
        assert staff.stranger().get(f"/staff/login/{path}").status_code == 403


def test_a_link_lets_in_once_and_is_not_used_up_by_being_fetched(staff: Staff):
    link, visit = Logins(staff.store).new_link("Kim Lee", "reception", time.time()), staff.stranger()
    for _ in range(2):
        assert "Kim Lee" in visit.get(f"/staff/login?link={link}").text
    first = visit.client.post("/staff/login", data={"link": link})
    assert first.status_code == 303
    cookie = first.headers["set-cookie"]
    assert all(part in cookie for part in ("Path=/staff", "HttpOnly", "SameSite=Strict")) and "Secure" not in cookie
    again = staff.stranger()
    assert "Kim Lee" not in again.get(f"/staff/login?link={link}").text
    assert again.client.post("/staff/login", data={"link": link}).status_code == 403
    assert again.get("/staff/enquiries").status_code == 303
    assert [(row.who, row.action) for row in audit_rows(staff.store, 9)] == [("Kim Lee", "logged in")]


def test_a_link_is_soon_too_old(installation: Installation):
    logins = Logins(installation.store)
    link = logins.new_link("Kim Lee", "reception", 0)
    assert logins.invited(link, LINK_SECONDS - 1) == "Kim Lee"
    assert logins.invited(link, LINK_SECONDS + 1) is None and logins.enter(link, LINK_SECONDS + 1) is None


def test_a_session_ends_when_it_is_not_used_and_in_any_case_after_a_day_of_work(installation: Installation):
    logins = Logins(installation.store)
    _, idle = logins.begin("Kim Lee", "reception", 0)
    assert logins.person(idle, IDLE_SECONDS - 1) and not logins.person(idle, 2 * IDLE_SECONDS)
    _, used = logins.begin("Kim Lee", "reception", 0)
    for moment in range(0, SESSION_SECONDS, IDLE_SECONDS // 2):
        assert logins.person(used, moment)
    assert logins.person(used, SESSION_SECONDS) is None


def test_who_logs_out_is_out(staff: Staff):
    kim = staff.person("reception")
    cookie = dict(kim.client.cookies)
    assert kim.post("/staff/logout").headers["location"] == "/staff/login"
    assert httpx.get(f"{staff.address}/staff/enquiries", cookies=cookie).status_code == 303


SECRET = "p" * 32


@pytest.fixture
def proxied(installation: Installation, endpoints: Path):
    """The page behind a proxy that signs people in."""
    users = '{"kim@clinic.example": "reception", "dr@clinic.example": "clinician"}'
    installation.set(
        staff_auth="proxy", staff_proxy_secret=SECRET, staff_users=users, staff_url="https://staff.example"
    )
    with staff_served(installation, endpoints) as served:
        yield served


def test_who_the_proxy_has_signed_in_has_the_role_of_the_settings(proxied: Staff, installation: Installation):
    reference = installation.enquire()
    kim = proxied.stranger(**{"X-Staff-Secret": SECRET, "X-Forwarded-Email": "Kim@clinic.example"})
    answer = kim.get("/staff/enquiries")
    assert answer.status_code == 200 and "kim@clinic.example, reception" in answer.text
    assert "Secure" in answer.headers["set-cookie"]
    # A browser sends a cookie that is `Secure` by https alone, and httpx likewise: here no proxy ends TLS.
    kim.client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
    assert kim.post(f"/staff/enquiries/{reference}/take").status_code == 303
    assert kim.get("/staff/texts").status_code == 403
    # Another person at the same browser is not taken for the first.
    kim.client.headers["X-Forwarded-Email"] = "dr@clinic.example"
    assert kim.get("/staff/texts").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Forwarded-Email": "dr@clinic.example"},
        {"X-Forwarded-Email": "dr@clinic.example", "X-Staff-Secret": "q" * 32},
        {"X-Forwarded-Email": "dr@clinic.example", "X-Staff-Secret": ""},
        {"X-Staff-Secret": SECRET},
        {"X-Staff-Secret": SECRET, "X-Forwarded-Email": "stranger@clinic.example"},
    ],
)
def test_nobody_else_comes_in_by_the_proxy(proxied: Staff, headers: dict[str, str]):
    for method, path in MAY:
        answer = proxied.stranger(**headers).client.request(method, path.format("x"))
        assert answer.status_code == 403 and "set-cookie" not in answer.headers, path


def test_two_names_at_once_are_nobodys_and_a_link_lets_nobody_in_beside_the_proxy(proxied: Staff):
    names = [("X-Staff-Secret", SECRET), *[("X-Forwarded-Email", f"{who}@clinic.example") for who in ("dr", "kim")]]
    assert httpx.get(f"{proxied.address}/staff/texts", headers=names).status_code == 403
    link = Logins(proxied.store).new_link("Kim Lee", "admin", time.time())
    assert proxied.stranger().client.post("/staff/login", data={"link": link}).status_code == 403


def test_headers_of_a_proxy_mean_nothing_where_there_is_none(staff: Staff):
    headers = {"X-Staff-Secret": SECRET, "X-Forwarded-Email": "dr@clinic.example"}
    assert staff.stranger(**headers).get("/staff/texts").status_code == 303


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"staff_auth": "proxy"}, "needs STAFF_PROXY_SECRET and STAFF_USERS"),
        ({"staff_auth": "proxy", "staff_proxy_secret": "short"}, "STAFF_PROXY_SECRET"),
        ({"staff_users": '{"kim@clinic.example": "boss"}'}, "STAFF_USERS"),
    ],
)
def test_a_wrong_setting_stops_the_start(installation: Installation, wrong: dict[str, str], problem: str):
    with pytest.raises(SettingsError, match=problem):
        installation.set(**wrong)
        settings()


def test_where_others_could_listen_it_is_not_served(installation: Installation):
    require_safe("127.0.0.1")
    with pytest.raises(SettingsError, match="STAFF_URL"):
        require_safe("0.0.0.0")
    installation.set(staff_url="https://staff.example")
    require_safe("0.0.0.0")


def test_no_page_may_be_kept_framed_or_run_a_script(staff: Staff):
    for path in ("/staff/login", "/staff/enquiries", "/staff/questions/figures", "/staff/nowhere"):
        headers = staff.person("admin").get(path).headers
        assert headers["cache-control"] == "no-store" and headers["x-frame-options"] == "DENY", path
        assert "default-src 'none'" in headers["content-security-policy"], path
