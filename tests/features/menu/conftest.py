import pytest

from tests.support.carte import Carte
from tests.support.house import House


@pytest.fixture
def carte(house: House) -> Carte:
    return Carte(house)
