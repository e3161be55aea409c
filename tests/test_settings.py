"""Settings come from the environment and from .env; a misspelt one is named."""

from pathlib import Path

import pytest

from ketamine_faq import settings as of_settings
from ketamine_faq.settings import SettingsError, settings
from tests.support.installation import Installation


@pytest.fixture
def env_file(tmp_path: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A .env of its own, in place of the project's."""
    path = tmp_path / ".env"
    monkeypatch.setattr(of_settings, "ENV_FILE", path)
    for name in ("SMTP_HOST", "SMTP_PORT", "CLINIC_PHONE", "SANIC_REQUEST_TIMEOUT", "PGSSLMODE", "TZ"):
        # So that what the file puts there is taken away again.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    settings.cache_clear()
    return path


def test_settings_are_read_from_the_file_and_the_environment_wins(env_file: Path, monkeypatch: pytest.MonkeyPatch):
    env_file.write_text("SMTP_HOST=mail.example\nCLINIC_PHONE='02 5550 1234'\n")
    monkeypatch.setenv("SMTP_HOST", "other.example")
    assert (settings().smtp_host, settings().clinic_phone) == ("other.example", "02 5550 1234")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("ENQUIRY_EMAIL_TO=a@b.example", "ENQUIRIES_EMAIL_TO"),
        ("SMTP_HOTS=mail.example", "SMTP_HOST"),
        ("clinic_fone=1", "CLINIC_PHONE"),
        ("COLOUR=blue", "COLOUR in .env is no setting"),
        ("SMTP_PORT=many", "SMTP_PORT"),
    ],
)
def test_a_wrong_line_is_named(env_file: Path, line: str, named: str):
    env_file.write_text(line)
    with pytest.raises(SettingsError, match=named):
        settings()


def test_a_misspelt_setting_of_the_environment_is_named(installation: Installation):
    installation.set(enquiries_kept_dayz="30")
    with pytest.raises(SettingsError, match="ENQUIRIES_KEPT_DAYZ is no setting: do you mean ENQUIRIES_KEPT_DAYS"):
        settings()


def test_settings_of_other_programs_are_no_fault(env_file: Path):
    env_file.write_text("SANIC_REQUEST_TIMEOUT=15\nPGSSLMODE=require\nTZ=Australia/Sydney\n")
    assert settings()
