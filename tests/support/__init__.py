"""Helpers of the tests, and of the benchmarks: what more than one of them needs."""
