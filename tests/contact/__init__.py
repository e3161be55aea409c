"""Tests of the contact form: its server is a real one in a process of its own, and so are mail server and webhook."""
