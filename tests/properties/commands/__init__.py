"""Every command of the house, played by chance. A new feature adds a module here."""

from tests.properties.commands import (
    branch,
    cart,
    floor,
    kitchen,
    menu,
    orders,
    payments,
    requests,
    team,
    visits,
)

__all__ = [
    "branch",
    "cart",
    "floor",
    "kitchen",
    "menu",
    "orders",
    "payments",
    "requests",
    "team",
    "visits",
]
