"""Somebody who plays: what he can call, and the screen that he looks at."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable, Iterator
from random import Random
from typing import Any, NamedTuple

import httpx

from restai.cli.simulate.checks.carrying import KINDS
from restai.cli.simulate.report import Promise
from restai.cli.simulate.scene import Json, Scene
from restai.cli.simulate.screens import Screen
from restai_sdk import Api, ApiError, SignedOut

TOO_LATE = (401, 403, 404, 409)  # answers to who is overtaken by others: the visit is over, the dish sold out
BLINK = 0.5  # seconds between two looks at a screen on which nothing happens


class Refused(Exception):
    """It could not be done. `code` is the API's. `unanswered`: nobody knows whether it was."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(str(error))
        self.code = error.code
        self.members = error.members
        self.unanswered = error.passes and error.status != httpx.codes.INTERNAL_SERVER_ERROR


class Person:
    def __init__(self, scene: Scene, api: Api, screen: Screen) -> None:
        self.scene = scene
        self.name = screen.name
        self.api = api
        self.screen = screen
        self.chance: Random = scene.chance(self.name)
        self.unanswered = 0  # commands

    async def does(self, kind: str, call: Awaitable[Any]) -> Json:
        """What a command answers with, a resource of this kind: all must come to see it.

        Raises Refused.
        """
        try:
            answer: Json = dict(await call)
        except (ApiError, SignedOut) as error:
            raise self._refused(error) from error
        self.scene.report.counts["commands"] += 1
        self._note(kind, answer)
        return answer

    async def tries(self, kind: str, call: Awaitable[Any]) -> Json | None:
        """As `does`; None if it was refused."""
        try:
            return await self.does(kind, call)
        except Refused:
            return None

    async def reads(self, call: Awaitable[Any]) -> Json:
        """What a query answers with. Raises Refused."""
        try:
            return dict(await call)
        except (ApiError, SignedOut) as error:
            raise self._refused(error) from error

    async def pause(self, least: float, most: float) -> None:
        """So many seconds of the evening."""
        await self.scene.pace.pause(self.chance.uniform(least, most))

    def _note(self, kind: str, answer: Json) -> None:
        for name, resource in answer.items() if kind == "sale" else [(kind, answer)]:
            if name in KINDS and name != "cart":  # whose events phones alone get, and those may be away
                self.scene.record.answered(name, resource, time.monotonic())

    def _refused(self, error: ApiError | SignedOut) -> Refused:
        if isinstance(error, SignedOut):
            error = ApiError("signed_out", str(error), 401)
        refused = Refused(error)
        self.scene.report.counts["unanswered" if refused.unanswered else "refused"] += 1
        self.unanswered += refused.unanswered
        if not refused.unanswered and error.status not in TOO_LATE:
            words = f"{self.name} was answered {error.status}: {error}"
            self.scene.report.problem(Promise.ANSWERS, words)
        return refused


class Job(NamedTuple):
    """`key`: the same job has the same one, until it has become another."""

    key: Hashable
    do: Callable[[], Awaitable[object]]


class Worker(Person):
    """One of the staff: does what the screen says is to be done, each thing once."""

    def __init__(self, scene: Scene, api: Api, screen: Screen) -> None:
        super().__init__(scene, api, screen)
        self._done: set[Hashable] = set()

    async def work(self) -> None:
        while True:
            jobs = () if self.screen.snapshot is None else self.jobs(self.screen.snapshot)
            job = next((job for job in jobs if job.key not in self._done), None)
            if job is None:
                await self.screen.news(BLINK)
            else:
                await self._carry_out(job)

    def jobs(self, snapshot: Json) -> Iterator[Job]:
        """What there is to do by what the screen shows, the most urgent first."""
        raise NotImplementedError

    async def _carry_out(self, job: Job) -> None:
        unanswered = self.unanswered
        await job.do()
        if self.unanswered == unanswered:
            self._done.add(job.key)
