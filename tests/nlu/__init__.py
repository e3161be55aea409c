"""Mirrors ketamine_faq/nlu."""
