"""What a delivery and an idle socket cost, side by side with others: `make bench`.

Every server is a process of its own, all on one core, and is told by its standard input what to
publish; the clients are raw sockets in this process, on another core.
"""

PATIENCE = 60.0  # seconds for what must come


class Broken(Exception):
    """A server did not do what it must: the run is worth nothing."""
