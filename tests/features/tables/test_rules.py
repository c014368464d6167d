"""States of tables and the reading of codes."""

import pytest

from restai.features.tables.rules import CODE_ALPHABET, MOVES, SEATABLE, TableStatus, read_code, written

S = TableStatus


def test_staff_reserve_and_close_what_is_available_and_take_it_back() -> None:
    moves = {(a, b) for a, targets in MOVES.items() for b in targets}
    assert moves == {
        (S.AVAILABLE, S.RESERVED),
        (S.AVAILABLE, S.MAINTENANCE),
        (S.RESERVED, S.AVAILABLE),
        (S.MAINTENANCE, S.AVAILABLE),
    }


def test_a_party_sits_down_where_nobody_sits_and_nothing_is_broken() -> None:
    assert {S.AVAILABLE, S.RESERVED} == SEATABLE


@pytest.mark.parametrize("typed", ["0a1v2c85", "OAIV2C85", "oalu-zcbs", " 0A1V 2C8S ", "0-A-1-V-2-C-8-5"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == "0A1V2C85"


def test_a_code_is_written_in_two_groups() -> None:
    assert written("0A1V2C85") == "0A1V-2C85"


@pytest.mark.parametrize("typed", ["", "0A1C2C3", "0A1C2C3D4", "0A1C2C3Ñ", "0A1C2C3\x00", "mesa-dos!"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_codes_are_made_of_what_is_read_as_itself() -> None:
    assert len(set(CODE_ALPHABET)) == 29
    for one in CODE_ALPHABET:
        assert read_code(one * 8) == one * 8
