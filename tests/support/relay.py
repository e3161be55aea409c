"""The relay, for as long as something is due."""

import asyncio

from ketamine_faq.contact.delivery import configured_delivery
from ketamine_faq.contact.relay import Relay
from ketamine_faq.settings import settings


def deliver() -> None:
    """Attempt whatever is due, each once."""

    async def run() -> None:
        relay = Relay(configured_delivery(settings()))
        while await relay.step():
            pass

    asyncio.run(run())
