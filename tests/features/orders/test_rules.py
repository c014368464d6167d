"""How orders move, what they cost, on which day they count."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from restai.features.orders.rules import (
    LineState,
    Moments,
    Moved,
    Watch,
    arriving,
    business_day,
    cancel,
    forward,
    line_amount,
    line_may_move,
    moments,
    rollup,
    step_back,
    watch,
)
from restai.features.orders.rules import LineStatus as L
from restai.features.orders.rules import OrderStatus as S


def cooked(*states: L) -> list[LineState]:
    return [LineState(state) for state in states]


def drink(state: L) -> LineState:
    return LineState(state, cooked=False)


class TestRollup:
    @pytest.mark.parametrize(
        ("was", "lines", "becomes"),
        [
            (S.CONFIRMED, [], S.CANCELLED),
            (S.PENDING, cooked(L.CANCELLED), S.CANCELLED),
            (S.COMPLETED, cooked(L.CANCELLED), S.CANCELLED),
            (S.PENDING, cooked(L.PENDING), S.PENDING),
            (S.COMPLETED, cooked(L.READY), S.COMPLETED),
            (S.PREPARING, cooked(L.SERVED, L.SERVED, L.CANCELLED), S.SERVED),
            (S.PREPARING, cooked(L.READY, L.SERVED), S.READY),
            (S.CONFIRMED, cooked(L.PENDING, L.PREPARING), S.PREPARING),
            (S.CONFIRMED, cooked(L.PENDING, L.SERVED), S.PREPARING),
            (S.CONFIRMED, cooked(L.PENDING, L.CANCELLED), S.CONFIRMED),
            (S.CONFIRMED, [drink(L.READY)], S.READY),
            (S.CONFIRMED, [drink(L.READY), *cooked(L.PENDING)], S.CONFIRMED),
            (S.CONFIRMED, [drink(L.SERVED), *cooked(L.PENDING)], S.CONFIRMED),
        ],
    )
    def test_follows_the_lines(self, was: S, lines: list[LineState], becomes: S) -> None:
        assert rollup(was, lines) is becomes


class TestForward:
    def test_confirming_makes_ready_what_needs_no_kitchen(self) -> None:
        moved = forward(S.PENDING, [drink(L.PENDING), *cooked(L.PENDING)], S.CONFIRMED)
        assert moved == Moved(S.CONFIRMED, [L.READY, L.PENDING])

    def test_an_order_of_drinks_is_ready_once_confirmed(self) -> None:
        assert forward(S.PENDING, [drink(L.PENDING)], S.CONFIRMED) == Moved(S.READY, [L.READY])

    def test_skips_states_and_brings_all_lines_along(self) -> None:
        moved = forward(S.PENDING, [drink(L.PENDING), *cooked(L.PENDING, L.CANCELLED)], S.SERVED)
        assert moved == Moved(S.SERVED, [L.SERVED, L.SERVED, L.CANCELLED])

    def test_leaves_lines_that_are_ahead(self) -> None:
        moved = forward(S.CONFIRMED, [*cooked(L.PENDING), drink(L.SERVED)], S.PREPARING)
        assert moved == Moved(S.PREPARING, [L.PREPARING, L.SERVED])

    def test_completes_with_everything_served(self) -> None:
        assert forward(S.READY, cooked(L.READY), S.COMPLETED) == Moved(S.COMPLETED, [L.SERVED])

    @pytest.mark.parametrize(
        ("status", "to"),
        [
            (S.READY, S.PREPARING),
            (S.CONFIRMED, S.PENDING),
            (S.COMPLETED, S.SERVED),
            (S.CANCELLED, S.CONFIRMED),
            (S.PENDING, S.CANCELLED),
        ],
    )
    def test_never_goes_elsewhere(self, status: S, to: S) -> None:
        assert forward(status, cooked(L.PENDING), to) is None


class TestCancel:
    @pytest.mark.parametrize("status", [S.PENDING, S.CONFIRMED, S.PREPARING, S.READY])
    def test_from_any_state_before_served(self, status: S) -> None:
        assert cancel(status, cooked(L.PENDING, L.READY)) == Moved(S.CANCELLED, [L.CANCELLED] * 2)

    @pytest.mark.parametrize("status", [S.SERVED, S.COMPLETED, S.CANCELLED])
    def test_not_after(self, status: S) -> None:
        assert cancel(status, cooked(L.SERVED)) is None

    def test_leaves_what_was_served_to_be_paid(self) -> None:
        moved = cancel(S.PREPARING, [drink(L.SERVED), *cooked(L.PREPARING)])
        assert moved == Moved(S.SERVED, [L.SERVED, L.CANCELLED])


class TestStepBack:
    @pytest.mark.parametrize(
        ("status", "lines", "to", "after"),
        [
            (S.CONFIRMED, cooked(L.PENDING), S.PENDING, [L.PENDING]),
            (S.CONFIRMED, [drink(L.READY), *cooked(L.PENDING)], S.PENDING, [L.PENDING, L.PENDING]),
            (S.PREPARING, cooked(L.PREPARING, L.PENDING), S.CONFIRMED, [L.PENDING, L.PENDING]),
            (S.READY, cooked(L.READY, L.SERVED), S.PREPARING, [L.PREPARING, L.SERVED]),
            (S.READY, [drink(L.READY), *cooked(L.READY)], S.PREPARING, [L.READY, L.PREPARING]),
            (S.SERVED, cooked(L.SERVED, L.CANCELLED), S.READY, [L.READY, L.CANCELLED]),
            (S.SERVED, [drink(L.SERVED)], S.READY, [L.READY]),
        ],
    )
    def test_moves_the_lines_in_the_state_being_left(
        self, status: S, lines: list[LineState], to: S, after: list[L]
    ) -> None:
        assert step_back(status, lines, to) == Moved(to, after)

    @pytest.mark.parametrize(
        ("status", "lines", "to"),
        [
            (S.PREPARING, cooked(L.PREPARING, L.READY), S.CONFIRMED),  # one is done already
            (S.CONFIRMED, [drink(L.SERVED), *cooked(L.PENDING)], S.PENDING),  # the drink is drunk
            (S.READY, [drink(L.READY)], S.PREPARING),  # nothing of it is ever in preparation
            (S.READY, cooked(L.READY), S.CONFIRMED),  # two steps
            (S.COMPLETED, cooked(L.SERVED), S.SERVED),
            (S.CANCELLED, cooked(L.CANCELLED), S.READY),
        ],
    )
    def test_is_refused_where_it_cannot_reach_the_state(
        self, status: S, lines: list[LineState], to: S
    ) -> None:
        assert step_back(status, lines, to) is None


class TestLines:
    def test_come_in_ready_where_no_kitchen_is_needed(self) -> None:
        assert arriving(cooked=False, confirmed=True) is L.READY
        assert arriving(cooked=False, confirmed=False) is L.PENDING
        assert arriving(cooked=True, confirmed=True) is L.PENDING

    @pytest.mark.parametrize(
        ("order", "line", "to", "back", "may"),
        [
            (S.CONFIRMED, LineState(L.PENDING), L.PREPARING, False, True),
            (S.CONFIRMED, LineState(L.PENDING), L.SERVED, False, True),
            (S.PREPARING, LineState(L.READY), L.PREPARING, True, True),
            (S.PREPARING, LineState(L.READY), L.PREPARING, False, False),
            (S.PREPARING, LineState(L.READY), L.PENDING, True, False),
            (S.PENDING, LineState(L.PENDING), L.PREPARING, False, False),
            (S.PENDING, LineState(L.PENDING), L.CANCELLED, False, True),
            (S.READY, LineState(L.READY), L.CANCELLED, False, True),
            (S.SERVED, LineState(L.SERVED), L.CANCELLED, False, False),
            (S.SERVED, LineState(L.SERVED), L.READY, True, True),
            (S.COMPLETED, LineState(L.READY), L.SERVED, False, False),
            (S.COMPLETED, LineState(L.READY), L.CANCELLED, False, False),
            (S.CANCELLED, LineState(L.CANCELLED), L.PENDING, True, False),
            (S.READY, drink(L.READY), L.SERVED, False, True),
            (S.READY, drink(L.READY), L.PREPARING, True, False),
            (S.SERVED, drink(L.SERVED), L.READY, True, True),
        ],
    )
    def test_may_move(self, order: S, line: LineState, to: L, back: bool, may: bool) -> None:
        assert line_may_move(order, line, to, back=back) is may

    def test_cost_the_dish_and_its_modifiers_times_the_quantity(self) -> None:
        assert line_amount(2_500, [300, 0, 150], 2) == 5_900


class TestMoments:
    @pytest.mark.parametrize(
        ("held", "order", "line", "become"),
        [
            (Moments(), S.PENDING, L.PENDING, Moments()),
            (Moments(), S.CONFIRMED, L.PENDING, Moments(sent_at=50)),
            (Moments(10), S.PREPARING, L.PENDING, Moments(10)),
            (Moments(10, 20), S.CONFIRMED, L.PENDING, Moments(10, 20)),
            (Moments(10), S.PREPARING, L.PREPARING, Moments(10, 50)),
            (Moments(10, 20), S.PREPARING, L.PREPARING, Moments(10, 20)),
            (Moments(10), S.READY, L.READY, Moments(10, 50, 50)),
            (Moments(10, 20, 30), S.SERVED, L.SERVED, Moments(10, 20, 30)),
            (Moments(10, 20, 30), S.PREPARING, L.PREPARING, Moments(10, 20)),
            (Moments(10, 20, 30), S.PREPARING, L.PENDING, Moments(10, 20)),
            (Moments(10, 20), S.PENDING, L.PENDING, Moments()),
            (Moments(0, 0, 0), S.SERVED, L.SERVED, Moments(0, 0, 0)),
        ],
    )
    def test_are_noted_once(self, held: Moments, order: S, line: L, become: Moments) -> None:
        assert moments(held, order, line, 50) == become


class TestWatch:
    @pytest.mark.parametrize(
        ("lines", "unseen_at", "tells"),
        [
            ([], None, Watch(None, None, None)),
            ([Moments()], None, Watch(None, None, None)),
            ([Moments(0, 3), Moments(0, 5)], None, Watch(5, None, None)),
            ([Moments(0, 3), Moments(1_000)], None, Watch(None, None, 11_000)),
            ([Moments(2_000), Moments(1_000)], None, Watch(None, None, 11_000)),
            ([Moments(1_000)], 11_000, Watch(None, 11_000, None)),
            ([Moments(1_000), Moments(19_000)], 11_000, Watch(None, 11_000, None)),
            ([Moments(1_000, 20_000), Moments(19_000)], 11_000, Watch(None, None, 29_000)),
            ([Moments(1_000, 20_000), Moments(10_000)], 11_000, Watch(None, 11_000, None)),
            ([Moments(1_000, 20_000), Moments(10_001)], 11_000, Watch(None, None, 20_001)),
            ([Moments(1_000, 20_000)], 11_000, Watch(20_000, None, None)),
            ([Moments(1_000)], None, Watch(None, None, 11_000)),  # late, and nobody has noticed yet
        ],
    )
    def test_follows_the_lines(self, lines: list[Moments], unseen_at: int | None, tells: Watch) -> None:
        assert watch(lines, unseen_at, 20_000) == tells


class TestBusinessDay:
    def moment(self, hour: int, minute: int, zone: str = "America/Lima") -> int:
        return int(datetime(2026, 3, 9, hour, minute, tzinfo=ZoneInfo(zone)).timestamp() * 1000)

    def test_begins_after_the_last_guests_have_left(self) -> None:
        assert business_day(self.moment(3, 59), "America/Lima", 240) == date(2026, 3, 8)
        assert business_day(self.moment(4, 0), "America/Lima", 240) == date(2026, 3, 9)
        assert business_day(self.moment(23, 59), "America/Lima", 240) == date(2026, 3, 9)

    def test_goes_by_the_restaurants_clock_not_ours(self) -> None:
        one_moment = self.moment(2, 0, "Europe/Madrid")
        assert business_day(one_moment, "Europe/Madrid", 0) == date(2026, 3, 9)
        assert business_day(one_moment, "America/Lima", 0) == date(2026, 3, 8)

    @pytest.mark.parametrize(
        ("zone", "year", "starts_at", "moments", "days"),
        [
            pytest.param(  # at 3:00 it is 2:00 again
                "Europe/Madrid",
                2026,
                150,
                [(25, 2, 10, 0), (25, 2, 29, 0), (25, 2, 30, 0), (25, 2, 10, 1), (25, 2, 40, 1)],
                [24, 24, 25, 25, 25],
                id="an hour that comes twice",
            ),
            pytest.param(  # one minute after midnight it is 23:01 again
                "America/St_Johns",
                2006,
                0,
                [(28, 23, 59, 0), (29, 0, 0, 0), (28, 23, 1, 1), (29, 0, 2, 0)],
                [28, 29, 29, 29],
                id="midnight comes twice",
            ),
        ],
    )
    def test_never_goes_back_with_the_clock(
        self, zone: str, year: int, starts_at: int, moments: list[tuple[int, ...]], days: list[int]
    ) -> None:
        """In October, by day, hour, minute, and whether for the second time."""
        clock = [
            datetime(year, 10, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold).timestamp()
            for day, hour, minute, fold in moments
        ]
        assert clock == sorted(clock)
        counted = [business_day(int(moment * 1000), zone, starts_at) for moment in clock]
        assert counted == [date(year, 10, day) for day in days]

    @pytest.mark.parametrize(("hour", "minute", "day"), [(1, 59, 28), (3, 0, 28), (3, 29, 28), (3, 30, 29)])
    def test_begins_as_long_after_midnight_where_the_clock_leaps_over_it(
        self, hour: int, minute: int, day: int
    ) -> None:
        """At 2:00 it is 3:00."""
        moment = datetime(2026, 3, 29, hour, minute, tzinfo=ZoneInfo("Europe/Madrid")).timestamp()
        assert business_day(int(moment * 1000), "Europe/Madrid", 150) == date(2026, 3, day)
