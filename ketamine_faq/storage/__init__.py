"""Databases, Redis, keys, and limits that workers count together."""
