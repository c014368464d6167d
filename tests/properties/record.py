"""Writes the vectors: what an evening's events made of its snapshots, for every SDK to do the same.

`python -m tests.properties.record` plays one and the same evening on SQLite, and writes
`protocol/vectors/`. Ids and codes are renamed in the order in which they appear, so that nothing but the
protocol changes the files.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog

from restai.db.engine import Database
from tests.properties.following import BranchFollower, Follower
from tests.properties.night import Night, play_it_all
from tests.support.clock import ManualClock
from tests.support.databases import SqliteFarm
from tests.support.evening import Evening
from tests.support.house import House, api_client, api_of, new_context

Json = dict[str, Any]

VECTORS = Path("protocol/vectors")
# Events of a step, about: a screen that is wrong is found near the event that did it.
LENGTHS = {"staff": 25, "guest": 8}

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CODE = re.compile(r'(?<="code":")[^"]+')


class Recorder:
    """Writes down what each screen begins with, what it hears, and what it then shows."""

    def __init__(self) -> None:
        self.screens: dict[str, list[Json]] = {"staff": [], "guest": []}
        self._open: dict[str, Json] = {}
        self._heard: dict[str, list[Json]] = {}

    def hear(self, night: Night) -> None:
        """To be called after each act."""
        screens = {screen.name: screen for screen in night.screens()}
        for name in self._open.keys() - screens.keys():
            del self._open[name]  # a guest has left: what he heard since his last step is nobody's to check
        for name, screen in screens.items():
            if name not in self._open:
                self._begin(name, screen)
            self._heard[name] += screen.heard
            if len(self._heard[name]) >= LENGTHS[_kind(name)]:
                self._step(name, screen)

    def finish(self, night: Night) -> None:
        """To be called at the end."""
        for screen in night.screens():
            if self._heard[screen.name]:
                self._step(screen.name, screen)

    def _begin(self, name: str, screen: Follower) -> None:
        self._open[name] = {"snapshot": screen.held, "steps": []}
        self._heard[name] = []
        self.screens[_kind(name)].append(self._open[name])

    def _step(self, name: str, screen: Follower) -> None:
        self._open[name]["steps"].append({"events": self._heard[name], "snapshot": screen.held})
        self._heard[name] = []


def _kind(name: str) -> str:
    return "staff" if name == BranchFollower.name else "guest"


def written(screens: list[Json]) -> str:
    """As a file, with an event a line: a change of the protocol shows where it is."""
    texts = [_screen(screen) for screen in screens if screen["steps"]]
    return _renamed("[\n" + ",\n".join(texts) + "\n]\n")


def _screen(screen: Json) -> str:
    steps = ",\n".join(_step(step) for step in screen["steps"])
    return f'{{\n"snapshot": {_json(screen["snapshot"])},\n"steps": [\n{steps}\n]}}'


def _step(step: Json) -> str:
    events = ",\n".join(f"  {_json(event)}" for event in step["events"])
    return f'{{"events": [\n{events}\n],\n"snapshot": {_json(step["snapshot"])}}}'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _renamed(text: str) -> str:
    names: dict[str, str] = {}

    def new(form: str) -> Any:
        return lambda match: names.setdefault(match[0], form.format(len(names) + 1))

    text = _UUID.sub(new("00000000-0000-7000-8000-{:012}"), text)
    return _CODE.sub(new("CODE-{}"), text)


async def record() -> Iterator[tuple[str, str]]:
    """The files' names and texts."""
    recorder = Recorder()
    farm = SqliteFarm(Path(tempfile.mkdtemp()))
    with farm.database() as url:
        clock = ManualClock()
        database = Database(url, clock=clock)
        context = new_context(database, clock)
        async with api_client(api_of(context)) as client:
            evening = await Evening.begin(await House.open(context, client))
            night = Night(evening, clock)
            await play_it_all(night, recorder.hear)
            recorder.finish(night)
        await database.close()
    return ((name, written(screens)) for name, screens in recorder.screens.items())


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    VECTORS.mkdir(parents=True, exist_ok=True)
    for name, text in asyncio.run(record()):
        (VECTORS / f"{name}.json").write_text(text)
        print(VECTORS / f"{name}.json")


if __name__ == "__main__":
    main()
