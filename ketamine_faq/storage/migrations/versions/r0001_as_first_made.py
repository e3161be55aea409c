"""The tables as they were made before there were revisions. A store of that time has them: it is taken as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INDEXED = (
    *(("enquiries", "received_at"), ("enquiries", "token")),
    *(("outbox", "next_attempt_at"), ("feedback", "given_at")),
)


def upgrade() -> None:
    """Make the tables that are missing."""
    op.create_table(
        "enquiries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reference", sa.String(9), nullable=False, unique=True),
        sa.Column("submission", sa.String(64), nullable=False, unique=True),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("received_at", sa.Float, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("topic", sa.String(80), nullable=False),
        sa.Column("practice", sa.Text, nullable=False),
        sa.Column("provider_number", sa.String(20), nullable=False),
        sa.Column("conversation", sa.Text),
        sa.Column("marks", sa.String(200), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "origins",
        sa.Column("enquiry_id", sa.Integer, sa.ForeignKey("enquiries.id"), primary_key=True),
        sa.Column("conversation", sa.String(80), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("enquiry_id", sa.Integer, sa.ForeignKey("enquiries.id"), nullable=False, unique=True),
        sa.Column("key", sa.String(36), nullable=False, unique=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", sa.Float),
        sa.Column("delivered_at", sa.Float),
        sa.Column("last_error", sa.String(200), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "feedback",
        sa.Column("conversation", sa.String(80), primary_key=True),
        sa.Column("topic", sa.String(80), primary_key=True),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("given_at", sa.Float, nullable=False),
        if_not_exists=True,
    )
    for table, column in INDEXED:
        op.create_index(f"ix_{table}_{column}", table, [column], if_not_exists=True)
