"""Tests of what those who run the bot rely on."""
