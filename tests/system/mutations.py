"""Mechanism, patch, and the tests that must fail: `python -m tests.system.mutations` takes each mechanism
away in a copy of the source, and fails if nobody notices.

A test that passes with the mechanism off proves nothing of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.console import Console

ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds for a mutation's tests
FOUND, PASSED = 1, 0  # exit codes of pytest


class Mutation(NamedTuple):
    """`file` within src/, in which `old` stands once and becomes `new`. `tests`, as pytest names them:
    one at least must fail."""

    mechanism: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


_TAIL = "restai/realtime/log_tail.py"
_REDIS = "restai/realtime/brokers/redis.py"
_SERVER = "restai/realtime/server.py"

MUTATIONS = (
    # ---- order, and nothing lost
    Mutation(
        "a gap is filled from the log",
        _TAIL,
        "if followed.known > followed.cursor and not followed.is_filling:",
        "if False:",
        ("tests/realtime/test_log_tail.py::test_a_gap_is_filled_from_the_log",),
    ),
    Mutation(
        "what was heard twice is delivered once",
        "restai/realtime/followed.py",
        "return self.ahead.pop(self.cursor + 1, None)",
        "return self.ahead.pop(max(self.ahead), None) if self.ahead else None",
        ("tests/realtime/test_log_tail.py::test_two_commits_handed_over_in_the_wrong_order",),
    ),
    Mutation(
        "the heads poll",
        _TAIL,
        "                await self.poll()\n",
        "                pass\n",
        ("tests/system/test_two_processes.py::test_without_redis_all_goes_on_and_with_it_again_too[killed]",),
    ),
    Mutation(
        "a file that changed is asked at once",
        "restai/db/sqlite.py",
        "            if before not in (None, self._seen):\n                return",
        "            if before not in (None, self._seen):\n                continue",
        (
            "tests/system/test_two_processes.py"
            "::test_on_one_file_two_processes_notice_each_others_commits_before_any_poll",
        ),
    ),
    Mutation(
        "a hole that retention left is no replay",
        "restai/realtime/resume.py",
        "return bool(events) and all(event.seq == after + i for i, event in enumerate(events, 1))",
        "return bool(events)",
        (
            "tests/realtime/test_server.py::test_past_retention_a_snapshot_is_asked_for",
            "tests/realtime/test_log_tail.py::test_a_hole_in_the_log_is_skipped_with_notice",
        ),
    ),
    Mutation(
        "who comes back says where he was",
        "restai/realtime/resume.py",
        "    return Start(position.seq)\n",
        "    return Start(handed)\n",
        ("tests/system/test_resume.py::test_exactly_the_missed_events_come_in_order",),
    ),
    Mutation(
        "a heartbeat tells what the socket was handed, not what the process knows",
        _SERVER,
        "handed = {s: self.tail.get(s).handed for s in streams",
        "handed = {s: self.tail.get(s).cursor for s in streams",
        ("tests/realtime/test_server.py::test_a_heartbeat_never_overtakes_an_event",),
    ),
    Mutation(
        "freshness is that of an answer handed in full",
        "restai/realtime/followed.py",
        "if self._asked is not None and handed >= self._asked[1]:",
        "if self._asked is not None:",
        ("tests/realtime/test_log_tail.py::test_freshness_stands_still_until_the_answer_is_handed_in_full",),
    ),
    Mutation(
        "bodies are rendered when all is written",
        "restai/db/transaction.py",
        "        await self.session.flush()\n        drafts = ",
        "        drafts = ",
        ("tests/db/test_transaction.py::test_bodies_are_rendered_after_all_writes_are_flushed",),
    ),
    # ---- epochs
    Mutation(
        "an end before where it was seen is a new epoch",
        _TAIL,
        "if head.epoch != followed.epoch or head.seq < cursor:\n            await self._leave_epoch",
        "if False:\n            await self._leave_epoch",
        ("tests/system/test_failover.py::test_a_standby_without_the_last_five_commits_is_promoted",),
    ),
    Mutation(
        "a hint of another epoch is not believed",
        _TAIL,
        "if followed.is_standing and epoch != followed.epoch:",
        "followed.epoch = epoch\n        if False:",
        ("tests/realtime/test_relay.py",),
    ),
    Mutation(
        "a position of another epoch is not resumed from",
        "restai/realtime/resume.py",
        "if position.epoch != head.epoch or position.seq > head.seq or position.seq < 0:",
        "if position.seq < 0:",
        ("tests/realtime/test_server.py::test_a_foreign_epoch_or_a_position_that_never_was",),
    ),
    # ---- Redis
    Mutation(
        "a hint's events are those that it names",
        "restai/realtime/hints.py",
        "return events if events and is_true else None",
        "return events",
        ("tests/realtime/test_hints.py::test_events_that_are_not_what_the_hint_says",),
    ),
    Mutation(
        "nobody can pass for the server in a room",
        "restai/realtime/frames.py",
        "if not isinstance(said, dict) or not _STAMP.isdisjoint(said):",
        "if not isinstance(said, dict):",
        ("tests/system/test_other_programs.py", "tests/realtime/test_relay.py"),
    ),
    Mutation(
        "the breaker: what Redis does not take at once is dropped",
        _REDIS,
        "if not self._is_open or len(self._waiting) >= MOST_WAITING or self._size >= LARGEST_WAITING:",
        "if False:",
        ("tests/realtime/test_redis.py::test_while_it_answers_nothing_nobody_waits_and_nothing_piles_up",),
    ),
    Mutation(
        "a Redis that fell silent is left",
        _REDIS,
        "if silent * PING_AFTER >= SILENCE:",
        "if False:",
        ("tests/realtime/test_redis.py::test_it_takes_everything_and_delivers_nothing",),
    ),
    Mutation(
        "the probe",
        "restai/realtime/relay.py",
        "return self._answered is not None and self._server.now() - self._answered < PROBE_LATE",
        "return True",
        (
            "tests/system/test_two_processes.py"
            "::test_that_redis_is_away_is_said_and_requests_are_still_welcome[silent]",
        ),
    ),
    # ---- access
    Mutation(
        "who skips reads everybody's access again",
        _TAIL,
        "            await self._receiver.review(followed.stream)\n",
        "",
        ("tests/realtime/test_server.py::test_a_skip_reads_everybodys_access_again",),
    ),
    Mutation(
        "who was frozen reads everybody's access again",
        _TAIL,
        "        return not self._is_waking\n\n    async def _wake",
        "        return True\n\n    async def _wake",
        ("tests/realtime/test_trouble.py",),
    ),
    Mutation(
        "a whole process that was frozen does so, too",
        _TAIL,
        "        return not self._is_waking\n\n    async def _wake",
        "        return True\n\n    async def _wake",
        ("tests/system/test_frozen.py",),
    ),
    Mutation(
        "an event that ends access ends it on every process",
        _SERVER,
        "            for peer in list(self._labelled.get(label, ())):",
        "            for peer in ():",
        ("tests/system/test_two_processes.py::test_who_is_dismissed_at_one_is_out_at_the_other",),
    ),
    Mutation(
        "access that turns while an account is read has it read again",
        "restai/realtime/admission.py",
        "        if peer.turns != turns:\n            if peer not in self._asked:",
        "        if False:\n            if peer not in self._asked:",
        (
            "tests/realtime/test_server.py::test_a_promotion_while_the_account_is_read_is_not_lost",
            "tests/realtime/test_server.py::test_a_skip_while_the_account_is_read_has_it_read_again",
        ),
    ),
    Mutation(
        "a guest sees his own visit only",
        "restai/live/policy.py",
        "    if about.session_id != lens.session_id:\n        return None\n",
        "",
        ("tests/system/test_access.py::test_who_sits_down_hears_nothing_of_who_sat_there_before",),
    ),
    Mutation(
        "a token in the URL is refused",
        "restai/realtime/transport.py",
        'if "token" in parse_qs(handshake.query, keep_blank_values=True):',
        "if False:",
        ("tests/realtime/test_transport.py::test_a_token_in_the_url_is_refused",),
    ),
    Mutation(
        "a foreign page is refused",
        "restai/realtime/transport.py",
        "if foreign_origin(handshake.headers, allowed_origins):",
        "if False:",
        ("tests/realtime/test_transport.py::test_a_foreign_page_is_refused",),
    ),
    Mutation(
        "a screen that stays is online",
        "restai/live/presence.py",
        "        await self._write(leases)\n        self._known = set(leases)\n",
        "        self._known = set(leases)\n",
        ("tests/system/test_presence.py",),
    ),
    # ---- the database
    Mutation(
        "what cannot be decided is no end",
        "restai/realtime/admission.py",
        "                if peer.connection.deciding and peer not in self._asked:\n"
        "                    peer.close(Close.UNDECIDED)",
        "                if peer.connection.deciding and peer not in self._asked:\n"
        "                    peer.close(Close.ENDED)",
        (
            "tests/realtime/test_trouble.py"
            "::test_five_thousand_who_come_while_the_database_is_away_are_all_told_to_come_again",
        ),
    ),
    Mutation(
        "a retry gets the first answer and does nothing",
        "restai/http/deps.py",
        "            row = await self._claim(tx, print_)\n",
        "            row = None\n",
        ("tests/http/test_idempotency.py::test_a_retry_gets_the_first_answer_and_runs_nothing",),
    ),
    Mutation(
        "who stands still with a lock loses it",
        "restai/db/engine.py",
        '"idle_in_transaction_session_timeout": IDLE_TIMEOUT',
        '"idle_in_transaction_session_timeout": 0',
        ("tests/db/test_faults.py::test_who_stands_still_with_a_lock_loses_it",),
    ),
    Mutation(
        "no event of what did not commit",
        "restai/db/engine.py",
        "                rows = await tx.finish()\n                await session.commit()\n",
        "                rows = await tx.finish()\n                self._announce(rows)\n"
        "                await session.commit()\n",
        ("tests/db/test_transaction.py::test_a_commit_that_fails_raises_and_tells_nobody",),
    ),
    # ---- clients that do harm, and the end
    Mutation(
        "who does not read is cut off",
        _SERVER,
        "if peer.buffered > SLOW:",
        "if False:",
        ("tests/realtime/test_server.py::test_who_does_not_read_is_cut_off_and_nobody_else_notices",),
    ),
    Mutation(
        "a replay waits for the socket",
        "restai/realtime/replay.py",
        "if peer.buffered >= PAUSE_ABOVE:",
        "if False:",
        ("tests/realtime/test_server.py::test_a_slow_socket_is_replayed_to_in_portions",),
    ),
    Mutation(
        "a replay that is too long is a snapshot",
        "restai/realtime/replay.py",
        "if not track.allowance.spend(len(body)):",
        "if False:",
        ("tests/realtime/test_server.py::test_a_gap_that_is_too_long_is_a_snapshot",),
    ),
    Mutation(
        "one broken socket is nobody else's outage",
        "restai/realtime/hub.py",
        "            write(data)\n        except Exception:",
        "            write(data)\n        except ZeroDivisionError:",
        ("tests/realtime/test_hub.py::test_one_broken_socket_is_nobody_elses_outage",),
    ),
    Mutation(
        "who answers no ping is gone",
        "restai/realtime/connection.py",
        "if self._pong_deadline is not None and now >= self._pong_deadline:",
        "if False:",
        ("tests/realtime/test_connection.py::test_silence_is_pinged_and_no_answer_ends_the_socket",),
    ),
    Mutation(
        "a flood of messages ends the socket",
        "restai/realtime/connection.py",
        "if not self._allowed(now):",
        "if False:",
        ("tests/realtime/test_connection.py::test_a_flood_of_messages_ends_the_socket_and_a_burst_does_not",),
    ),
    Mutation(
        "one address has only so many sockets",
        _SERVER,
        "elif self._networks[network] > self._address_limit:",
        "elif False:",
        ("tests/realtime/test_server.py::test_too_many_sockets_of_one_address",),
    ),
    Mutation(
        "a drain says goodbye",
        "restai/realtime/transport.py",
        "            self._handler.drain()\n",
        "            self._transport.close()\n",
        ("tests/realtime/test_transport.py::test_a_server_that_ends_says_goodbye_to_all",),
    ),
    Mutation(
        "a drain sends on who comes meanwhile",
        _SERVER,
        "        if self.is_draining:\n            self.farewell.say(peer)",
        "        if False:\n            self.farewell.say(peer)",
        ("tests/realtime/test_server.py::test_who_comes_while_it_ends_is_sent_on_at_once",),
    ),
    Mutation(
        "a drain sends some on at a time",
        "restai/realtime/farewell.py",
        "list(islice(self._leaving, AT_ONCE))",
        "list(self._leaving)",
        ("tests/realtime/test_server.py::test_who_has_still_to_wait_for_the_goodbye_hears_on",),
    ),
    Mutation(
        "a drain lets requests end that were begun",
        "restai/cli/serving.py",
        "timeout_graceful_shutdown=DRAIN",
        "timeout_graceful_shutdown=0",
        ("tests/system/test_deploy.py",),
    ),
    # ---- screens, as the SDK keeps them
    Mutation(
        "what is not confirmed for too long is not live",
        "restai_sdk/session.py",
        "return branch.current and now - branch.confirmed < limit",
        "return branch.current",
        ("tests/sdk/test_session.py::test_it_is_not_live_when_nothing_was_confirmed_for_too_long",),
    ),
    Mutation(
        "only a higher revision replaces",
        "restai_sdk/apply.py",
        'old.get("id") == new.get("id") and new.get("rev", 0) > old.get("rev", 0)',
        'old.get("id") == new.get("id")',
        ("tests/sdk/test_apply.py",),
    ),
    Mutation(
        "a full disk is told as such",
        "restai/db/faults.py",
        "    sqlite3.SQLITE_FULL: DiskFull,\n",
        "",
        ("tests/db/test_faults.py::test_a_full_disk_is_said_so_and_keeps_nothing",),
    ),
    Mutation(
        "a snapshot that does not reach the resync is read again",
        "restai_sdk/session.py",
        "return floor is None or (position.epoch == floor.epoch and position.seq >= floor.seq)",
        "return True",
        ("tests/sdk/test_session.py::test_a_snapshot_that_does_not_reach_the_resync_is_read_again",),
    ),
    # ---- what a herd costs
    Mutation(
        "a herd waits for each other",
        "restai/realtime/admission.py",
        "if HERD <= len(batch) < BATCH:",
        "if False:",
        ("tests/realtime/test_server.py::test_a_herd_that_comes_one_by_one_is_let_in_with_few_queries",),
    ),
    Mutation(
        "who is sent on comes back at a moment of his own",
        "restai/realtime/farewell.py",
        "frames.goodbye(random.randint(0, SPREAD))",
        "frames.goodbye(SPREAD)",
        (
            "tests/realtime/test_server.py"
            "::test_two_thousand_who_are_sent_on_come_back_spread_over_five_seconds",
        ),
    ),
    Mutation(
        "what is remembered has no hole",
        "restai/live/eventlog.py",
        "if size < 0 or event.seq != head - len(kept):",
        "if size < 0:",
        ("tests/live/test_eventlog.py::test_the_newest_events_have_no_hole_however_old_ones_were_deleted",),
    ),
    Mutation(
        "a token that is not renewed ends its socket",
        "restai/realtime/connection.py",
        "if self.expires is not None and now >= self.expires:",
        "if False:",
        ("tests/realtime/test_connection.py::test_a_token_that_ends_is_warned_of_and_then_ends_the_socket",),
    ),
    # ---- workers
    Mutation(
        "a worker without a sign of life is replaced",
        "restai/cli/workers/parent.py",
        '                    _log.error("worker gives no sign of life", worker=worker.pid)\n'
        "                    worker.kill()",
        '                    _log.error("worker gives no sign of life", worker=worker.pid)',
        ("tests/system/test_workers.py",),
    ),
    Mutation(
        "a worker whose parent is gone ends",
        "restai/cli/workers/inside.py",
        "self.should_exit = True  # it is gone",
        "pass",
        ("tests/system/test_workers.py",),
    ),
    Mutation(
        "a drain of the parent is one of all workers, whatever ended it",
        "restai/cli/workers/parent.py",
        "            await asyncio.gather(*(worker.drain(END) for worker in self._alive))\n",
        "",
        ("tests/cli/test_workers.py",),
    ),
    Mutation(
        "a worker that follows one that still drains is followed in turn",
        "restai/cli/workers/parent.py",
        "                self._put(place, fresh)\n",
        "                self._places[place] = fresh\n",
        ("tests/cli/test_workers.py::test_who_follows_one_that_still_drains_is_followed_in_turn",),
    ),
    # ---- what time brings about
    Mutation(
        "a lease's end is noted before the screen is gone",
        "restai/features/screens/service.py",
        "is_gone = and_(Screen.missed_at <= now - GONE_AFTER, _has_ended(now))",
        "is_gone = Screen.lease_ends_at <= now - MISSED_AFTER - GONE_AFTER",
        (
            "tests/features/screens/test_service.py"
            "::test_the_time_in_which_nobody_could_write_counts_against_nobody",
        ),
    ),
    Mutation(
        "a sweep looks before it writes",
        "restai/jobs.py",
        "if not await self._is_due(sweep):",
        "if False:",
        ("tests/test_jobs.py::test_where_nothing_is_due_every_sweep_there_is_waits_for_no_writer",),
    ),
    # ---- parties that move, or join another
    Mutation(
        "whose visit became part of another begins anew",
        "restai/live/policy.py",
        "resumable=not guest.was_merged",
        "resumable=True",
        ("tests/system/test_relocation.py::test_who_was_away_when_his_party_joined_another_begins_anew",),
    ),
    Mutation(
        "a replay that would never come by what changed it is given up",
        "restai/realtime/replay.py",
        "if not is_his or self._server.access.view(event, grant.lens) is None:",
        "if False:",
        (
            "tests/realtime/test_server.py"
            "::test_who_sees_something_else_in_the_middle_of_a_replay_goes_on_from_there",
        ),
    ),
    Mutation(
        "a moved party is in its new table's room before the next event",
        "restai/live/policy.py",
        '{ACCESS_CHANGED, "session:moved", "guest:left"}',
        '{ACCESS_CHANGED, "guest:left"}',
        (
            "tests/system/test_relocation.py"
            "::test_a_moved_party_hears_all_of_its_own_and_nothing_of_who_comes_to_its_old_table",
        ),
    ),
)


def main(
    wanted: Annotated[list[str] | None, typer.Argument(help="Words of the mechanisms; all if none.")] = None,
) -> None:
    """Take mechanisms away, one at a time, and see that tests fail."""
    chosen = [each for each in MUTATIONS if all(word in each.mechanism for word in wanted or ())]
    out = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="restai-mutation-") as name:
        source = Path(name) / "src"
        shutil.copytree(ROOT / "src", source, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        _must_pass(chosen, source)
        survivors = [each for each in chosen if not _is_noticed(each, source, out)]
    out.print(f"{len(chosen)} mechanisms, {len(survivors)} of which nobody missed")
    if survivors:
        raise typer.Exit(1)


def _must_pass(mutations: Iterable[Mutation], source: Path) -> None:
    """With everything in its place the tests pass: else their failing would prove nothing."""
    tests = list(dict.fromkeys(test for each in mutations for test in each.tests))
    code, told = _run(tests, source)
    if code != PASSED:
        sys.exit(f"{told}\nThese tests must pass as long as nothing is taken away.")


def _is_noticed(mutation: Mutation, source: Path, out: Console) -> bool:
    file = source / mutation.file
    whole = file.read_text()
    began = time.monotonic()
    file.write_text(mutated(whole, mutation))
    try:
        code, told = _run(mutation.tests, source)
    finally:
        file.write_text(whole)
    verdict = {FOUND: "noticed", PASSED: "NOT NOTICED"}.get(code, "NOT TESTED")
    out.print(f"{verdict:12} {time.monotonic() - began:5.1f} s  {mutation.mechanism}")
    if code not in (FOUND, PASSED):
        out.print(told)
    return code == FOUND


def mutated(whole: str, mutation: Mutation) -> str:
    """A file's text without the mechanism. Raises ValueError if the patch does not fit any more."""
    if whole.count(mutation.old) != 1:
        raise ValueError(f"{mutation.mechanism}: {mutation.file} does not have, once: {mutation.old}")
    return whole.replace(mutation.old, mutation.new)


def _run(tests: Iterable[str], source: Path) -> tuple[int, str]:
    """Run tests against a copy of the source; pytest's exit code and what it said last."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-x", *tests]
    environment = os.environ | {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return ran.returncode, ran.stdout[-2000:]


if __name__ == "__main__":
    cli = typer.Typer(pretty_exceptions_enable=False)
    cli.command()(main)
    cli()
