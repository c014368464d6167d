"""How visits and guests move: every pair of states, by hand."""

import pytest

from restai.features.sessions.rules import GuestStatus as G
from restai.features.sessions.rules import SessionStatus as S
from restai.features.sessions.rules import guest_may_become, may_become

VISIT_MAY = {(S.PENDING, S.ACTIVE), (S.PENDING, S.REJECTED), (S.ACTIVE, S.COMPLETED)}
GUEST_MAY = {
    (S.PENDING, G.WAITING, G.OUT),
    (S.ACTIVE, G.WAITING, G.IN),
    (S.ACTIVE, G.WAITING, G.OUT),
    (S.ACTIVE, G.IN, G.OUT),
    (S.PENDING, G.IN, G.OUT),
}


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_a_visit(before: S, after: S) -> None:
    assert may_become(before, after) is ((before, after) in VISIT_MAY)


@pytest.mark.parametrize("visit", S)
@pytest.mark.parametrize("before", G)
@pytest.mark.parametrize("after", G)
def test_a_guest(visit: S, before: G, after: G) -> None:
    assert guest_may_become(visit, before, after) is ((visit, before, after) in GUEST_MAY)
