"""What the signature dishes look like: `docs/dishes.py` draws them into `drawings/`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from restai.features.menu.service.pictures import Picture, prepare

DRAWINGS = Path(__file__).parent / "drawings"
OF = {
    "Anticuchos de corazón": "anticuchos",
    "Arroz con mariscos": "arroz-con-mariscos",
    "Causa limeña": "causa",
    "Cebiche clásico": "cebiche",
    "Lomo saltado": "lomo-saltado",
    "Pisco sour": "pisco-sour",
    "Pollo a la brasa": "pollo-a-la-brasa",
    "Suspiro a la limeña": "suspiro",
}


@cache
def pictures() -> Mapping[str, Picture]:
    """By the name of the dish, made as any upload is. Slow the first time, so for a thread."""
    return {dish: prepare((DRAWINGS / f"{name}.webp").read_bytes()) for dish, name in OF.items()}
