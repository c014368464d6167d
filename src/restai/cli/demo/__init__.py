"""The restaurant of `restai demo`: what it is made of, and its making."""

from restai.cli.demo.making import DemoHouse, DemoSignIn, DemoTable, make

__all__ = ["DemoHouse", "DemoSignIn", "DemoTable", "make"]
