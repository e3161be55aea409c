"""`python -m ketamine_faq.cli`: the command line, as `ketamine-faq` has it."""

from ketamine_faq.cli.main import app

app()
