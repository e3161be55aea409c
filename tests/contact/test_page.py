"""The page at /contact, as a browser without JavaScript meets it."""

import html
import re
import time

import pytest

from ketamine_faq.contact.form import Enquiry
from ketamine_faq.contact.form_token import new_token
from ketamine_faq.contact.staff import listed
from ketamine_faq.contact.words import words
from ketamine_faq.content.texts import content
from tests.support.contact_server import Served, served
from tests.support.html import Elements, filled
from tests.support.installation import FORM, Installation

SCRIPT = "\"'><script>alert(1)</script>"
FIELDS = (*Enquiry.__dataclass_fields__, "consent")


def test_visitor_sends_the_form_and_gets_the_reference_that_is_kept(server: Served, installation: Installation):
    page = Elements(server.get("/contact").text)
    (token,) = (field["value"] for field in page.all("input", name="token"))
    reply = server.post("/contact", data=filled(token=token))
    (item,) = listed(installation.store)
    assert reply.status_code == 201
    assert item.row.reference in reply.text
    assert all(step in html.unescape(reply.text) for step in words().next_steps(time.time()))
    assert (item.row.outbox.state, item.row.name) == ("waiting", FORM["name"])
    assert item.row.conversation is None


def test_the_form_is_never_filled_in_with_what_the_address_says(server: Served):
    text = server.get("/contact", params={"topic": SCRIPT, "audience": SCRIPT, "about": "typed", "name": "typed"}).text
    assert "typed" not in text and "<script" not in text


def test_every_page_tells_what_to_do_in_an_emergency_and_that_it_is_no_advice(server: Served):
    for reply in (server.get("/contact"), server.post("/contact", data={}), server.post("/contact", data=filled())):
        text = html.unescape(reply.text)
        assert content().disclaimer in text
        assert words().section("page")["not_for_emergencies"].strip() in text
        links = {link["href"] for link in Elements(reply.text).all("a")}
        assert {"tel:000", "tel:131114", "sms:0477131114", "tel:1300659467", "tel:139276", "tel:131126"} <= links


def test_every_field_has_a_label_and_every_fault_is_tied_to_its_field(server: Served):
    reply = server.post(
        "/contact", data={"token": new_token(), "phone": "x", "provider_number": "=", "practice": "p" * 201}
    )
    assert reply.status_code == 422
    page = Elements(reply.text)
    labelled = {label["for"] for label in page.all("label")}
    shown = [
        field for tag in ("input", "select", "textarea") for field in page.all(tag) if field.get("type") != "hidden"
    ]
    assert {field["id"] for field in shown} == labelled
    ids = {have["id"] for _, have in page.found if "id" in have}
    for name in ("role", "name", "phone", "about", "practice", "provider_number", "consent"):
        assert f"{name}-error" in ids
        invalid = [have for _, have in page.found if f"{name}-error" in have.get("aria-describedby", "").split()]
        assert invalid and all(have["aria-invalid"] == "true" for have in invalid)
    for _, have in page.found:
        assert set(have.get("aria-describedby", "").split()) <= ids
        assert not have.get("href", "").startswith("#") or have["href"][1:] in ids


def test_the_title_names_what_is_to_be_mended_and_the_field_looks_it(server: Served):
    faulty, fine = (server.post("/contact", data=filled(**changed)) for changed in ({"name": "", "phone": "x"}, {}))
    title = html.unescape(re.search("<title>(.*?)</title>", faulty.text, re.DOTALL)[1])
    labels = ", ".join(words().section("fields")[name]["label"] for name in ("name", "phone"))
    assert words().section("page")["error_title"].format(fields=labels) in title
    assert len(re.findall('class="field faulty"', faulty.text)) == 2 and "faulty" not in fine.text
    # The heading stays what it was.
    assert words().section("page")["title"] == re.search("<h1>(.*?)</h1>", faulty.text)[1]


def test_who_is_no_referrer_or_carer_has_their_fields_closed(server: Served):
    def is_open(reply, name: str) -> bool:
        return bool(re.search(r"<details open>(?:(?!</details>).)*" + f'name="{name}"', reply.text, re.DOTALL))

    fresh = server.get("/contact")
    assert not is_open(fresh, "knows") and not is_open(fresh, "practice")
    carer, referrer = (server.post("/contact", data=filled(role=role, name="")) for role in ("carer", "referrer"))
    assert is_open(carer, "knows") and not is_open(carer, "practice")
    assert is_open(referrer, "practice") and not is_open(referrer, "knows")


