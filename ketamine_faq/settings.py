"""Every setting, from the environment or .env; a wrong one stops the start and says which and why."""

import os
from collections.abc import Iterator
from difflib import get_close_matches
from email.errors import MessageError
from email.headerregistry import Address
from functools import lru_cache
from typing import Literal

import pydantic.env_settings
from dotenv import dotenv_values, load_dotenv
from pydantic import AnyHttpUrl, BaseSettings, Field, RedisDsn, SecretStr, ValidationError, root_validator, validator
from rasa.shared.exceptions import RasaException
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from ketamine_faq.paths import PROJECT

# What Rasa's stores and ours speak; SQLite only for enquiries.
POSTGRESQL, SQLITE = ("postgresql", "postgresql+psycopg2"), ("sqlite", "sqlite+pysqlite")
SHORTEST_KEY = 32
# What all commands have in common; the environment wins.
ENV_FILE = PROJECT / ".env"
# Settings of other programs that may stand there; how alike a misspelt name is to the right one.
OTHERS, NEAR = ("RASA_", "SANIC_", "TF_", "PG", "SQLALCHEMY_", "OMP_", "LANG", "LC_", "TZ"), 0.85


class SettingsError(RasaException):
    """A setting has a value that can't be used."""


class Settings(BaseSettings):
    """What may differ between one installation and another."""

    contact_form_url: AnyHttpUrl = Field(
        "http://localhost:5005/contact", description="Where a visitor reaches a person; named in every hand-off"
    )
    allowed_origins: list[AnyHttpUrl] = Field(
        [], description="Other websites that may use the server from a browser, as a JSON list of origins"
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Signs forms and the secrets of browsers' conversations; without it, var/secret_key, made at need",
    )
    database_url: str | None = Field(
        None,
        description="PostgreSQL for conversations, enquiries and verdicts, as postgresql://user:password@host/name; "
        "without it, SQLite files in var/",
    )
    redis_url: RedisDsn | None = Field(
        None,
        description="Redis for what workers must agree on, the locks of conversations and the form's rate limits; "
        "without it, the memory of the one worker",
    )
    sanic_workers: int = Field(1, ge=1, description="Worker processes, as Rasa has it; more than one need REDIS_URL")
    enquiries_database_url: str = Field(
        None, description="Where enquiries and verdicts are kept, if not at DATABASE_URL; also sqlite:///file"
    )
    metrics_port: int | None = Field(
        None, ge=1, le=65535, description="Port of the figures for Prometheus; without it, there are none"
    )
    metrics_host: str = Field("127.0.0.1", description="Address of that port; never one that visitors can reach")
    enquiries_email_to: str | None = Field(None, description="Mail address that enquiries are delivered to")
    enquiries_email_from: str = Field("enquiries@localhost", description="Mail address that they come from")
    smtp_host: str = Field("localhost", description="Mail server")
    smtp_port: int = Field(25, ge=1, le=65535, description="Its port: 587 is usual with starttls, 465 with tls")
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        "starttls", description="Encryption of the mail connection; none is fit only for a server on this machine"
    )
    smtp_username: str | None = Field(None, description="Account at the mail server, where it asks for one")
    smtp_password: SecretStr | None = Field(None, description="Password of that account")
    enquiries_webhook_url: AnyHttpUrl | None = Field(
        None, description="Address that enquiries are posted to, instead of mail"
    )
    enquiries_webhook_secret: SecretStr | None = Field(
        None, min_length=16, description="Signs what is posted there; the receiver checks it"
    )
    enquiry_answer_days: int | None = Field(
        None, ge=1, description="Working days within which you answer an enquiry; the receipt says so"
    )
    privacy_policy_url: AnyHttpUrl | None = Field(
        None, description="The clinic's own privacy policy; needed once CONTACT_FORM_URL is not on this machine"
    )
    secure_messaging_address: str | None = Field(
        None, description="The clinic's address for secure messaging, which the form names to referrers"
    )
    clinic_phone: str | None = Field(None, description="Telephone number that the receipt and the privacy page name")
    enquiry_reminder_hours: float = Field(
        8, gt=0, description="Working hours (content/clinic.yml) until the staff are reminded of what nobody has taken"
    )
    conversations_kept_days: int = Field(90, ge=1, description="Transcripts and verdicts older than this are deleted")
    enquiries_kept_days: int = Field(365, ge=1, description="Enquiries older than this are deleted, once answered")
    conversation_megabytes_per_day: int = Field(
        200,
        ge=1,
        description="More than this from one address within a day is answered, and not kept; each worker counts",
    )
    minimum_fill_seconds: float = Field(3, ge=0, description="Who fills in the form faster is taken for a machine")
    doubtful_enquiries_per_hour: int = Field(
        10, ge=1, description="More than this from one address are marked as doubtful"
    )
    refused_enquiries_per_hour: int = Field(
        60, ge=1, description="More than this from one address are refused, and told so"
    )
    staff_url: AnyHttpUrl = Field(
        "http://localhost:5006", description="Where the staff reach their page; https:// wherever others could listen"
    )
    staff_auth: Literal["link", "oidc", "proxy"] = Field(
        "link",
        description="Who lets the staff in: links of `ketamine-faq staff link`, an OpenID Connect provider, or a proxy "
        "that has signed them in",
    )
    staff_oidc_issuer: AnyHttpUrl | None = Field(
        None, description="The provider, by the name that its tokens have; the clinic's own tenant of it, no shared one"
    )
    staff_oidc_client_id: str | None = Field(None, description="What the page is called there")
    staff_oidc_client_secret: SecretStr | None = Field(None, description="The secret that it shares with the page")
    staff_proxy_secret: SecretStr | None = Field(
        None, description="What that proxy sends as X-Staff-Secret, so that it is known"
    )
    staff_user_header: str = Field("X-Forwarded-Email", description="In which header it names the person")
    staff_users: dict[str, Literal["reception", "clinician", "admin"]] = Field(
        {},
        description='Who may come in by either, in lower case, and as what: JSON, {"kim@clinic.example": "reception"}',
    )
    require_signed_content: bool = Field(
        False, description="Neither train nor serve while a text is unsigned, changed since, or overdue for review"
    )
    # Read by others of the environment, who would fail late or take a wrong one for none.
    sanic_proxies_count: int | None = Field(
        None, ge=0, description="For Sanic: proxies in front, whose word on a visitor's address is taken"
    )
    ticket_lock_lifetime: int | None = Field(
        None, ge=1, description="For Rasa: seconds that a conversation waits for a worker that died; `serve` sets 10"
    )
    pgconnect_timeout: int | None = Field(
        None, ge=2, description="For libpq: seconds that it waits for PostgreSQL; `serve` sets 3"
    )
    postgresql_pool_size: int | None = Field(None, ge=1, description="For Rasa: connections that a worker keeps")
    postgresql_max_overflow: int | None = Field(None, ge=0, description="For Rasa: connections beyond these")
    ketamine_faq_stock_rasa: bool = Field(
        False, description="Serve and train with Rasa as it is, without the patches of ketamine_faq/serving/"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] | None = Field(
        None, description="For Rasa: what of its own entries is in the log"
    )

    @validator("secret_key", "staff_proxy_secret")
    def not_to_be_guessed(cls, key: SecretStr | None) -> SecretStr | None:
        """Refuse a key that is short or not a secret."""
        text = key.get_secret_value().strip() if key else ""
        if key and (len(text) < SHORTEST_KEY or text.startswith("change-me")):
            raise ValueError(f"make one of at least {SHORTEST_KEY} characters, with: openssl rand -hex 32")
        return key

    @validator("staff_oidc_issuer")
    def over_tls(cls, url: AnyHttpUrl | None) -> AnyHttpUrl | None:
        """Refuse a provider whose answers others could write."""
        if url and url.scheme != "https" and url.host not in ("localhost", "127.0.0.1"):
            raise ValueError("write its https:// address")
        return url

    @validator("enquiries_email_to", "enquiries_email_from")
    def mail_address(cls, address: str | None) -> str | None:
        """Refuse what no mail could be addressed to; the server may be on a network where names have no dot."""
        try:
            if address is not None:
                Address(addr_spec=address)
        except (ValueError, IndexError, MessageError):
            raise ValueError("write one address, as name@clinic.example") from None
        return address

    @validator("database_url")
    def postgresql(cls, url: str | None) -> str | None:
        """Refuse what several machines could not share."""
        if url is None or _names_database(url, POSTGRESQL):
            return url
        raise ValueError("write it as postgresql://user:password@host/name")

    @validator("redis_url")
    def numbered_database(cls, url: RedisDsn | None) -> RedisDsn | None:
        """Refuse a database that Redis has no number for."""
        if url is None or (url.path or "").strip("/").isdecimal():
            return url
        raise ValueError("write it as redis://:password@host:6379/0, with the number of a database at its end")

    @validator("enquiries_database_url", always=True, pre=True)
    def beside_the_conversations(cls, url: str | None, values: dict) -> str:
        """Keep enquiries where conversations are kept, unless told otherwise."""
        url = url or values.get("database_url") or f"sqlite:///{PROJECT / 'var' / 'enquiries.db'}"
        if _names_database(url, (*POSTGRESQL, *SQLITE)):
            return url
        raise ValueError("write it as postgresql://user:password@host/name or sqlite:///file")

    @root_validator(skip_on_failure=True)
    def workers_that_agree(cls, values: dict) -> dict:
        """Refuse workers that would answer one conversation at once, and machines that would sign differently."""
        if values["sanic_workers"] > 1 and not values["redis_url"]:
            raise ValueError("SANIC_WORKERS above 1 needs REDIS_URL")
        if (values["database_url"] or values["redis_url"]) and not values["secret_key"]:
            raise ValueError("DATABASE_URL and REDIS_URL need SECRET_KEY, the same on every machine")
        return values

    @root_validator(skip_on_failure=True)
    def a_sign_in_that_can_be_trusted(cls, values: dict) -> dict:
        """Refuse a sign-in whose word anybody could give, and one that could let nobody in."""
        needed = {
            "link": (),
            "oidc": ("staff_oidc_issuer", "staff_oidc_client_id", "staff_oidc_client_secret", "staff_users"),
            "proxy": ("staff_proxy_secret", "staff_users"),
        }[values["staff_auth"]]
        if missing := [name.upper() for name in needed if not values[name]]:
            raise ValueError(f"STAFF_AUTH={values['staff_auth']} needs {' and '.join(missing)}")
        return values

    @root_validator(skip_on_failure=True)
    def policy_of_who_collects(cls, values: dict) -> dict:
        """Refuse to collect from the public without saying by what policy."""
        if values["contact_form_url"].host not in ("localhost", "127.0.0.1") and not values["privacy_policy_url"]:
            raise ValueError("set PRIVACY_POLICY_URL, the address of the clinic's privacy policy")
        return values

    @root_validator(skip_on_failure=True)
    def one_destination_that_can_be_trusted(cls, values: dict) -> dict:
        """Refuse two destinations, for one of them would be silent, and a webhook whose posts nobody could check."""
        if values["enquiries_webhook_url"] and values["enquiries_email_to"]:
            raise ValueError("set ENQUIRIES_EMAIL_TO or ENQUIRIES_WEBHOOK_URL, not both")
        if values["enquiries_webhook_url"] and not values["enquiries_webhook_secret"]:
            raise ValueError("ENQUIRIES_WEBHOOK_URL needs ENQUIRIES_WEBHOOK_SECRET")
        return values


