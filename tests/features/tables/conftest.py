import pytest

from tests.support.floor_plan import FloorPlan
from tests.support.house import House


@pytest.fixture
def plan(house: House) -> FloorPlan:
    return FloorPlan(house)
