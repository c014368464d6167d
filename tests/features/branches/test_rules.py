"""What a branch's settings may be."""

import pytest

from restai.features.branches.rules import are_stations, is_time_zone


@pytest.mark.parametrize("name", ["America/Lima", "Europe/Madrid", "UTC", "Asia/Kathmandu"])
def test_time_zones_of_the_iana_database(name: str) -> None:
    assert is_time_zone(name)


@pytest.mark.parametrize(
    "name", ["", "Lima", "america/lima", "America", "../America/Lima", "-05:00", "a\x00"]
)
def test_what_is_no_time_zone(name: str) -> None:
    assert not is_time_zone(name)


@pytest.mark.parametrize("names", [["kitchen"], ["Grill", "Bar", "Cold"], ["Café", "Cafe"]])
def test_stations_that_can_be_told_apart(names: list[str]) -> None:
    assert are_stations(names)


@pytest.mark.parametrize("names", [["Grill", "grill"], ["none"], ["kitchen", "None"], ["STRASSE", "straße"]])
def test_stations_that_cannot(names: list[str]) -> None:
    assert not are_stations(names)
