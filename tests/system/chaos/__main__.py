"""`python -m tests.system.chaos`: a long evening, told in figures. It exits with 1 if anything was wrong."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import SystemRandom
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.support.databases import PostgresFarm
from tests.system.chaos.evening import Evening, Report, Script
from tests.system.chaos.faults import CLIENTS, DATABASE, REDIS, WORKERS
from tests.system.chaos.stage import Trouble, stage

MIB = 1024 * 1024


def main(
    minutes: Annotated[float, typer.Option(min=0.1, max=600, help="How long it goes on.")] = 10,
    seed: Annotated[int | None, typer.Option(help="What happens; none is a new one.")] = None,
    workers: Annotated[int, typer.Option(min=2, max=16)] = 2,
    redis: Annotated[
        bool, typer.Option("--redis", help="Only Redis breaks: in each way once, as long as between two.")
    ] = False,
    log: Annotated[Path | None, typer.Option(help="The file for what the server logs.")] = None,
) -> None:
    """Play an evening on which everything breaks, and hold what every screen was told against the log."""
    seed = SystemRandom().randrange(10**6) if seed is None else seed
    script = _only_redis(seed, minutes * 60) if redis else _everything(seed, minutes * 60)
    out = Console(highlight=False, soft_wrap=True)
    out.print(f"Seed {script.seed}, {minutes:g} minutes, {workers} workers")
    with tempfile.TemporaryDirectory() as folder:
        report, troubles = asyncio.run(_play(script, workers, log or Path(folder) / "log"))
    tell(report, troubles, out)
    if report.problems:
        raise typer.Exit(1)


def _everything(seed: int, seconds: float) -> Script:
    faults = {"redis": REDIS, "workers": WORKERS, "database": DATABASE, "clients": CLIENTS}
    return Script(seed, seconds, faults, rest=(1.0, 8.0), last=(0.5, 6.0))


def _only_redis(seed: int, seconds: float) -> Script:
    each = seconds / (2 * len(REDIS) + 1)
    return Script(seed, seconds, {"redis": REDIS}, rest=(each, each), last=(each, each))


async def _play(script: Script, workers: int, log: Path) -> tuple[Report, Sequence[Trouble]]:
    farm = PostgresFarm()
    try:
        with farm.database() as url:
            async with stage(url, log, workers=workers) as house:
                return await Evening(house, script).play(), house.troubles
    finally:
        farm.close()


def tell(report: Report, troubles: Sequence[Trouble], out: Console) -> None:
    """The figures, for people."""
    out.print(
        f"{report.events} events, {report.screens} screens, which were told {report.told} things on"
        f" {report.connections} connections; {report.played.total()} commands"
    )
    out.print("Lost, doubled, leaked, altered: " + ("; ".join(report.problems) or "none"))
    out.print(_faults(report))
    out.print(_lags(report, troubles))
    out.print(_calls(report, troubles))
    out.print(_memory(report))


def _faults(report: Report) -> Table:
    table = Table("What broke", "times", box=None, pad_edge=False, header_style="dim")
    for name, count in sorted(report.faults.items()):
        table.add_row(name, str(count))
    return table


def _lags(report: Report, troubles: Sequence[Trouble]) -> Table:
    """From a transaction's begin to the event at a screen that was connected."""
    return _percentiles("Lag, ms", report.lags, troubles)


def _calls(report: Report, troubles: Sequence[Trouble]) -> Table:
    took = [(call.began, call.took * 1000) for call in report.calls]
    return _percentiles("Requests, ms", took, troubles)


def _percentiles(what: str, samples: Sequence[tuple[float, float]], troubles: Sequence[Trouble]) -> Table:
    """`samples`: when (s), how long (ms); by what was broken then."""
    table = Table(what, "count", "p50", "p99", "most", box=None, pad_edge=False, header_style="dim")
    found: dict[str, list[float]] = {}
    for at, length in samples:
        found.setdefault(_broken_at(at, troubles), []).append(length)
    for name, lengths in sorted(found.items()):
        numbers = [percentile(lengths, share) for share in (0.5, 0.99, 1.0)]
        table.add_row(name, str(len(lengths)), *(f"{number:.0f}" for number in numbers))
    return table


AFTER = 1.0  # seconds in which a fault that is over is still felt


def _broken_at(at: float, troubles: Sequence[Trouble]) -> str:
    names = {trouble.name for trouble in troubles if trouble.began <= at <= trouble.ended + AFTER}
    return "several things at once" if len(names) > 1 else names.pop() if names else "all is well"


def _memory(report: Report) -> Table:
    """Of each worker that lived for a minute or more, after its first half minute and at its end."""
    table = Table("Worker", "lived, s", "MiB at 30 s", "at the end", "most", box=None, pad_edge=False)
    looks: dict[int, list[tuple[float, int]]] = {}
    for at, pid, size in report.memory:
        looks.setdefault(pid, []).append((at, size))
    for pid, sizes in looks.items():
        began, ended = sizes[0][0], sizes[-1][0]
        if ended - began >= 60:
            early = next(size for at, size in sizes if at >= began + 30)
            shown = (early, sizes[-1][1], max(size for _, size in sizes))
            table.add_row(str(pid), f"{ended - began:.0f}", *(f"{size / MIB:.0f}" for size in shown))
    return table


def percentile(samples: Sequence[float], share: float) -> float:
    return sorted(samples)[min(len(samples) - 1, int(share * len(samples)))]


if __name__ == "__main__":
    cli = typer.Typer(pretty_exceptions_enable=False)
    cli.command()(main)
    cli()
