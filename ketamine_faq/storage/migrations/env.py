"""What Alembic runs: the revisions, over the connection that it was given or, by its own command, over our store."""

from alembic import context
from sqlalchemy.engine import Connection

from ketamine_faq.storage.database import database


def run(connection: Connection) -> None:
    """Bring the tables to the revision that was asked for, in one transaction with the note of it."""
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


if "connection" in context.config.attributes:
    run(context.config.attributes["connection"])
else:
    with database().engine.begin() as own:
        run(own)
