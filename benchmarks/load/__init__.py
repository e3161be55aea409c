"""Whole conversations against running servers: benchmarks/README.md."""
