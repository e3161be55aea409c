"""Details that could name a person do not reach the store of conversations; figures about treatment do."""

import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketamine_faq.chat.masking import masked
from ketamine_faq.content.texts import content
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
    "born 01/02/1984, 02-04-1984 or 03 04 1984, 82 kg",
    "45 years, 175 cm, 82.5 kg, BP 120/80",
    "000, 13 11 14 and 13 92 76",
    "item 14224, F32.1, 1 in 100000",
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("around", ["{}", "ring {} please", "ring me.{}!", "(ph:{})", "I take {} 50 mg", "82 kg, {}"])
def test_a_number_is_masked_and_what_stands_around_it_is_not(number: str, around: str):
    text = masked(around.format(number))
    assert re.fullmatch(re.escape(around).replace(r"\{\}", r"[(]?\[(phone number|Medicare number|number)\]"), text)


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


@pytest.mark.parametrize("unit", ["1", "0412 ", "a@", "@.", "x", "0.", "1 ", "a.b@", "a @ "])
def test_a_long_text_is_masked_in_one_go(unit: str):
    masked(unit * 200_000)  # minutes, if its time grew with the square


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
