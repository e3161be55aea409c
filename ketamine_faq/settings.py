"""Every setting, from the environment; a wrong one stops the start and says which and why."""

from functools import lru_cache
from typing import Literal

import pydantic.env_settings
from pydantic import AnyHttpUrl, BaseSettings, Field, SecretStr, ValidationError, root_validator
from rasa.shared.exceptions import RasaException

from ketamine_faq import PROJECT


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
        None, min_length=32, description="Signs forms and conversation ids; without it, var/secret_key, made at need"
    )
    enquiries_database_url: str = Field(
        f"sqlite:///{PROJECT / 'var' / 'enquiries.db'}",
        description="Where enquiries are kept; postgresql://user:password@host/name for PostgreSQL",
    )
    enquiries_email_to: str | None = Field(None, description="Mail address that enquiries are delivered to")
    enquiries_email_from: str = Field("enquiries@localhost", description="Mail address that they come from")
    smtp_host: str = Field("localhost", description="Mail server")
    smtp_port: int = Field(25, description="Its port: 587 is usual with starttls, 465 with tls")
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
    minimum_fill_seconds: float = Field(3, ge=0, description="Who fills in the form faster is taken for a machine")
    doubtful_enquiries_per_hour: int = Field(
        10, description="More than this from one address are put aside for a person to look at"
    )
    refused_enquiries_per_hour: int = Field(60, description="More than this from one address are refused, and told so")

    @root_validator(skip_on_failure=True)
    def one_destination_that_can_be_trusted(cls, values: dict) -> dict:
        """Refuse two destinations, for one of them would be silent, and a webhook whose posts nobody could check."""
        if values["enquiries_webhook_url"] and values["enquiries_email_to"]:
            raise ValueError("set ENQUIRIES_EMAIL_TO or ENQUIRIES_WEBHOOK_URL, not both")
        if values["enquiries_webhook_url"] and not values["enquiries_webhook_secret"]:
            raise ValueError("ENQUIRIES_WEBHOOK_URL needs ENQUIRIES_WEBHOOK_SECRET")
        return values


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process; raises SettingsError with one line a fault."""
    try:
        return Settings()
    except pydantic.env_settings.SettingsError as error:
        # A list that is not JSON.
        raise SettingsError(f"Wrong setting in the environment: {error}") from None
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("Wrong setting in the environment: " + "; ".join(faults)) from None
