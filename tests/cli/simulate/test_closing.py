"""The reckoning after an evening: what could not be looked at does not pass for right."""

from __future__ import annotations

import httpx
import pytest

from restai.cli.simulate.checks.record import Record
from restai.cli.simulate.closing import close, tidy
from restai.cli.simulate.opening import Opened
from restai.cli.simulate.people.cashier import Cashier
from restai.cli.simulate.people.crew import Crew
from restai.cli.simulate.people.person import Person
from restai.cli.simulate.plan import House, Pace
from restai.cli.simulate.report import Promise, Report
from restai.cli.simulate.scene import Scene
from restai.cli.simulate.screens import Screen
from restai_sdk import Api, fixed
from tests.cli.simulate.evidence import EMPTY, Json

TILL: Json = {"id": "t1", "rev": 1}
ANSWERS: Json = {
    "/branches/b1/snapshot": EMPTY,
    "/till": {"till": TILL, "expected": 5_000},
    "/till/close": TILL,
}


class Branch:
    """In which nothing is open but a till. What is at the path `refuses` is not found."""

    def __init__(self, refuses: str) -> None:
        self._refuses = refuses
        self.report = Report()
        record = Record(EMPTY, self.report.problem)
        http = httpx.AsyncClient(base_url="http://restai", transport=httpx.MockTransport(self))
        api = Api("", fixed("a token"), http=http)
        scene = Scene("", http, "b1", "a seed", Pace(60), record, self.report, dishes=[])
        screen = Screen("the manager's", record, self.report)
        screen.changed("b1", EMPTY)
        self.crew = Crew(Person(scene, api, screen), [], [Cashier(scene, api, screen)], [])
        self.opened = Opened(House("b1", (), is_ours=True), 0, scene, self.crew, [screen])

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api")
        if path == self._refuses:
            return httpx.Response(404, json={"code": "not_found", "detail": "There is no such thing"})
        return httpx.Response(200, json=ANSWERS[path])


async def test_screens_that_could_not_be_compared_are_not_right() -> None:
    branch = Branch(refuses="/branches/b1/snapshot")
    await close(branch.opened)
    assert branch.report.broken == {Promise.STATE: 1}
    assert branch.report.problems == [
        "nobody could read what the server holds: There is no such thing (not_found)"
    ]


@pytest.mark.parametrize("refuses", ["/till", "/till/close"])
async def test_a_till_that_could_not_be_counted_does_not_come_out(refuses: str) -> None:
    branch = Branch(refuses)
    await tidy(branch.crew)
    assert branch.report.broken == {Promise.MONEY: 1}
    assert branch.report.problems == ["the till was not counted: There is no such thing (not_found)"]


async def test_a_branch_in_which_all_is_right() -> None:
    branch = Branch(refuses="nothing")
    await tidy(branch.crew)
    assert branch.report.holds
