"""A simulated screen: what it owes an account of, what it objects to, and that it is missed."""

from __future__ import annotations

import pytest

from restai.cli.simulate.checks.record import Record
from restai.cli.simulate.comparing import compare
from restai.cli.simulate.report import Promise, Report
from restai.cli.simulate.screens import Screen
from restai_sdk import Freshness, State, Stop
from restai_sdk.apply import apply
from tests.cli.simulate.evidence import EMPTY, Json, event, order


def visit(ana: str, rev: int = 1) -> Json:
    """With Ana waiting, in or out."""
    guests = [{"id": "g1", "status": ana}]
    return {"id": "s1", "rev": rev, "status": "active", "guests": guests, "mergedInto": None}


class Phone:
    """Ana's phone, as a client would drive it: connected at 10, with a snapshot of 10 in which she waits."""

    def __init__(self) -> None:
        self.report = Report()
        self.record = Record(EMPTY, self.report.problem)
        self.screen = Screen("Ana's phone", self.record, self.report, guest="g1")
        self.welcome(10)
        self.reads(10, "waiting")
        self.screen.freshness("b1", Freshness(State.LIVE, 0, None))

    def welcome(self, seq: int, *, head: int = 10, anew: bool = False) -> None:
        frame = {"type": "auth:success", "streams": {"b1": {"epoch": "e1", "seq": seq, "head": head}}}
        self.screen.hears(frame, 0, anew=anew)

    def reads(self, seq: int, status: str) -> None:
        """A snapshot."""
        stream = {"epoch": "e1", "seq": seq}
        snapshot = {"stream": stream, "session": visit(status), "table": {"id": "t1"}, "orders": []}
        self.screen.changed("b1", snapshot)

    def heartbeat(self, seq: int) -> None:
        self.screen.hears({"type": "heartbeat", "streams": {"b1": seq}}, 0, anew=False)

    def resync(self, seq: int) -> None:
        frame = {"type": "resync", "branchId": "b1", "epoch": "e1", "seq": seq, "reason": "access"}
        self.screen.hears(frame, 0, anew=False)

    def hears(self, event: Json, *, held: bool = False) -> None:
        """An event, which the client applies unless it is `held` for a snapshot."""
        if not held and self.screen.snapshot is not None:
            self.screen.applied("b1", event, False)
            self.screen.changed("b1", apply(self.screen.snapshot, event))
        self.screen.hears(event, event["seq"], anew=False)

    def owes(self, seq: int, **more: Json) -> bool:
        return self.screen.owes(self.record.place("e1", seq), event(seq, **more))

    @property
    def problems(self) -> list[str]:
        return self.report.problems


@pytest.fixture
def phone() -> Phone:
    return Phone()


def test_who_waits_owes_nothing_and_may_hear_nothing(phone: Phone) -> None:
    assert not phone.owes(11)
    phone.hears(event(11))
    assert phone.problems == ["Ana's phone was told order:updated while it waited to be let in"]


def test_who_was_let_in_owes_what_is_told_of_the_visit_from_the_snapshot_on(phone: Phone) -> None:
    phone.resync(10)
    phone.reads(10, "in")  # nothing has happened meanwhile: the place is the same as before
    assert phone.owes(11)
    assert not phone.owes(10)
    assert not phone.owes(11, order=order(sessionId="s2"))
    phone.hears(event(11))
    assert not phone.owes(11)
    assert phone.problems == []


def test_what_comes_before_the_snapshot_is_judged_by_it(phone: Phone) -> None:
    phone.resync(11)
    phone.hears(event(12), held=True)
    phone.hears(event(13, order=order(sessionId="s2")), held=True)
    assert phone.problems == []
    phone.reads(13, "in")
    assert phone.problems == ["Ana's phone was told order:updated of another visit"]


def test_who_was_let_in_while_away_is_told_what_came_before_too(phone: Phone) -> None:
    phone.welcome(10, head=13, anew=True)
    phone.hears(event(12))
    phone.hears(event(13, "guest:admitted", sessionId="s1", session=visit("in", rev=2)))
    phone.hears(event(14))
    assert phone.problems == []


def test_who_waits_still_may_hear_no_more_of_what_came_before(phone: Phone) -> None:
    phone.welcome(10, head=13, anew=True)
    phone.hears(event(12))
    assert phone.problems == [], "he may be let in at 13"
    phone.heartbeat(13)
    assert phone.problems == ["Ana's phone was told order:updated while it waited to be let in"]
    phone.hears(event(14))
    assert phone.report.broken == {Promise.OWN: 2}


def test_a_replay_that_is_given_up_is_over(phone: Phone) -> None:
    phone.welcome(10, head=500, anew=True)
    phone.hears(event(12))
    phone.resync(12)
    phone.reads(12, "waiting")
    assert phone.report.broken == {Promise.OWN: 1}


def test_what_came_later_shows_that_something_was_lost(phone: Phone) -> None:
    phone.resync(10)
    phone.reads(10, "in")
    lost = phone.record.place("e1", 11)
    assert not phone.screen.had_time(lost, since=1.0, now=2.0)
    phone.hears(event(12))
    assert phone.screen.had_time(lost, since=1.0, now=2.0)


def test_who_is_sent_away_is_told_and_owes_nothing_after_that(phone: Phone) -> None:
    phone.resync(10)
    phone.reads(10, "in")
    phone.hears(event(11, "guest:left", sessionId="s1", guestId="g2", session=visit("in", rev=2)))
    assert phone.owes(12)
    phone.hears(event(12, "guest:left", sessionId="s1", guestId="g1", session=visit("out", rev=3)))
    assert not phone.owes(13)
    phone.screen.stopped(Stop(4503, "signed out, or the visit is over"))
    assert phone.problems == []


@pytest.mark.parametrize("told", [True, False])
def test_a_visit_does_not_end_without_a_word(phone: Phone, told: bool) -> None:
    phone.resync(10)
    phone.reads(10, "in")
    if told:
        phone.hears(event(11, "session:ended", sessionId="s1"))
    phone.screen.stopped(Stop(4503, "the visit is over"))
    assert phone.problems == ([] if told else ["Ana's phone was cut off and not told why"])


@pytest.mark.parametrize(("guest", "problems"), [(None, ["Ana's is off: signed out"]), ("g1", [])])
async def test_only_phones_may_end_before_the_evening_does(guest: str | None, problems: list[str]) -> None:
    report = Report()
    on, off = (
        Screen(name, Record(EMPTY, report.problem), report, guest=guest) for name in ("Bea's", "Ana's")
    )
    for screen in (on, off):
        screen.changed("b1", EMPTY)
    off.leave()
    off.stopped(Stop(4503, "signed out"))

    async def read() -> Json:
        return EMPTY

    await compare([on, off], read, report)
    assert report.problems == problems