def _names_database(url: str, drivers: tuple[str, ...]) -> bool:
    try:
        # Of its faults nothing is repeated: they could quote the password.
        parsed = make_url(url)
        return parsed.drivername in drivers and bool(parsed.database)
    except (SQLAlchemyError, ValueError):
        return False


def load_env_file() -> None:
    """Put what .env has into the environment, where that has nothing of the name, also for others who read it."""
    load_dotenv(ENV_FILE)


def _misspelt() -> Iterator[str]:
    """Yield a line for each name that looks like a setting's and is none, and for what else is in .env."""
    known, written = {name.upper() for name in Settings.__fields__}, dotenv_values(ENV_FILE)
    for name in sorted({*os.environ, *written}):
        if name.upper() in known:
            continue
        # Where the setting is set, too, the other is another program's.
        near = get_close_matches(name.upper(), known - {*map(str.upper, (*os.environ, *written))}, 1, NEAR)
        if near:
            yield f"{name} is no setting: do you mean {near[0]}?"
        elif name in written and not name.upper().startswith(OTHERS):
            yield f"{name} in .env is no setting: see ketamine_faq/settings.py"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process; raises SettingsError with one line a fault."""
    if faults := list(_misspelt()):
        raise SettingsError("Wrong setting in the environment: " + "; ".join(faults))
    load_env_file()
    try:
        return Settings()
    except pydantic.env_settings.SettingsError as error:
        # A list that is not JSON, as pydantic tells it by name alone.
        hint = 'write a list as JSON, such as ["https://www.clinic.example"]'
        raise SettingsError(f"Wrong setting in the environment: {error}: {hint}") from None
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        faults = [fault.removeprefix("__ROOT__: ") for fault in faults]  # such a fault is of several settings
        raise SettingsError("Wrong setting in the environment: " + "; ".join(faults)) from None
