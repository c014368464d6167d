"""What was measured as text: what is compared, what was promised, what else is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.measure import BURST, SINGLE, Form, Idle, Load, Results, Slice
from bench.peers import limit, restai, starlette

OURS, ORDINARY, LIMIT = restai.NAME, starlette.NAME, limit.NAME
EMPTY_ROOM = 10.0  # microseconds that a publish to nobody should take


@dataclass(frozen=True)
class Verdict:
    """Something that was promised: `measured` is at most `target`."""

    what: str
    measured: float
    target: float

    @property
    def holds(self) -> bool:
        return self.measured <= self.target


def verdicts(results: Results) -> list[Verdict]:
    """The promises, as this run saw them."""
    single, burst = (ratio(results.contest, OURS, ORDINARY, load) for load in (SINGLE, BURST))
    (idle,) = (one for one in results.idle if one.peer == OURS)
    return [
        Verdict("single events, of Starlette's time", single, 0.6),
        Verdict("bursts of 10, of Starlette's time", burst, 0.08),
        Verdict("kB an idle socket", idle.each / 1000, 10),
    ]


# ---- numbers


def costs(slices: Sequence[Slice], peer: str, load: Load) -> list[float]:
    """Microseconds a delivery, round by round."""
    return [one.cost for one in slices if one.peer == peer and one.load == load.name]


def ratio(slices: Sequence[Slice], peer: str, other: str, load: Load) -> float:
    """How much of the other's time a peer takes."""
    return _paired(costs(slices, peer, load), costs(slices, other, load))


def _paired(mine: Sequence[float], others: Sequence[float]) -> float:
    """The median over rounds, each compared within itself."""
    return median(one / other for one, other in zip(mine, others, strict=True))


def _names(slices: Sequence[Slice]) -> list[str]:
    present = {one.peer for one in slices}
    return [name for name in (OURS, ORDINARY, LIMIT) if name in present]


# ---- text


def show(console: Console, form: Form, results: Results) -> None:
    for load in (SINGLE, BURST):
        title = f"{load.name}, room of {form.members:,}: medians of {form.rounds} rounds"
        _section(console, title, _deliveries(results.contest, load))
    if LIMIT not in _names(results.contest):
        console.print(f"{LIMIT}: left out, as no C compiler was found that makes it.")
    _section(console, f"{SINGLE.name}, rooms of several sizes", _growth(results.growth))
    empty = median(results.unheard)
    console.print(f"A publish to a room that nobody is in: {empty:.1f} µs (wanted: under {EMPTY_ROOM:.0f}).")
    _section(console, "sockets that have signed in and say nothing", _idle(results.idle))
    _section(console, "promised", _promises(verdicts(results)))


def _section(console: Console, title: str, table: Table) -> None:
    console.print(f"\n[bold]{title[0].upper()}{title[1:]}[/]", highlight=False)
    console.print(table)


def _deliveries(slices: Sequence[Slice], load: Load) -> Table:
    names = _names(slices)
    table = _table("µs a delivery", *(f"of {other}" for other in names[1:]))
    for name in names:
        ratios = [f"{ratio(slices, name, other, load):.3f}" for other in names[1:]]
        table.add_row(name, f"{median(costs(slices, name, load)):.2f}", *ratios)
    return table


def _growth(slices: Sequence[Slice]) -> Table:
    sizes = sorted({one.members for one in slices})
    columns = [title for size in sizes for title in (f"{size:,}\nµs", f"\nof {sizes[0]:,}")]
    table = _table(*columns)
    for name in _names(slices):
        by_size = {size: [s.cost for s in slices if (s.peer, s.members) == (name, size)] for size in sizes}
        cells = []
        for size in sizes:
            cells.append(f"{median(by_size[size]):.2f}")
            cells.append(f"{_paired(by_size[size], by_size[sizes[0]]):.2f}")
        table.add_row(name, *cells)
    return table


def _idle(idle: Sequence[Idle]) -> Table:
    table = _table("sockets", "kB each")
    for one in idle:
        table.add_row(one.peer, f"{one.sockets:,}", f"{one.each / 1000:.1f}")
    return table


def _promises(found: Sequence[Verdict]) -> Table:
    table = _table("at most", "measured", "")
    for one in found:
        outcome = "[green]holds[/]" if one.holds else "[bold red]missed[/]"
        table.add_row(one.what, f"{one.target:g}", f"{one.measured:.3g}", outcome)
    return table


def _table(*columns: str) -> Table:
    table = Table("")
    for name in columns:
        table.add_column(name, justify="right")
    return table
