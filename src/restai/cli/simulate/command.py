"""The command: what is to be played, how far it is, and what came of it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from restai.cli.simulate.house import described
from restai.cli.simulate.plan import AT_THE_PEAK, Load, Pace, Plan
from restai.cli.simulate.playing import play
from restai.cli.simulate.processes import end_with_input, own_server
from restai.cli.simulate.report import Promise, Report
from restai.cli.simulate.spoil import Spoil
from restai.cli.watch import Url
from restai_sdk import ApiError, SignedOut

REDRAW = 0.5  # seconds
MOST_SHOWN = 20  # problems

Minutes = Annotated[float, typer.Option(min=0, help="Minutes of the evening; 0: until Ctrl+C.")]
Speed = Annotated[float, typer.Option(min=0.1, help="Minutes of the evening in a real minute.")]
Branches = Annotated[int, typer.Option(min=1, help="Branches, each with an evening of its own.")]
Rate = Annotated[float, typer.Option(min=1, help="Orders an hour in each branch.")]
Tables = Annotated[int, typer.Option(min=1, help="Tables of each branch.")]
Seed = Annotated[int, typer.Option(help="The same number again: the same parties with the same wishes.")]
HouseFile = Annotated[
    Path | None,
    typer.Option(
        help="Play in the house that `restai demo --json` told of in this file (`-`: standard input); "
        "without, one is founded for it.",
    ),
]
FewScreens = Annotated[bool, typer.Option("--few-screens", help="None that only look on.")]
Serve = Annotated[bool, typer.Option("--serve", help="Against a server of its own, with an empty database.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No bar, only what came of it.")]
Lifeline = Annotated[bool, typer.Option("--lifeline", hidden=True, help="End with standard input.")]
SpoilOne = Annotated[Spoil | None, typer.Option(hidden=True, help="Spoil one frame on a screen.")]


def simulate(
    url: Url = "http://127.0.0.1:3001",
    serve: Serve = False,
    house: HouseFile = None,
    minutes: Minutes = 40,
    speed: Speed = 20,
    branches: Branches = 1,
    rate: Rate = 144,
    tables: Tables = 60,
    seed: Seed = 1,
    few_screens: FewScreens = False,
    quiet: Quiet = False,
    lifeline: Lifeline = False,
    spoil: SpoilOne = None,
) -> None:
    """Play an evening of guests and staff, and check that every screen is told everything, once, in order,
    and that every bill is paid to the cent. Exits with 1 if not."""
    load = Load(tables, rate, {} if few_screens else AT_THE_PEAK)
    there = None if house is None else described(house)
    plan = Plan(url, minutes or None, speed, branches, seed, load, there, spoil)
    if lifeline:
        end_with_input()
    report = Report()
    with suppress(KeyboardInterrupt), own_server() if serve else nullcontext(url) as plan_url:
        asyncio.run(_shown(replace(plan, url=plan_url), report, quiet=quiet))
    _tell(report, Console(highlight=False))
    sys.exit(0 if report.holds else 1)


async def _shown(plan: Plan, report: Report, *, quiet: bool) -> None:
    """Play with a bar that tells how far it is."""
    pace: list[Pace] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[counts]}"))
    out = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=out, disable=quiet) as progress:
        bar = progress.add_task("Everybody comes to work", total=plan.minutes, counts="")
        drawing = asyncio.create_task(_draw(progress, bar, pace, report))
        try:
            await play(plan, report, pace.append)
        except (ApiError, SignedOut, httpx.HTTPError) as error:
            sys.exit(f"restai: cannot play at {plan.url}: {error}")
        finally:
            drawing.cancel()


async def _draw(progress: Progress, bar: TaskID, pace: list[Pace], report: Report) -> None:
    while True:
        if pace:
            words = "The last guests pay" if pace[0].closing.is_set() else "The evening"
            progress.update(bar, description=words, completed=pace[0].minutes, counts=_counts(report))
        await asyncio.sleep(REDRAW)


def _counts(report: Report) -> str:
    counts = report.counts
    words = f"{counts['parties']} parties · {counts['commands']} commands · {counts['frames']} frames"
    return words if report.holds else f"{words} · [red]{report.broken.total()} problems[/red]"


def _tell(report: Report, out: Console) -> None:
    """How much was played, and every promise with whether it was kept."""
    counts = (f"{number:,} {name}" for name, number in report.counts.most_common())
    out.print(" · ".join(counts), soft_wrap=True)
    for promise in Promise:
        broken = report.broken[promise]
        out.print(f"[red]✗ {promise}: {broken} times not[/red]" if broken else f"[green]✓[/green] {promise}")
    for problem in report.problems[:MOST_SHOWN]:
        out.print(f"  {problem}", soft_wrap=True, markup=False)
    if report.broken.total() > MOST_SHOWN:
        out.print(f"  and {report.broken.total() - MOST_SHOWN} more")
