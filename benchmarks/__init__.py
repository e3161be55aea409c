"""Comparisons with other ways to build the bot."""
