"""The bot's real channels on a real Sanic, with a stand-in for what Rasa makes of a message: no model needed."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ketamine_faq.paths import PROJECT
from tests.support.contact_server import Served, listen, running, set_up


@contextmanager
def bare_server(
    environment: Mapping[str, str], folder: Path, limits: Mapping[str, int] | None = None
) -> Iterator[Served]:
    """Serve the channels with their store and log in a folder of their own, and with other limits of WebChannel's."""
    own = {"ENQUIRIES_DATABASE_URL": f"sqlite:///{folder / 'enquiries.db'}", "SECRET_KEY": "s" * 40}
    with running(_serve, own | environment, folder / "output.txt", dict(limits or {})) as server:
        yield server


class Agent:
    """Answers at once; `fail` fails, and what begins with `wait` is answered once a file of that name is there."""

    async def handle_message(self, message: Any) -> None:
        """Answer a message."""
        if message.text == "fail":
            raise RuntimeError
        while message.text.startswith("wait") and not Path(message.text.partition(" ")[2]).exists():
            await asyncio.sleep(0.01)
        answer = {"text": "an answer", "utter_action": "utter_dosing"}
        await message.output_channel.send_response(message.sender_id, answer)


def _serve(ready, environment: dict[str, str], log: str, limits: dict[str, int]) -> None:
    set_up(environment, log)
    from rasa.core.run import configure_app, create_http_input_channels

    from ketamine_faq.chat import channel

    for name, most in limits.items():
        setattr(channel, name, most)
    app = configure_app(create_http_input_channels(None, str(PROJECT / "credentials.yml")), enable_api=False)
    app.ctx.agent = Agent()

    @app.post("/webhooks/rest/broken")
    async def broken(_: Any) -> None:
        raise RuntimeError("what was typed")

    listen(app, ready)
