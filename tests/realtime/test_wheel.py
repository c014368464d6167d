"""The one timer."""

from restai.realtime.wheel import Wheel


def called(wheel: Wheel[str], now: float) -> list[str]:
    names: list[str] = []
    wheel.turn(now, names.append)
    return names


def test_nothing_is_called_before_it_is_due_and_all_soon_after() -> None:
    wheel: Wheel[str] = Wheel(100.0)
    wheel.put("soon", 100.3)
    wheel.put("later", 160.0)
    assert called(wheel, 100.25) == []
    assert called(wheel, 100.5) == ["soon"]
    assert called(wheel, 159.9) == []
    assert called(wheel, 160.25) == ["later"]
    assert len(wheel) == 0


def test_what_is_taken_out_is_not_called() -> None:
    wheel: Wheel[str] = Wheel(0.0)
    slot = wheel.put("never", 1.0)
    wheel.take("never", slot)
    wheel.take("never", slot)
    assert called(wheel, 5.0) == []


def test_what_is_overdue_is_called_at_the_next_turn() -> None:
    wheel: Wheel[str] = Wheel(50.0)
    wheel.put("late", 10.0)
    assert called(wheel, 50.25) == ["late"]


def test_a_thing_may_be_put_again_while_it_is_called() -> None:
    wheel: Wheel[str] = Wheel(0.0)
    wheel.put("again", 1.0)
    wheel.turn(2.0, lambda thing: wheel.put(thing, 2.0) and None)
    assert called(wheel, 2.25) == ["again"]


def test_a_long_sleep_calls_everything_once_in_order() -> None:
    wheel: Wheel[str] = Wheel(0.0)
    wheel.put("b", 2_000.0)
    wheel.put("a", 1_000.0)
    assert called(wheel, 100_000.0) == ["a", "b"]
