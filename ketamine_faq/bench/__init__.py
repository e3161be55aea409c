"""How good the bot is, measured: `ketamine-faq bench`."""
