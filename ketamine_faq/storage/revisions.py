"""The revisions of the tables, by Alembic: a store is brought to the latest one when it is opened, losing nothing."""

import threading

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from ketamine_faq.paths import PROJECT
from ketamine_faq.settings import SettingsError

MIGRATIONS = PROJECT / "ketamine_faq" / "storage" / "migrations"
# Of ours alone; whoever starts at the same moment waits for it. SQLite's lock is its writer's.
POSTGRESQL_LOCK = 7_340_021
# Alembic keeps the connection of a run in globals.
_one_at_a_time = threading.Lock()


def bring_up_to_date(engine: Engine) -> None:
    """Make or change the tables, whole or not at all; raises SQLAlchemyError.

    Raises SettingsError where a newer version has changed them.
    """
    if _is_latest(engine):
        return
    with _one_at_a_time, engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(POSTGRESQL_LOCK)))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_latest(engine: Engine) -> bool:
    scripts = ScriptDirectory.from_config(_config())
    with engine.connect() as connection:
        revision = _revision(connection)
    if revision and revision not in {script.revision for script in scripts.walk_revisions()}:
        raise SettingsError(
            f"The store of enquiries is of a newer version (revision {revision}): serve that, or restore a backup."
        )
    return revision == scripts.get_current_head()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
