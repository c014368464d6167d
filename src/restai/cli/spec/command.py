"""Writing the documents, and holding them to the code and to what was released."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from restai import app
from restai.cli.spec.compatibility import breaks, may_break

FOLDER = Path("protocol")
RELEASED = "released"  # the folder within, with the documents of the last release

Folder = Annotated[Path, typer.Argument(help="The folder they are kept in.")]
Check = Annotated[
    bool,
    typer.Option("--check", help="Write nothing; fail if they are out of date, or break the last release."),
]
Release = Annotated[
    bool,
    typer.Option("--release", help="Also keep them as those of a release, which later ones must not break."),
]


def spec(folder: Folder = FOLDER, check: Check = False, release: Release = False) -> None:
    """Write openapi.json and asyncapi.json: what can be asked of this version, and what it says."""
    told = documents()
    if check:
        problems = out_of_date(folder, told) + broken(folder / RELEASED, app.documents())
        sys.exit("\n".join(problems) if problems else None)
    write(folder, told)
    if release:
        write(folder / RELEASED, told)


def documents() -> dict[str, str]:
    """The text of each document, by the name of its file."""
    return {name: as_text(document) for name, document in app.documents().items()}


def as_text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path, told: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in told.items():
        (folder / name).write_text(text, encoding="utf-8")
        print(folder / name)


def out_of_date(folder: Path, told: dict[str, str]) -> list[str]:
    """A line for each document in `folder` that is not what the code says."""
    stale = [name for name, text in told.items() if (folder / name).read_text(encoding="utf-8") != text]
    return [f"{folder / name} is out of date: run `make spec` and commit it" for name in stale]


def broken(released: Path, told: dict[str, dict[str, Any]]) -> list[str]:
    """A line for each thing of the last release that works no more, unless the version says so."""
    old = {name: json.loads((released / name).read_text(encoding="utf-8")) for name in told}
    before, now = (each["openapi.json"]["info"]["version"] for each in (old, told))
    found = breaks(old, told)
    if not found or may_break(before, now):
        return []
    return [
        f"This breaks what was built on version {before}:",
        *(f"  {each}" for each in found),
        f"Keep it working; or raise the version in pyproject.toml (it is {now}) so that it says so.",
        f"Where {before} was never released, `restai spec --release` keeps the new documents for the old.",
    ]
