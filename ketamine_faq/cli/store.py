"""The store of enquiries, for commands: which one they read is said, and none is made by reading."""

from typing import TYPE_CHECKING

from ketamine_faq.cli.stop import errors

if TYPE_CHECKING:
    from ketamine_faq.storage.database import Database


def store() -> "Database":
    """Return the store that the settings name, once its address is on standard error.

    Raises StoreError, SettingsError: also where it is not there yet, and would be made empty.
    """
    from ketamine_faq.storage.database import existing_database

    opened = existing_database()
    errors.print(f"Store: {opened.address}", style="dim", highlight=False, markup=False)
    return opened
