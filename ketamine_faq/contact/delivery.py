"""How an enquiry reaches the staff: as a mail, or as a signed post to a webhook. Both name it by its key."""

import base64
import hashlib
import hmac
import json
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Protocol

import aiosmtplib
import httpx

from ketamine_faq.contact.message import Digest, Message, Trial
from ketamine_faq.contact.outbox import TIMEOUT_SECONDS
from ketamine_faq.contact.receipts import Receipt
from ketamine_faq.settings import Settings

Deliverable = Message | Digest | Trial


class UndeliveredError(Exception):
    """It was not taken, or nobody knows whether it was; the message has no personal data, unlike its cause."""


class Delivery(Protocol):
    """A way to the staff."""

    async def deliver(self, message: Deliverable, now: float) -> None:
        """Return when the other side has taken the message; raises UndeliveredError."""


class MailDelivery:
    """Sends a mail in plain text through an SMTP server."""

    def __init__(self, settings: Settings) -> None:
        """Take server and addresses from the settings."""
        self._settings = settings

    async def deliver(self, message: Deliverable, now: float) -> None:
        """Return when the mail server has taken the mail; raises UndeliveredError."""
        await self._send(self._mail(message), str(self._settings.enquiries_email_to))

    async def send_receipt(self, receipt: Receipt) -> None:
        """Return when the mail server has taken the receipt; raises UndeliveredError."""
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = receipt.subject()
        mail["From"] = self._settings.enquiries_email_from
        mail["To"] = Address(addr_spec=receipt.to)
        # So that no other machine answers it (RFC 3834, and what Exchange has of its own).
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(receipt.text(), cte="quoted-printable")
        await self._send(mail, receipt.to)

    async def _send(self, mail: EmailMessage, to: str) -> None:
        settings, password = self._settings, self._settings.smtp_password
        try:
            await aiosmtplib.send(
                mail,
                sender=settings.enquiries_email_from,
                recipients=[to],
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_username,
                password=password.get_secret_value() if password else None,
                use_tls=settings.smtp_security == "tls",
                start_tls=settings.smtp_security == "starttls",
                timeout=TIMEOUT_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            # A server's words could quote an address of the mail: its code says enough.
            code = getattr(error, "code", None)
            raise UndeliveredError(f"{type(error).__name__}{f' {code}' if code else ''}") from error

    def _mail(self, message: Deliverable) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = message.subject()
        mail["From"] = self._settings.enquiries_email_from
        mail["To"] = self._settings.enquiries_email_to
        mail["Message-ID"] = f"<{message.key}@{self._settings.enquiries_email_from.rpartition('@')[2]}>"
        mail["Idempotency-Key"] = message.key
        if message.reply_to.isascii() and message.reply_to:
            mail["Reply-To"] = Address(addr_spec=message.reply_to)
        mail.set_content(message.text(), cte="quoted-printable")
        return mail


class WebhookDelivery:
    """Posts JSON, signed as the Standard Webhooks specification has it, so that its libraries can check it."""

    def __init__(self, settings: Settings) -> None:
        """Take address and secret from the settings."""
        self._url = str(settings.enquiries_webhook_url)
        secret = settings.enquiries_webhook_secret
        assert secret, "settings.py refuses an address without one"
        self._secret = secret.get_secret_value()

    async def deliver(self, message: Deliverable, now: float) -> None:
        """Return when the other side has answered 2xx; raises UndeliveredError."""
        body = json.dumps(message.as_json(), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.key,
            "webhook-id": message.key,
            "webhook-timestamp": str(int(now)),
            "webhook-signature": signature(self._secret, message.key, int(now), body),
        }
        try:
            # What the environment says of proxies does not count: details go where the setting says.
            async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
                reply = await client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise UndeliveredError(type(error).__name__) from error
        if not reply.is_success:
            raise UndeliveredError(f"HTTP {reply.status_code}")


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """Return `v1,` and the base64 HMAC-SHA-256 over `key.timestamp.body`; a `whsec_` secret is base64, as specified."""
    encoded = secret.removeprefix("whsec_")
    raw = base64.b64decode(encoded) if encoded != secret else secret.encode()
    signed = f"{key}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()


def configured_delivery(settings: Settings) -> Delivery | None:
    """Return the way that is set; None where there is none, and enquiries wait in the store."""
    if settings.enquiries_webhook_url:
        return WebhookDelivery(settings)
    return MailDelivery(settings) if settings.enquiries_email_to else None


def destination(settings: Settings) -> str:
    """Return, for people, where enquiries are delivered; empty for nowhere."""
    if settings.enquiries_webhook_url:
        return f"Webhook {settings.enquiries_webhook_url}"
    if not settings.enquiries_email_to:
        return ""
    server = f"{settings.smtp_host}:{settings.smtp_port} ({settings.smtp_security})"
    return f"Mail to {settings.enquiries_email_to} by {server}"
