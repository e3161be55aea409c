"""Who has taken and answered an enquiry, what the form asks beside it, receipts, and the staff's page."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# Bots of the version before write rows without these for as long as an upgrade takes.
TEXTS = {
    "knows": sa.String(20),
    "reach_by": sa.String(20),
    "reach_when": sa.Text,
    "may_leave_message": sa.String(20),
    "interpreter": sa.Text,
    "note": sa.Text,
}
NULLABLE = {
    "seen_at": sa.Float,
    "taken_by": sa.Text,
    "taken_at": sa.Float,
    "answered_by": sa.Text,
    "answered_at": sa.Float,
    "reminded_at": sa.Float,
}
DAY = 24 * 3600
# Delivered and older: done with, as far as the version before could tell.
OPEN_DAYS = 30


def upgrade() -> None:
    """Add columns and tables, and carry over what the version before has kept."""
    for name, kind in TEXTS.items():
        op.add_column("enquiries", sa.Column(name, kind, nullable=False, server_default=""))
    for name, kind in NULLABLE.items():
        op.add_column("enquiries", sa.Column(name, kind))
    op.add_column("outbox", sa.Column("digest", sa.String(36), index=True))
    op.create_table(
        "receipts",
        sa.Column("enquiry_id", sa.Integer, sa.ForeignKey("enquiries.id"), primary_key=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", sa.Float, index=True),
        sa.Column("sent_at", sa.Float),
    )
    _make_tables_of_the_staff()
    _carry_over(time.time())


def _make_tables_of_the_staff() -> None:
    op.create_table(
        "staff_audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False, index=True),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
    )
    op.create_table(
        "staff_links",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
        sa.Column("used_at", sa.Float),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
        sa.Column("used_at", sa.Float, nullable=False),
    )
    op.create_table(
        "answer_reviews",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(80), nullable=False, index=True),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("asked_at", sa.Float, nullable=False, index=True),
        sa.Column("topic", sa.String(80), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )


def _carry_over(now: float) -> None:
    enquiries = sa.table("enquiries", *map(sa.column, ("id", "marks", "answered_at", "answered_by", "reminded_at")))
    outbox = sa.table("outbox", *map(sa.column, ("enquiry_id", "next_attempt_at", "delivered_at")))
    # What was put aside as doubtful, and never delivered, is delivered now.
    doubtful = sa.select(enquiries.c.id).where(enquiries.c.marks != "")
    aside = outbox.c.delivered_at.is_(None) & outbox.c.next_attempt_at.is_(None)
    op.execute(sa.update(outbox).where(aside, outbox.c.enquiry_id.in_(doubtful)).values(next_attempt_at=now))
    delivered = sa.select(outbox.c.delivered_at).where(outbox.c.enquiry_id == enquiries.c.id).scalar_subquery()
    done = {"answered_at": delivered, "answered_by": "before answers were noted"}
    op.execute(sa.update(enquiries).where(delivered < now - OPEN_DAYS * DAY).values(**done))
    # The newer ones are open, and nobody is reminded of them all at once.
    op.execute(sa.update(enquiries).where(delivered >= now - OPEN_DAYS * DAY).values(reminded_at=now))
