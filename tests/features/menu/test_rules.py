"""What may be chosen of a dish, and in which order things stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restai.errors import Invalid
from restai.features.menu.rules import (
    ChosenModifier,
    OfferedGroup,
    OfferedModifier,
    check_bounds,
    choose,
    moved,
)

RARE = OfferedModifier("rare", "Rare", 0, True)
DONE = OfferedModifier("done", "Well done", 0, True)
FRIES = OfferedModifier("fries", "Fries", 500, True)
SALAD = OfferedModifier("salad", "Salad", 400, False)
RICE = OfferedModifier("rice", "Rice", 300, True)
POINT = OfferedGroup("point", "Cooking point", 1, 1, (RARE, DONE))
SIDES = OfferedGroup("sides", "Sides", 0, 2, (FRIES, SALAD, RICE))
STEAK = (POINT, SIDES)


def test_choices_keep_the_name_and_price_of_now_in_the_menus_order() -> None:
    choice = choose(STEAK, ["rice", "fries", "rare"])
    assert choice.modifiers == (
        ChosenModifier("Rare", 0),
        ChosenModifier("Fries", 500),
        ChosenModifier("Rice", 300),
    )
    assert choice.sold_out == ()


def test_what_is_sold_out_is_named() -> None:
    assert choose(STEAK, ["rare", "salad"]).sold_out == (SALAD,)


def test_a_dish_without_questions_takes_no_answers() -> None:
    assert choose((), []).modifiers == ()
    with pytest.raises(Invalid, match="no modifier fries"):
        choose((), ["fries"])


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ([], "Cooking point: choose at least 1"),
        (["fries"], "Cooking point: choose at least 1"),
        (["rare", "done"], "Cooking point: choose at most 1"),
        (["rare", "fries", "salad", "rice"], "Sides: choose at most 2"),
        (["rare", "rare"], "twice"),
        (["rare", "lobster"], "no modifier lobster"),
    ],
)
def test_what_a_group_does_not_allow_is_refused(chosen: list[str], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        choose(STEAK, chosen)


@given(st.lists(st.sampled_from(["rare", "done", "fries", "salad", "rice", "?"]), max_size=6))
def test_a_choice_that_is_taken_is_within_every_bound(chosen: list[str]) -> None:
    try:
        choice = choose(STEAK, chosen)
    except Invalid:
        return
    assert len(choice.modifiers) == len(chosen) == len(set(chosen))
    for group in STEAK:
        of_group = [one for one in group.modifiers if one.id in chosen]
        assert group.min <= len(of_group) <= group.max


@pytest.mark.parametrize(("minimum", "maximum", "modifiers"), [(0, 1, 1), (1, 1, 1), (2, 5, 2)])
def test_a_group_that_can_be_answered(minimum: int, maximum: int, modifiers: int) -> None:
    check_bounds(minimum, maximum, modifiers)


@pytest.mark.parametrize(("minimum", "maximum", "modifiers"), [(2, 1, 5), (3, 5, 2)])
def test_a_group_that_cannot_be_answered(minimum: int, maximum: int, modifiers: int) -> None:
    with pytest.raises(Invalid, match="min"):
        check_bounds(minimum, maximum, modifiers)


@pytest.mark.parametrize(
    ("position", "row"),
    [(0, ["c", "a", "b"]), (1, ["a", "c", "b"]), (2, ["a", "b", "c"]), (99, ["a", "b", "c"])],
)
def test_something_moves_to_a_position(position: int, row: list[str]) -> None:
    assert moved(["a", "b", "c"], "c", position) == row


def test_something_without_a_position_is_last() -> None:
    assert moved(["a", "b", "c"], "a", None) == ["b", "c", "a"]
    assert moved(["a", "b"], "new", None) == ["a", "b", "new"]
