"""How a guest's call moves."""

from restai.features.requests.rules import RequestStatus as R
from restai.features.requests.rules import at_visits_end, may_become

# what may become what, by hand
MOVES = {
    R.PENDING: {R.ACKNOWLEDGED, R.RESOLVED, R.CANCELLED},
    R.ACKNOWLEDGED: {R.RESOLVED, R.CANCELLED},
    R.RESOLVED: set(),
    R.CANCELLED: set(),
}


def test_moves_on_only() -> None:
    assert {one: {to for to in R if may_become(one, to)} for one in R} == MOVES


def test_ends_with_the_visit_as_far_as_it_had_come() -> None:
    assert at_visits_end(R.ACKNOWLEDGED) is R.RESOLVED
    assert at_visits_end(R.PENDING) is R.CANCELLED
