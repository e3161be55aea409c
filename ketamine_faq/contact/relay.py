"""The relay: a process beside the server that delivers what is in the outbox, until it is stopped."""

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Awaitable

from rasa.shared.exceptions import RasaException

from ketamine_faq.contact.delivery import Delivery, MailDelivery, UndeliveredError, configured_delivery
from ketamine_faq.contact.outbox import TIMEOUT_SECONDS, Outbox
from ketamine_faq.contact.receipts import Receipts
from ketamine_faq.contact.tables import LOUD_ATTEMPTS
from ketamine_faq.contact.words import words
from ketamine_faq.logs import set_up_logs
from ketamine_faq.settings import settings
from ketamine_faq.storage.database import StoreError, database

logger = logging.getLogger(__name__)

# How soon an enquiry is noticed.
POLL_SECONDS = 1.0
# How often it is looked for what nobody has taken.
REMIND_SECONDS = 60.0
# How soon a store that failed is asked again.
STORE_PAUSE_SECONDS = 5.0


class Relay:
    """Delivers one message after the other. The same may be delivered twice, with the same key; none is forgotten."""

    def __init__(self, delivery: Delivery) -> None:
        """Take the way to the staff."""
        self._delivery = delivery

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver whatever is or becomes due, and remind of what nobody takes, until `stop` is set."""
        reminded_at = 0.0
        while not stop.is_set():
            try:
                if time.monotonic() - reminded_at > REMIND_SECONDS:
                    Outbox(database()).remind(time.time())
                    reminded_at = time.monotonic()
                pause = 0.0 if await self.step() else POLL_SECONDS
            except StoreError as error:
                logger.error("Enquiries can't be delivered for now. %s", error)
                pause = STORE_PAUSE_SECONDS
            try:
                await asyncio.wait_for(stop.wait(), pause)
            except asyncio.TimeoutError:
                continue

    async def step(self) -> bool:
        """Attempt one delivery, or else one receipt; tell whether there was one to attempt. Raises StoreError."""
        return await self._step_of_outbox() or await self._step_of_receipts()

    async def _step_of_outbox(self) -> bool:
        outbox = Outbox(database())
        message = outbox.claim(time.time()) or outbox.claim_digest(time.time())
        if message is None:
            return False
        failure = await self._failure(self._delivery.deliver(message, time.time()))
        if failure:
            attempts = outbox.failed(message.row_key, failure, time.time())
            level = logging.ERROR if attempts >= LOUD_ATTEMPTS else logging.WARNING
            logger.log(level, "%s is NOT DELIVERED: attempt %d, %s", message.name, attempts, failure)
        else:
            outbox.delivered(message.row_key, time.time())
            logger.info("%s is delivered", message.name)
        return True

    async def _step_of_receipts(self) -> bool:
        # With a webhook, no mail server is known to work: its receiver can send receipts.
        if not isinstance(self._delivery, MailDelivery):
            return False
        receipts = Receipts(database())
        receipt = receipts.claim(time.time())
        if receipt is None:
            return False
        failure = await self._failure(self._delivery.send_receipt(receipt))
        if failure:
            receipts.failed(receipt, time.time())
            logger.warning("The receipt of enquiry %s is not sent: %s", receipt.reference, failure)
        else:
            receipts.sent(receipt, time.time())
            logger.info("The receipt of enquiry %s is sent", receipt.reference)
        return True

    @staticmethod
    async def _failure(delivery: Awaitable[None]) -> str:
        """Attempt a delivery and return why it failed; empty where it did not."""
        try:
            # In all: each step has its own time-out, and a mail has many.
            await asyncio.wait_for(delivery, TIMEOUT_SECONDS)
        except asyncio.TimeoutError:
            return f"no answer within {TIMEOUT_SECONDS} s"
        except UndeliveredError as error:
            return str(error)
        except Exception as error:
            # A fault of our own with one message must not keep back the others. Its words could quote the message.
            return f"fault in the relay, {type(error).__name__}"
        return ""


async def _run() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    delivery = configured_delivery(settings())
    words()
    if delivery is None:
        logger.error("Enquiries are kept, but NOBODY IS TOLD of them: set ENQUIRIES_EMAIL_TO or ENQUIRIES_WEBHOOK_URL")
        await stop.wait()
        return
    await Relay(delivery).run(stop)


def main() -> None:
    """Run until SIGINT or SIGTERM; a wrong setting ends it with one line."""
    set_up_logs()
    try:
        asyncio.run(_run())
    except RasaException as error:
        sys.exit(str(error))
