"""The key that signs forms, proofs of work and what browsers go on with: the setting, or a file made at first need."""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from ketamine_faq.paths import PROJECT
from ketamine_faq.settings import SettingsError, settings

KEY_FILE = PROJECT / "var" / "secret_key"


@lru_cache(maxsize=1)
def secret_key() -> str:
    """Return the key of this installation; raises SettingsError where it can be neither read nor made."""
    configured = settings().secret_key
    return configured.get_secret_value() if configured else _kept_key(KEY_FILE)


def _kept_key(path: Path) -> str:
    try:
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingsError(f"{path} can't be used ({error.strerror}): set SECRET_KEY in the environment.") from None
    if not key:
        raise SettingsError(f"{path} is empty: delete it, or set SECRET_KEY in the environment.")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        # A link either appears whole or is there already: workers that start together agree on one key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
