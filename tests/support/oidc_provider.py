"""A small OpenID Connect provider: it signs in at once whoever a test says, by the code flow with PKCE."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "staff page", "a secret of the provider's"


class Provider:
    """What the provider knows: who signs in, the keys, and the codes that are not used yet."""

    def __init__(self) -> None:
        """Make a key."""
        self.key = RSAKey.generate_key(2048, {"kid": "now", "use": "sig"})
        self.signing_key = self.key
        self.address = ""
        self.person: dict[str, Any] = {"email": "Kim@clinic.example", "email_verified": True}
        # What a token says instead of what is true.
        self.lies: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the browser is sent back to."""
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the tokens for a code, once, to who has the client's secret and the code's verifier."""
        asked = self.codes.pop(sent["code"], None)
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not asked or authorization != expected or challenge != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 300, **self.person}
        claims |= {"nonce": asked["nonce"], **self.lies}
        signed = jwt.encode({"alg": "RS256", "kid": "now"}, claims, self.signing_key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}

    def document(self) -> dict[str, str]:
        """Return what it says of itself."""
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.address, **{name: f"{self.address}/{path}" for name, path in places.items()}}

    def keys(self) -> dict[str, Any]:
        """Return its public keys."""
        return KeySet([self.key]).as_dict(private=False)


@contextmanager
def oidc_provider() -> Iterator[Provider]:
    """Serve a provider for as long as the context lasts."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(_first(url.query)))
                self.end_headers()
                return
            self._answer({"/keys": provider.keys}.get(url.path, provider.document)())

        def do_POST(self) -> None:
            sent = _first(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer(provider.token(sent, self.headers.get("Authorization", "")))

        def _answer(self, body: dict[str, Any] | None) -> None:
            self.send_response(200 if body else 400)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body or {"error": "invalid_grant"}).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
