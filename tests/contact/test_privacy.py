"""The page at /privacy says what is true under the settings in force, and how to complain."""

import html

import pytest

from ketamine_faq.contact.words import words
from ketamine_faq.content.texts import CONTENT
from ketamine_faq.settings import SettingsError, settings
from ketamine_faq.yaml_file import read
from tests.support.contact_server import Served, served
from tests.support.html import Elements
from tests.support.installation import Installation

WAYS = {name: text for s in read(CONTENT / "privacy_page.yml")["sections"] for name, text in s.items()}


def text_of(server: Served, path: str = "/privacy") -> str:
    """What a page says."""
    reply = server.get(path)
    assert reply.status_code == 200
    return " ".join(html.unescape(reply.text).split())


def test_it_says_how_long_as_it_is_set_and_how_to_complain(installation: Installation):
    installation.set(conversations_kept_days=17, enquiries_kept_days=23, clinic_phone="02 5550 1234")
    installation.set(privacy_policy_url="https://www.anodyne.example/privacy")
    with served(installation.environment, installation.log) as server:
        text, form = text_of(server), text_of(server, "/contact")
        links = {link["href"] for link in Elements(server.get("/privacy").text).all("a")}
    assert "17 days" in text and "23 days" in text and "02 5550 1234" in text
    assert "https://www.anodyne.example/privacy" in links and any("oaic.gov.au" in link for link in links)
    # The notice at the form says so, too, and leads there.
    assert "23 days" in form and words().collection_notice()["more"] in form


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({}, "by_nothing"),
        ({"enquiries_email_to": "staff@example.com"}, "by_mail"),
        ({"enquiries_webhook_url": "https://a.example/", "enquiries_webhook_secret": "s" * 16}, "by_webhook"),
    ],
)
def test_it_says_who_is_told_as_it_is_set(installation: Installation, how: dict, said: str):
    installation.set(**how)
    with served(installation.environment, installation.log) as server:
        text = text_of(server)
    ways = {way: " ".join(WAYS[way].split()) in text for way in ("by_nothing", "by_mail", "by_webhook")}
    assert ways == {**dict.fromkeys(ways, False), said: True}


def test_in_production_the_clinics_own_policy_is_needed(installation: Installation):
    installation.set(contact_form_url="https://bot.anodyne.example/contact")
    with pytest.raises(SettingsError, match="PRIVACY_POLICY_URL"):
        settings()
    installation.set(privacy_policy_url="https://www.anodyne.example/privacy")
    assert settings().privacy_policy_url
