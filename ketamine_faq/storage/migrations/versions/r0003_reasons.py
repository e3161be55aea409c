"""Why an answer did not help."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; bots of the version before write rows without it."""
    op.add_column("feedback", sa.Column("reason", sa.String(40)))
