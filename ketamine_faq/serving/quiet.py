"""No warnings of libraries on the screen of who starts the bot: they are for who updates requirements.txt."""

import warnings


def quiet_libraries() -> None:
    """Ignore all warnings from here on. Sanic switches deprecations on as it is imported, so it is imported first."""
    import sanic.app  # noqa: F401

    warnings.simplefilter("ignore")
