"""The bench in its smallest form: every server starts, delivers everything, and is told of."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from bench import report
from bench.measure import Form, Results, Slice, measure
from bench.peers import limit

SMALLEST = Form(members=20, others=(5,), idle=10, warm=1, rounds=1, deliveries=200, unheard=10, settling=0.0)


@pytest.fixture(scope="module")
def results() -> Results:
    return measure(SMALLEST)


@pytest.fixture
def has_c(tmp_path: Path) -> bool:
    return limit.command(tmp_path) is not None


def delivered(slices: list[Slice]) -> list[tuple[str, str, int, int]]:
    return sorted((one.peer, one.load, one.members, one.deliveries) for one in slices)


def test_every_server_delivers_every_event(results: Results, has_c: bool) -> None:
    in_c = [("C", "bursts of 10", 20, 200), ("C", "single events", 20, 200)] if has_c else []
    assert delivered(results.contest) == [
        *in_c,
        ("RestAI", "bursts of 10", 20, 200),
        ("RestAI", "single events", 20, 200),
        ("Starlette", "bursts of 10", 20, 200),
        ("Starlette", "single events", 20, 200),
    ]


def test_rooms_of_other_sizes_hear_as_much(results: Results, has_c: bool) -> None:
    in_c = [("C", "single events", 5, 200), ("C", "single events", 20, 200)] if has_c else []
    assert delivered(results.growth) == [
        *in_c,
        ("RestAI", "single events", 5, 200),
        ("RestAI", "single events", 20, 200),
    ]


def test_idle_sockets_are_counted(results: Results) -> None:
    assert [(one.peer, one.sockets) for one in results.idle] == [("RestAI", 10), ("Starlette", 10)]


def test_all_of_it_is_shown(results: Results) -> None:
    console = Console(file=io.StringIO(), width=100)
    report.show(console, SMALLEST, results)
    shown = console.file.getvalue()
    for line in ("Single events, room of 20", "Bursts of 10", "Starlette", "an idle socket"):
        assert line in shown
