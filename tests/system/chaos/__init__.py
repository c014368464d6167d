"""Evenings in which everything breaks: real processes, a real PostgreSQL and Valkey behind a bad network,
and screens that note all that they are told. `python -m tests.system.chaos` plays a long one.
"""
