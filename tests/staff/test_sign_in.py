"""The staff sign in at a real OpenID Connect provider, and nobody comes in by a token that is not theirs."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from ketamine_faq.settings import SettingsError, settings
from ketamine_faq.staff.audit import audit_rows
from ketamine_faq.staff.logins import Logins
from tests.support.installation import Installation
from tests.support.oidc_provider import CLIENT, SECRET, Provider, oidc_provider
from tests.support.processes import free_port
from tests.support.staff_server import Staff, Visit, staff_served

USERS = '{"kim@clinic.example": "reception", "dr@clinic.example": "clinician"}'
LOGIN = "/staff/login"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The clinic's provider, at which Kim signs in."""
    with oidc_provider() as running:
        yield running


@pytest.fixture
def staff(installation: Installation, endpoints: Path, provider: Provider) -> Iterator[Staff]:
    """The page, whose staff sign in there."""
    # Where it is said to be is not where it is served: the browser of these tests goes to the path alone.
    installation.set(staff_auth="oidc", staff_users=USERS, staff_url="http://localhost:5006")
    installation.set(staff_oidc_issuer=provider.address, staff_oidc_client_id=CLIENT, staff_oidc_client_secret=SECRET)
    with staff_served(installation, endpoints) as served:
        yield served


def to_provider(visit: Visit) -> str:
    """Go to the provider and sign in; return the path that it sends back to."""
    sent = visit.get(f"{LOGIN}/provider")
    assert sent.status_code == 303, sent.text
    back = httpx.get(sent.headers["location"]).headers["location"]
    assert back.startswith(f"http://localhost:5006{LOGIN}/return?")
    return back.removeprefix("http://localhost:5006")


def test_who_signs_in_has_the_role_of_the_settings(staff: Staff):
    kim = staff.stranger()
    assert f"{LOGIN}/provider" in kim.get(LOGIN).text
    answer = kim.get(to_provider(kim))
    assert answer.status_code == 200 and "/staff/" in answer.text
    assert "kim@clinic.example, reception" in kim.get("/staff/enquiries").text
    assert kim.get("/staff/texts").status_code == 403
    assert [(row.who, row.action) for row in audit_rows(staff.store, 9)] == [("kim@clinic.example", "logged in")]


def test_what_comes_back_works_once_and_in_the_browser_that_began(staff: Staff):
    kim, other = staff.stranger(), staff.stranger()
    back = to_provider(kim)
    assert other.get(back).status_code == 403
    to_provider(other)
    assert other.get(back).status_code == 403  # a browser that has begun another
    assert kim.get(back).status_code == 200
    assert kim.get(back).status_code == 403
    for path in ("", "?code=x", "?state=x&code=y", f"?{urlsplit(to_provider(kim)).query}&state=%ff"):
        assert staff.stranger().get(f"{LOGIN}/return{path}").status_code == 403, path
    assert other.get("/staff/enquiries").status_code == 303


LIES = {
    "another's name": {"iss": "https://other.example"},
    "for another page": {"aud": "another page"},
    "of another sign-in": {"nonce": "another"},
    "too old": {"exp": int(time.time()) - 3600},
    "not verified": {"email_verified": False},
    "without an address": {"email": None},
    "of who has no place": {"email": "stranger@clinic.example"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_right_lets_nobody_in(staff: Staff, provider: Provider, lie: str):
    provider.lies = LIES[lie]
    visit = staff.stranger()
    answer = visit.get(to_provider(visit))
    assert answer.status_code == 403 and "staff=" not in answer.headers.get("set-cookie", "")
    assert visit.get("/staff/enquiries").status_code == 303
    assert "clinic.example" not in staff.log.read_text()


def test_a_token_that_another_signed_lets_nobody_in(staff: Staff, provider: Provider):
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "now"})
    visit = staff.stranger()
    assert visit.get(to_provider(visit)).status_code == 403


def test_a_provider_that_is_down_is_said_so(installation: Installation, endpoints: Path):
    installation.set(staff_auth="oidc", staff_users=USERS, staff_oidc_client_id=CLIENT, staff_oidc_client_secret=SECRET)
    installation.set(staff_oidc_issuer=f"http://127.0.0.1:{free_port()}")
    with staff_served(installation, endpoints) as staff:
        answer = staff.stranger().get(f"{LOGIN}/provider")
        assert answer.status_code == 403 and "sign-in did not work" in answer.text
        link = Logins(staff.store).new_link("Kim Lee", "admin", time.time())
        assert staff.stranger().client.post(LOGIN, data={"link": link}).status_code == 403


def test_a_provider_in_the_clear_is_refused(installation: Installation):
    with pytest.raises(SettingsError, match="STAFF_OIDC_ISSUER: write its https:// address"):
        installation.set(staff_oidc_issuer="http://provider.example")
        settings()


def test_what_a_sign_in_lacks_is_named(installation: Installation):
    installation.set(staff_auth="oidc", staff_oidc_client_id=CLIENT)
    with pytest.raises(SettingsError, match="STAFF_OIDC_ISSUER and STAFF_OIDC_CLIENT_SECRET and STAFF_USERS"):
        settings()


def test_each_sign_in_has_secrets_of_its_own(staff: Staff):
    asked = [staff.stranger().get(f"{LOGIN}/provider").headers["location"] for _ in range(2)]
    first, second = (parse_qs(urlsplit(address).query) for address in asked)
    assert all(first[name] != second[name] for name in ("state", "nonce", "code_challenge"))
