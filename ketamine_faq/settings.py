"""Every setting, from the environment; a wrong one stops the start and says which and why."""

from functools import lru_cache

from pydantic import AnyHttpUrl, BaseSettings, Field, ValidationError
from rasa.shared.exceptions import RasaException


class SettingsError(RasaException):
    """A setting has a value that can't be used."""


class Settings(BaseSettings):
    """What may differ between one installation and another."""

    contact_form_url: AnyHttpUrl = Field(
        "http://localhost:5005/contact", description="Where a visitor reaches a person; named in every hand-off"
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process; raises SettingsError with one line a fault."""
    try:
        return Settings()
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("Wrong setting in the environment: " + "; ".join(faults)) from None
