"""What browsers go on with can't be guessed or made up, and the key behind it is kept."""

import stat
import string
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ketamine_faq.chat.conversation_id import conversation_of, is_signed, new_sender
from ketamine_faq.settings import SettingsError
from ketamine_faq.storage.secret_key import _kept_key
from tests.support.installation import Installation


def test_a_sender_of_ours_is_known_and_no_two_are_alike(installation: Installation):
    senders = {new_sender() for _ in range(100)}
    assert len(senders) == 100
    assert all(is_signed(one) and len(one) <= 80 for one in senders)


def test_a_sender_that_was_changed_or_made_up_is_not_ours(installation: Installation):
    one, other = new_sender(), new_sender()
    swapped = one.partition(".")[0] + "." + other.partition(".")[2]
    for made_up in ("", "a", "a.b", one[:-2], one.upper(), swapped, one + "\ud800", "." + one):
        assert not is_signed(made_up)


def test_a_signature_counts_in_one_way_of_writing_it(installation: Installation):
    one = new_sender()
    letters = string.ascii_letters + string.digits + "-_"
    # Base64 has two bits to spare at the end, so that four letters stand for the same bytes.
    assert [letter for letter in letters if is_signed(one[:-1] + letter)] == [one[-1]]
    assert not is_signed(one + "=") and not is_signed(one + "A")


def test_a_sender_of_another_installation_is_not_ours(installation: Installation):
    one = new_sender()
    installation.set(secret_key="x" * 32)
    assert not is_signed(one)


def test_no_two_senders_share_a_conversation_and_no_id_leads_into_a_browsers(installation: Installation):
    browsers = [new_sender() for _ in range(3)]
    ids = [conversation_of(sender) for sender in browsers]
    others = ["me", "other-me", "other-other-me", "browser-", *ids, *map(conversation_of, ids), browsers[0] + "x"]
    assert len({conversation_of(sender) for sender in (*browsers, *others)}) == len(browsers + others)
    assert not any(sender in conversation or is_signed(conversation) for sender, conversation in zip(browsers, ids))
    assert conversation_of("me") == "me"


def test_the_key_is_made_once_for_its_owner_alone_however_many_ask(tmp_path: Path):
    path = tmp_path / "var" / "secret_key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: _kept_key(path), range(32)))
    assert len(keys) == 1 and len(keys.pop()) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_key_that_can_not_be_used_says_what_to_do(tmp_path: Path):
    (tmp_path / "empty").touch()
    for path in (tmp_path / "empty", Path("/proc/none/secret_key")):
        with pytest.raises(SettingsError, match="SECRET_KEY"):
            _kept_key(path)
