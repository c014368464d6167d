"""Brisa y Brasa, a made-up restaurant in Barranco, Lima: the house, its people and its tables.

The passwords are public: this is a house for looking around, not for guests.
"""

from __future__ import annotations

from dataclasses import dataclass

from restai.auth.permissions import Role

ORGANIZATION = "Brisa y Brasa S.A.C."
BRANCH = "Brisa y Brasa, Barranco"
CURRENCY = "PEN"
TAX_RATE = 1_800  # basis points: the IGV of 18 %, which prices on a Peruvian menu include
OPENING_FLOAT = 300_00  # céntimos in the till, for the first change of the day
TIME_ZONE = "America/Lima"

COLD, HOT, GRILL, BAR = "fríos", "cocina", "parrilla", "bar"
STATIONS = [COLD, HOT, GRILL, BAR]


@dataclass(frozen=True)
class Person:
    role: Role
    name: str
    email: str
    password: str


OWNER = Person(Role.ORG_ADMIN, "Rosa Quispe Ayala", "rosa@brisaybrasa.example", "lima-owner")
TEAM = [
    Person(Role.BRANCH_MANAGER, "Martín Salazar Vega", "martin@brisaybrasa.example", "lima-manager"),
    Person(Role.CASHIER, "Lucía Paredes Rojas", "lucia@brisaybrasa.example", "lima-cashier"),
    Person(Role.WAITER, "Diego Huamán Flores", "diego@brisaybrasa.example", "lima-waiter"),
    Person(Role.WAITER, "Valeria Torres Núñez", "valeria@brisaybrasa.example", "lima-waiter"),
    Person(Role.KITCHEN, "Jorge Mamani Condori", "jorge@brisaybrasa.example", "lima-kitchen"),
]


@dataclass(frozen=True)
class Stand:
    """A table as it stands in its space; lengths in cm."""

    number: str
    capacity: int
    x: int
    y: int
    width: int = 80
    height: int = 80
    shape: str = "square"


@dataclass(frozen=True)
class Area:
    """A space and its tables."""

    name: str
    tables: list[Stand]


AREAS = [
    Area(
        "Salón",
        [
            # along the windows, for two
            Stand("1", 2, 60, 60),
            Stand("2", 2, 240, 60),
            Stand("3", 2, 420, 60),
            Stand("4", 2, 600, 60),
            # the middle, round
            Stand("5", 4, 60, 260, 110, 110, "round"),
            Stand("6", 4, 280, 260, 110, 110, "round"),
            Stand("7", 4, 500, 260, 110, 110, "round"),
            # the back wall, for families
            Stand("8", 6, 60, 490, 180, 90),
            Stand("9", 6, 320, 490, 180, 90),
            Stand("10", 8, 580, 490, 240, 90),
        ],
    ),
    Area(
        "Terraza",
        [
            Stand("T1", 4, 60, 60, 100, 100, "round"),
            Stand("T2", 4, 260, 60, 100, 100, "round"),
            Stand("T3", 4, 460, 60, 100, 100, "round"),
            Stand("T4", 4, 660, 60, 100, 100, "round"),
            Stand("T5", 2, 60, 260),
            Stand("T6", 2, 260, 260),
            Stand("T7", 6, 460, 260, 180, 90),
            Stand("T8", 6, 720, 260, 180, 90),
        ],
    ),
    Area(
        "Barra",
        [
            Stand("B1", 1, 60, 60, 50, 50, "round"),
            Stand("B2", 1, 150, 60, 50, 50, "round"),
            Stand("B3", 1, 240, 60, 50, 50, "round"),
            Stand("B4", 1, 330, 60, 50, 50, "round"),
            Stand("B5", 2, 460, 50, 70, 70),
            Stand("B6", 2, 600, 50, 70, 70),
        ],
    ),
]
