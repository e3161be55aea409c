"""The command line, `ketamine-faq`."""
