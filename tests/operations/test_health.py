"""/healthz and /readyz as a load balancer sees them."""

import pytest

from tests.conversation import assert_closed
from tests.support.processes import wait_for
from tests.support.shared_bot import ALL_WELL, SharedBot


@pytest.mark.parametrize(("server", "parts"), [("postgresql", ["conversations", "enquiries"]), ("redis", ["locks"])])
def test_readyz_names_what_is_down_and_recovers_without_a_person(shared_bot: SharedBot, server: str, parts: list[str]):
    ready = shared_bot.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, ALL_WELL)
    stopped = getattr(shared_bot, server)
    stopped.stop()
    try:
        not_ready = shared_bot.get("/readyz")
        assert not_ready.status_code == 503
        assert not_ready.json() == ALL_WELL | dict.fromkeys(parts, "failed")
        assert shared_bot.get("/healthz").status_code == 200
        # Whoever writes meanwhile is answered, with the failure notice if it must be.
        assert_closed(shared_bot.says("what dose for pain", shared_bot.begin()))
    finally:
        stopped.start()
    wait_for(lambda: shared_bot.get("/readyz").json() == ALL_WELL, 10)
    sender = shared_bot.begin()
    shared_bot.says("what dose for pain", sender)
    (reply,) = shared_bot.says("and for depression?", sender)
    assert reply["topic"] == "dosing"
