"""`python -m bench`: measures, shows, and exits with 1 if a promise was missed, 2 if nothing was measured."""

from __future__ import annotations

import os
import platform
import resource
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from bench import Broken, report
from bench.measure import Form, Results, measure

SPARE = 500  # files that are open besides the clients' sockets


def main(
    members: Annotated[int, typer.Option(min=1, help="Sockets in the room.")] = Form.members,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds, of whose medians is told.")] = Form.rounds,
    idle: Annotated[int, typer.Option(min=1, help="Sockets whose memory is measured.")] = Form.idle,
    json: Annotated[Path | None, typer.Option(help="Write every slice into this file as well.")] = None,
) -> None:
    """Measure what a delivery and an idle socket cost, beside others and beside the limit of C."""
    console = Console()
    form = Form(members=members, rounds=rounds, idle=idle)
    try:
        allow_files(form.sockets + SPARE)
        machine = about_here()
        core = keep_apart()
        results = measure(form, core)
    except Broken as error:
        console.print(f"[bold red]Nothing was measured:[/] {error}")
        raise typer.Exit(2) from None
    report.show(console, form, results)
    console.print(
        "\n{python} on {system}, load {load:.1f} at the beginning".format(**machine), soft_wrap=True
    )
    if json is not None:
        json.write_bytes(as_json(machine, form, results))
    if not all(one.holds for one in report.verdicts(results)):
        raise typer.Exit(1)


def allow_files(count: int) -> None:
    """Let this process and its children open so many files. Raises Broken."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise Broken(f"{count} open files are needed, and {hard} allowed (ulimit -Hn)")
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def keep_apart() -> int | None:
    """Keep the clients on one core; the one for the servers, or None where that cannot be chosen."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    clients, *others = sorted(os.sched_getaffinity(0))
    if not others:
        return None
    os.sched_setaffinity(0, {clients})
    return others[0]


def about_here() -> dict[str, Any]:
    """What the numbers hold for, and how busy it is."""
    return {
        "system": platform.platform(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def as_json(machine: dict[str, Any], form: Form, results: Results) -> bytes:
    verdicts = report.verdicts(results)
    return msgspec.json.encode({"machine": machine, "form": form, "results": results, "promises": verdicts})


if __name__ == "__main__":
    typer.run(main)
