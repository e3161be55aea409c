"""What the staff are sent: an enquiry, or a day's doubtful ones in one, as a mail's text and as JSON."""

from dataclasses import dataclass, replace
from typing import Any

from ketamine_faq.contact.words import words

# Of each doubtful enquiry in a digest, so many characters of what was written.
DIGEST_CHARACTERS = 300


@dataclass(frozen=True)
class Message:
    """An enquiry on its way. The key stays the same however often it is sent: by it, duplicates can be told.

    `marks` are the names of what is doubtful about it. A reminder is sent once more, under a key of its own.
    """

    row_key: str
    reference: str
    received_at: str
    fields: dict[str, str]
    conversation: list[dict[str, str]] | None = None
    marks: tuple[str, ...] = ()
    is_reminder: bool = False

    @property
    def key(self) -> str:
        """What the other side tells duplicates by."""
        return f"{self.row_key}-reminder" if self.is_reminder else self.row_key

    @property
    def name(self) -> str:
        """What the log calls it."""
        return f"{'The reminder of enquiry' if self.is_reminder else 'Enquiry'} {self.reference}"

    @property
    def reply_to(self) -> str:
        """The address that an answer goes to; empty for none."""
        return self.fields["email"]

    def subject(self) -> str:
        """Return the mail's subject."""
        kind = "reminder_subject" if self.is_reminder else "doubtful_subject" if self.marks else "subject"
        return words().delivery(kind, reference=self.reference, role=self.fields["role"])

    def text(self) -> str:
        """Return the mail's text."""
        lines = [*self._heading(), f"reference: {self.reference}", f"received_at: {self.received_at} UTC"]
        lines += [f"{name}: {value}" for name, value in self.fields.items() if value and name != "about"]
        lines += ["", self.fields["about"]]
        if self.conversation is not None:
            said = [f"{turn['who']}: {turn['text']}" for turn in self.conversation]
            heading = "conversation_heading" if said else "conversation_missing"
            lines += ["", words().delivery(heading), *said]
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Return what a webhook gets."""
        return {
            "type": "enquiry.reminder" if self.is_reminder else "enquiry.received",
            "key": self.key,
            "reference": self.reference,
            "received_at": self.received_at,
            "doubtful": list(self.marks),
            "enquiry": self.fields,
            "conversation": self.conversation,
        }

    def _heading(self) -> list[str]:
        """Return what stands above: that nobody has taken it yet, or what is doubtful about it; nothing for most."""
        if self.is_reminder:
            return [words().delivery("reminder"), ""]
        doubts = "; ".join(map(words().mark, self.marks))
        return [words().delivery("doubtful", marks=doubts), ""] if doubts else []


@dataclass(frozen=True)
class Digest:
    """Doubtful enquiries on their way together."""

    row_key: str
    messages: list[Message]
    reply_to = ""

    @property
    def key(self) -> str:
        """What the other side tells duplicates by."""
        return self.row_key

    @property
    def name(self) -> str:
        """What the log calls it."""
        return f"The digest of {len(self.messages)} doubtful enquiries"

    def subject(self) -> str:
        """Return the mail's subject."""
        return words().delivery("digest_subject", count=str(len(self.messages)))

    def text(self) -> str:
        """Return the mail's text: of each enquiry who wrote it, and how it begins."""
        shortened = [_shortened(message).text() for message in self.messages]
        return "\n---\n".join([words().delivery("digest"), *shortened])

    def as_json(self) -> dict[str, Any]:
        """Return what a webhook gets, each enquiry whole."""
        return {
            "type": "enquiry.digest",
            "key": self.key,
            "enquiries": [message.as_json() for message in self.messages],
        }


@dataclass(frozen=True)
class Trial:
    """No enquiry: what `enquiries test` sends, to see whether it arrives."""

    key = row_key = "test"
    name = "The test"
    reply_to = ""

    def subject(self) -> str:
        """Return the mail's subject."""
        return words().delivery("test_subject")

    def text(self) -> str:
        """Return the mail's text."""
        return words().delivery("test") + "\n"

    def as_json(self) -> dict[str, Any]:
        """Return what a webhook gets."""
        return {"type": "enquiry.test", "key": self.key}


def _shortened(message: Message) -> Message:
    about = message.fields["about"]
    cut = about if len(about) <= DIGEST_CHARACTERS else f"{about[:DIGEST_CHARACTERS]} …"
    return replace(message, fields={**message.fields, "about": cut}, conversation=None)
