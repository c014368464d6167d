"""`restai simulate`: an evening of invented guests and staff against any server, checked as it goes."""

from restai.cli.simulate.command import simulate
from restai.cli.simulate.processes import playing_there

__all__ = ["playing_there", "simulate"]
