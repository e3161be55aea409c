"""A real SMTP server that keeps what it takes."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.processes import free_port


class MailServer:
    """Listens while it is entered; can be left and entered again, at the same port."""

    def __init__(self) -> None:
        """Choose a port."""
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        self.refused: set[str] = set()

    def __enter__(self) -> "MailServer":
        """Start listening."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._controller.stop()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an address, unless it is refused."""
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail, unless `answer` says otherwise."""
        if self.answer.startswith("2"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))
        return self.answer

    def times_taken(self, reference: str) -> int:
        """Return how often an enquiry came."""
        return len(self.of(reference))

    def keys_of(self, reference: str) -> set[str]:
        """Return the keys that an enquiry came with."""
        return {mail["Idempotency-Key"] for mail in self.of(reference)}

    def of(self, reference: str) -> list[EmailMessage]:
        """Return what the staff got of an enquiry."""
        return [mail for mail in self.mails if reference in mail["Subject"] and not mail["Auto-Submitted"]]

    def receipts(self, reference: str = "") -> list[EmailMessage]:
        """Return the receipts that came, or those of an enquiry."""
        return [mail for mail in self.mails if mail["Auto-Submitted"] and reference in mail["Subject"]]
