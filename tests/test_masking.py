"""Details that could name a person do not reach the store of conversations; figures about treatment do."""

import re
import sqlite3
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketamine_faq.chat.masking import details, masked
from ketamine_faq.content.texts import MAX_CHARACTERS, content
from ketamine_faq.paths import PROJECT
from ketamine_faq.yaml_file import read
from tests.conversation import Bot

# Mobile, landline and foreign numbers, and Medicare numbers, as people write them. All are made up.
NUMBERS = [
    "0491570006",
    "0491 570 006",
    "0491-570-006",
    "0491.570.006",
    "04 9157 0006",
    "0 4 9 1 5 7 0 0 0 6",
    "(02) 5550 0000",
    "02 55500000",
    "5550 0000",
    "55500000",
    "+61 491 570 006",
    "+61 (0)491 570 006",
    "61491570006",
    "0061 491 570 006",
    "1300 659 467",
    "+64 21 000 0000",
    "0011 44 20 7946 0958",
    "07700 900123",
    "2123 45670 1",
    "2123456701",
    "21234567011",
    "2123-45670-1",
    "2123 45670 1/1",
    "2 1 2 3 4 5 6 7 0 1",
]
ADDRESSES = ["kim@example.com", "Kim.O'Neil+x@mail.example.com.au", "kim @ example.com", "mailto:kim@example.com,"]

FIGURES = [
    "0.5 mg/kg for 82 kg",
    "0.5 mg/kg @ 0.2 mL a minute",
    "0.1 0.2 0.3 0.4 0.5 0.6 mg",
    "10 20 30 40 50 mg",
    "50 75 100 125 mg",
    "2000-3000 mg a day, 4000 5000 mg once",
    "since 2019",
    "2019-2023",
    "2019 2020 2021",
    "treated 01/02/1984, 02-04-1984 or 03 04 1984, 82 kg",
    "45 years, 175 cm, 82.5 kg, BP 120/80",
    "000, 13 11 14 and 13 92 76",
    "item 14224, F32.1, 1 in 100000",
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("around", ["{}", "ring {} please", "ring me.{}!", "(ph:{})", "I take {} 50 mg", "82 kg, {}"])
def test_a_number_is_masked_and_what_stands_around_it_is_not(number: str, around: str):
    text = masked(around.format(number))
    assert re.fullmatch(
        re.escape(around).replace(r"\{\}", r"[(]?\[(phone number|Medicare number|number|tax file number)\]"), text
    )


TABLE = read(PROJECT / "tests" / "masking.yml")
LEAST_RECALL = 0.97


def test_what_names_a_person_is_masked_and_by_what_it_is():
    named = TABLE["names_a_person"]
    assert len(named) >= 150
    missed = [text for text, mask in named if mask not in masked(text) or re.search(r"\d{4}", masked(text))]
    assert len(missed) <= (1 - LEAST_RECALL) * len(named), missed


def test_no_dose_date_or_price_is_masked():
    alike = TABLE["looks_like_it"]
    assert len(alike) >= 150
    assert [text for text in alike if masked(text) != text] == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_masked(address: str):
    assert masked(f"write to {address} please") == "write to [email] please"


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_not_masked(figure: str):
    assert masked(figure) == figure


def test_what_the_bot_itself_is_asked_about_is_not_masked():
    buttons = [content().question_button(topic)["title"] for topic in content().starters]
    assert [masked(title) for title in buttons] == buttons


@given(st.text("0123456789 .@-/+()ak", max_size=60))
@settings(max_examples=500, deadline=None)
def test_masking_again_changes_nothing(text: str):
    assert masked(masked(text)) == masked(text)


UNITS = ["1", "0412 ", "a@", "@.", "x", "0.", "1 ", "a.b@", "a @ ", "12 a b ", "mrn 1", "dob ", "A a ", "a at b.", "("]


@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_takes_twice_the_time(unit: str):
    def cost(length: int) -> float:
        text, times = (unit * length)[:length], []
        for _ in range(3):
            began = time.process_time()
            masked(text)
            times.append(time.process_time() - began)
        return min(times)

    # Four times, if its time grew with the square; and room for a clock that is not exact.
    assert cost(8 * MAX_CHARACTERS) < 3 * cost(4 * MAX_CHARACTERS) + 0.02
    assert cost(MAX_CHARACTERS) < 0.5


def test_a_detail_is_told_in_one_way_however_it_is_written():
    phones = ("0412 345 678", "0412,345,678", "O412_345_678", "+61 (0)412 345 678", "0011 61 412 345 678")
    assert {detail.value for phone in phones for detail in details(f"ring {phone}")} == {"+61412345678"}
    hidden = ("Jane@Example.com", "jane at example dot com", "jane(at)example.com", "jane @ example [dot] com")
    assert {detail.value for address in hidden for detail in details(address)} == {"jane@example.com"}


def test_no_detail_reaches_the_store_of_conversations(bot: Bot, endpoints: Path):
    visitor = bot.visitor()
    for detail in [*NUMBERS, *ADDRESSES]:
        visitor.asks(f"what dose for pain at 82 kg? reach me on {detail}")
    visitor.presses("/dosing")
    with sqlite3.connect(endpoints.with_name("conversations.db")) as connection:
        # The bot's own words are left out: they name the numbers of services.
        query = "SELECT data FROM events WHERE sender_id = ? AND type_name != 'bot' ORDER BY id"
        stored = "\n".join(data for (data,) in connection.execute(query, [visitor.sender]))
    assert stored.count('"event": "user"') == len(NUMBERS) + len(ADDRESSES) + 1
    # An event's ids and times are long numbers, too.
    for detail in [*NUMBERS, *ADDRESSES]:
        assert f"reach me on {detail}" not in stored and f'{detail}"' not in stored
    assert "kim" not in stored.lower() and "82 kg? reach me on [phone number]" in stored
    assert '"text": "/dosing"' in stored