def test_what_the_clinic_needs_to_get_back_is_asked_and_kept(server: Served, installation: Installation):
    asked = {"reach_by": "call", "reach_when": "mornings", "may_leave_message": "no", "interpreter": "Arabic"}
    assert server.post("/contact", data=filled(role="carer", knows="yes", **asked)).status_code == 201
    (item,) = listed(installation.store)
    assert {name: getattr(item.row, name) for name in asked} == asked and item.row.knows == "yes"


def test_referrers_are_told_where_to_send_what_identifies_a_patient(installation: Installation):
    installation.set(secure_messaging_address="anodyne-edi")
    with served(installation.environment, installation.log) as server:
        text = html.unescape(server.get("/contact").text)
    assert words().section("fields")["referrers"]["hint"] in text
    assert words().section("page")["secure"].format(secure_messaging_address="anodyne-edi") in text


def test_there_is_one_emergency_block_and_a_way_back(installation: Installation):
    installation.set(allowed_origins='["https://www.anodyne.example"]')
    with served(installation.environment, installation.log) as server:
        for reply in (server.get("/contact"), server.post("/contact", data=filled()), server.get("/privacy")):
            page = Elements(reply.text)
            assert len(page.all("a", href="tel:000")) == 1
            assert page.all("a", href="https://www.anodyne.example")


def test_a_form_with_a_fault_comes_back_with_all_that_was_written(server: Served, installation: Installation):
    sent = filled(name="", about="A long story", practice="Main St", phone="0491 570 156")
    reply = server.post("/contact", data=sent)
    page = Elements(reply.text)
    assert reply.status_code == 422
    assert "A long story" in reply.text
    assert page.all("input", name="practice", value="Main St") and page.all("input", name="phone", value="0491 570 156")
    assert page.all("input", name="token", value=sent["token"])
    assert listed(installation.store) == []


def test_a_stale_form_comes_back_whole_with_a_fresh_token(server: Served, installation: Installation):
    reply = server.post("/contact", data=filled(token="made-up", about="A long story"))
    assert reply.status_code == 422 and "A long story" in reply.text
    (fresh,) = (field["value"] for field in Elements(reply.text).all("input", name="token"))
    assert server.post("/contact", data=filled(token=fresh)).status_code == 201


def test_a_form_sent_twice_is_one_enquiry(server: Served, installation: Installation):
    sent = filled()
    references = {re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", server.post("/contact", data=sent).text)[0] for _ in range(3)}
    assert references == {item.row.reference for item in listed(installation.store)}
    assert len(references) == 1


@pytest.mark.parametrize("name", FIELDS)
def test_script_tags_in_a_field_stay_text(server: Served, name: str):
    for spoiled in ({name: SCRIPT}, {name: SCRIPT, "token": SCRIPT}, {name: SCRIPT, "name": ""}):
        reply = server.post("/contact", data=filled(**spoiled))
        assert reply.status_code in (201, 422)
        assert "<script" not in reply.text


def test_headers_allow_nothing_but_the_page_itself(server: Served):
    replies = [server.get("/contact"), server.post("/contact", data={}), server.post("/contact", content=b"a" * 70_000)]
    for reply in replies:
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src" not in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-frame-options"] == "DENY"
        assert reply.headers["cache-control"] == "no-store"
        assert "set-cookie" not in reply.headers
    page = Elements(replies[0].text)
    assert not page.all("script") and not page.all("style") and not any("style" in have for _, have in page.found)
    (style,) = page.all("link")
    assert "text/css" in server.get(f"/{style['href']}").headers["content-type"]


def test_what_is_too_large_or_unreadable_is_refused_and_told_so(server: Served, installation: Installation):
    for body, status, failure in ((b"about=" + b"a" * 70_000, 413, "too_large"), (b"\xff\xfe=1", 400, "unreadable")):
        reply = server.post("/contact", content=body)
        assert reply.status_code == status
        assert words().failure(failure) in html.unescape(reply.text)
    assert listed(installation.store) == []


@pytest.mark.parametrize(
    "headers, status",
    [
        ({}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 201),
        ({"Origin": "https://www.anodyne.example"}, 201),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://www.anodyne.example"}, 201),
        ({"Origin": "http://localhost:5005"}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
    ],
)
def test_only_allowed_websites_may_send_the_form(installation: Installation, headers: dict, status: int, request):
    installation.set(allowed_origins='["https://www.anodyne.example"]')
    server = request.getfixturevalue("server")
    assert server.post("/contact", data=filled(), headers=headers).status_code == status
    assert len(listed(installation.store)) == (status == 201)
