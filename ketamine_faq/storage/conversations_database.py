"""The database of Rasa's tracker store, for whoever reads it or deletes from it beside Rasa."""

from pathlib import Path

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import read_endpoint_config
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from ketamine_faq.paths import PROJECT
from ketamine_faq.settings import settings
from ketamine_faq.yaml_file import read

# Rasa's own, and ours, which is the same at an address of the settings.
SQL_STORES = ("sql", "ketamine_faq.storage.tracker_store.conversations")
# What SQLTrackerStore is configured with and a reader needs. `login_db` would lead to another database.
ADDRESS = ("dialect", "port", "db", "username", "password", "query")


class ConversationsError(RasaException):
    """The conversations can't be read; the message says why in one line, without a password."""


def conversations_engine(endpoints: Path) -> Engine:
    """Return an engine for the tracker store that the bot writes to: DATABASE_URL, or what `endpoints` names.

    Raises ConversationsError, ContentError, SettingsError.
    """
    shared = settings().database_url
    if shared:
        return sa.create_engine(shared, hide_parameters=True, **create_engine_kwargs(shared))
    read(endpoints)  # says what is wrong with the file, and where; Rasa would only log it
    config = read_endpoint_config(str(endpoints), "tracker_store")
    if config is None or (config.type or "").lower() not in SQL_STORES:
        raise ConversationsError(f"{endpoints} names no tracker store of `type: SQL`, the kind that can be read.")
    address = {name: value for name, value in config.kwargs.items() if name in ADDRESS}
    try:
        url = make_url(SQLTrackerStore.get_db_url(host=config.url, **address))
        if url.get_backend_name() == "sqlite":
            # `serve` runs Rasa in the project's folder. SQLite would make a file that is not there.
            path = PROJECT / (url.database or "")
            if not path.is_file():
                raise ConversationsError(f"There are no conversations yet: {path} is made by `ketamine-faq serve`.")
            url = url.set(database=str(path))
        return sa.create_engine(url, hide_parameters=True, **create_engine_kwargs(url))
    except (SQLAlchemyError, ImportError, ValueError) as error:
        # The type alone: the message can quote the address, with its password.
        reason = f"its address can't be used ({type(error).__name__})"
        raise ConversationsError(f"The tracker store of {endpoints} can't be read: {reason}.") from None
