"""The bot's real channels on a real Sanic, with a stand-in for what Rasa makes of a message: no model needed."""

import asyncio
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ketamine_faq.paths import PROJECT
from ketamine_faq.serving.clock import timed
from tests.support.contact_server import Served, listen, running, set_up

ENDLESS, DEAR = "take for ever", "take your time"
DEAR_SECONDS = 0.05


@contextmanager
def bare_server(
    environment: Mapping[str, str], folder: Path, limits: Mapping[str, float] | None = None
) -> Iterator[Served]:
    """Serve the channels with their store and log in a folder of their own, and with other limits of the chat's."""
    own = {"ENQUIRIES_DATABASE_URL": f"sqlite:///{folder / 'enquiries.db'}", "SECRET_KEY": "s" * 40}
    with running(_serve, own | environment, folder / "output.txt", dict(limits or {})) as server:
        yield server


class Agent:
    """Answers at once; `fail` fails, `wait FILE` waits for a file, DEAR computes, and ENDLESS until the clock strikes.

    To `say who i am` it says the conversation's id.
    """

    async def handle_message(self, message: Any) -> None:
        """Answer a message."""
        if message.text == "fail":
            raise RuntimeError
        if message.text == ENDLESS:
            _compute()
        if message.text == DEAR:
            _compute(DEAR_SECONDS)
        while message.text.startswith("wait") and not Path(message.text.partition(" ")[2]).exists():
            await asyncio.sleep(0.01)
        text = message.sender_id if message.text == "say who i am" else "an answer"
        answer = {"text": text, "utter_action": "utter_dosing"}
        await message.output_channel.send_response(message.sender_id, answer)


@timed
def _compute(seconds: float = math.inf) -> None:
    began = time.process_time()
    while time.process_time() - began < seconds:
        pass


def _serve(ready, environment: dict[str, str], log: str, limits: dict[str, float]) -> None:
    set_up(environment, log)
    from rasa.core.run import configure_app, create_http_input_channels

    from ketamine_faq.chat import channel, turns_under_way
    from ketamine_faq.serving.rasa_patches import take_patches

    take_patches()

    for name, most in limits.items():
        setattr(channel if hasattr(channel, name) else turns_under_way, name, most)
    app = configure_app(create_http_input_channels(None, str(PROJECT / "credentials.yml")), enable_api=False)
    app.ctx.agent = Agent()

    @app.post("/webhooks/rest/broken")
    async def broken(_: Any) -> None:
        raise RuntimeError("what was typed")

    listen(app, ready)
