"""OpenID Connect: the staff sign in at the clinic's own provider, by the code flow with PKCE."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from rasa.shared.exceptions import RasaException

from ketamine_faq.settings import settings
from ketamine_faq.storage.secret_key import secret_key

ALGORITHMS = ["RS256", "PS256", "ES256"]
# From the first page to the return; the provider may ask for a second factor meanwhile.
SIGN_IN_SECONDS = 10 * 60
TIMEOUT_SECONDS = 10
# Of the provider's clock and ours.
LEEWAY_SECONDS = 60


class SignInError(RasaException):
    """The provider did not say who somebody is; the message is for the log, and names nobody."""


@dataclass(frozen=True)
class Begun:
    """Where a browser is sent, and what it must bring back: sealed, so that only this browser can end what it began."""

    address: str
    seal: str


def begin(return_address: str) -> Begun:
    """Begin to sign somebody in; raises SignInError where the provider does not answer."""
    secret = {"state": secrets.token_urlsafe(24), "nonce": secrets.token_urlsafe(24)}
    secret["verifier"] = secrets.token_urlsafe(48)
    with _client(return_address) as client:
        endpoint = _provider(client)["authorization_endpoint"]
        address, _ = client.create_authorization_url(
            endpoint, state=secret["state"], nonce=secret["nonce"], code_verifier=secret["verifier"]
        )
    return Begun(address, _sealer().dumps(secret))


def finish(return_address: str, seal: str, state: str, code: str) -> str:
    """Return the mail address of who comes back from the provider, in lower case; raises SignInError."""
    try:
        secret = _sealer().loads(seal, max_age=SIGN_IN_SECONDS)
    except BadSignature:
        raise SignInError("a browser came back that had not begun to sign in, or too long ago") from None
    if not secrets.compare_digest(secret["state"].encode(), state.encode("utf-8", "surrogatepass")):
        raise SignInError("a browser came back with a state that is not its own")
    try:
        with _client(return_address) as client:
            provider = _provider(client)
            token = client.fetch_token(provider["token_endpoint"], code=code, code_verifier=secret["verifier"])
            keys = KeySet.import_key_set(client.request("GET", provider["jwks_uri"], withhold_token=True).json())
        claims = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS).claims
        _expected(secret["nonce"]).validate(claims)
    except (httpx.HTTPError, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
        # The type alone: an answer of the provider can name the person.
        raise SignInError(f"the provider's answer could not be used ({type(error).__name__})") from None
    return _address(claims)


def _expected(nonce: str) -> jwt.JWTClaimsRegistry:
    """Return what must be true of a token: from this provider, for us, for this sign-in, and not too old."""
    return jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": _issuer()},
        aud={"essential": True, "value": settings().staff_oidc_client_id or ""},
        nonce={"essential": True, "value": nonce},
        exp={"essential": True},
    )


def _address(claims: dict[str, Any]) -> str:
    # Some providers leave the second out where they keep the addresses themselves.
    address, is_verified = claims.get("email"), claims.get("email_verified", True)
    if not isinstance(address, str) or is_verified is not True:
        raise SignInError("the provider gave no mail address, or one that it has not verified")
    return address.strip().lower()


def _client(return_address: str) -> OAuth2Client:
    secret = settings().staff_oidc_client_secret
    return OAuth2Client(
        settings().staff_oidc_client_id,
        secret.get_secret_value() if secret else None,
        scope="openid email",
        redirect_uri=return_address,
        code_challenge_method="S256",
        timeout=TIMEOUT_SECONDS,
    )


def _provider(client: OAuth2Client) -> dict[str, Any]:
    """Return what the provider says of itself."""
    try:
        document = f"{_issuer().rstrip('/')}/.well-known/openid-configuration"
        found = client.request("GET", document, withhold_token=True).raise_for_status().json()
        if found["issuer"] != _issuer():
            raise SignInError("the provider calls itself by another name than STAFF_OIDC_ISSUER")
        return found
    except (httpx.HTTPError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise SignInError(f"the provider does not answer as one ({type(error).__name__})") from None


def _issuer() -> str:
    return str(settings().staff_oidc_issuer)


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key(), salt="staff sign-in")
