"""What the protocol page asks of a client, rule by rule."""

from __future__ import annotations

import pytest

from restai_sdk import actions as do
from restai_sdk.messages import Failed
from restai_sdk.session import MOST_HELD, State
from tests.sdk.screen import BRANCH, SERVER_AHEAD, Screen, order, order_event, snapshot


def live_screen(seq: int = 10, **options: object) -> Screen:
    """A screen that is connected, has its data, and has been told that it is fresh."""
    screen = Screen(**options)  # type: ignore[arg-type]
    screen.opens()
    screen.is_admitted(seq)
    screen.reads(snapshot(seq, order(1)))
    screen.hears_heartbeat()
    assert screen.state is State.LIVE
    return screen


# ---- signing in


def test_it_signs_in_with_the_token_and_nothing_else() -> None:
    screen = Screen()
    screen.opens("abc")
    assert screen.sent == [{"type": "auth", "token": "abc"}]


def test_it_names_the_branches_it_wants_once() -> None:
    screen = Screen(choice=[BRANCH])
    screen.opens()
    assert screen.auth["branches"] == [BRANCH]
    screen.is_admitted(0)
    screen.renews()
    assert "branches" not in screen.auth


def test_without_data_it_reads_the_snapshot() -> None:
    screen = Screen()
    screen.opens()
    screen.is_admitted(10)
    assert screen.fetching[BRANCH].after == 0
    screen.reads(snapshot(12, order(1)))
    assert screen.statuses == {"o1": "confirmed"}


# ---- resume


def test_a_drop_after_a_quiet_period_resumes_from_the_snapshot() -> None:
    screen = live_screen(seq=10)
    screen.drops()
    screen.opens()
    assert screen.auth["resume"] == {BRANCH: {"epoch": "e1", "seq": 10}}
    screen.is_admitted(10, head=12)
    screen.hears(order_event(11, order(1, "preparing", rev=2)))
    screen.hears(order_event(12, order(1, "ready", rev=3)))
    assert screen.statuses == {"o1": "ready"}
    assert not screen.fetching


def test_two_drops_without_traffic_resume_from_the_same_place() -> None:
    screen = live_screen(seq=10)
    for _ in range(2):
        screen.drops()
        screen.opens()
        assert screen.auth["resume"] == {BRANCH: {"epoch": "e1", "seq": 10}}
        screen.is_admitted(10)
    assert screen.rung == []


def test_an_event_and_a_heartbeat_move_the_cursor_and_nothing_moves_it_back() -> None:
    screen = live_screen(seq=10)
    screen.hears(order_event(15, order(1, "ready", rev=2)))
    screen.hears_heartbeat(**{BRANCH: 20})
    screen.hears_heartbeat(**{BRANCH: 18})
    screen.hears(order_event(17, order(1, "served", rev=3)))
    screen.drops()
    screen.opens()
    assert screen.auth["resume"] == {BRANCH: {"epoch": "e1", "seq": 20}}
    assert screen.statuses == {"o1": "ready"}


def test_a_hole_in_the_numbers_is_no_loss() -> None:
    screen = live_screen(seq=10)
    screen.hears(order_event(500, order(2)))
    assert set(screen.statuses) == {"o1", "o2"}
    assert not screen.fetching


def test_replayed_events_do_not_ring() -> None:
    screen = live_screen(seq=10)
    screen.drops()
    screen.opens()
    screen.is_admitted(10, head=11)
    screen.hears(order_event(11, order(2)))
    screen.hears(order_event(12, order(3)))
    assert [event["seq"] for event in screen.rung] == [12]
    assert set(screen.statuses) == {"o1", "o2", "o3"}


def test_a_connection_that_goes_on_later_than_the_data_needs_a_snapshot() -> None:
    screen = live_screen(seq=10)
    screen.drops()
    screen.opens()
    screen.is_admitted(40)
    assert BRANCH in screen.fetching


def test_a_connection_of_another_epoch_needs_a_snapshot() -> None:
    screen = live_screen(seq=10)
    screen.drops()
    screen.opens()
    screen.is_admitted(5, epoch="e2")
    assert BRANCH in screen.fetching


# ---- resync


def test_events_after_a_resync_are_held_until_the_snapshot() -> None:
    screen = live_screen(seq=10)
    screen.is_resynced(20)
    screen.hears(order_event(21, order(2)))
    screen.hears(order_event(23, order(3)))
    assert screen.statuses == {"o1": "confirmed"}
    screen.reads(snapshot(22, order(2, "ready", rev=5)))
    assert screen.statuses == {"o2": "ready", "o3": "confirmed"}
    assert [event["seq"] for event in screen.rung] == [23]


def test_after_a_resync_there_is_no_cursor_until_the_snapshot() -> None:
    screen = live_screen(seq=10)
    screen.is_resynced(20)
    screen.hears_heartbeat(**{BRANCH: 30})
    screen.drops()
    screen.opens()
    assert "resume" not in screen.auth


@pytest.mark.parametrize(
    "wrong",
    [snapshot(19), snapshot(25, epoch="e2"), {"orders": []}],
    ids=["too old", "another epoch", "none"],
)
def test_a_snapshot_that_does_not_reach_the_resync_is_read_again(wrong: dict[str, object]) -> None:
    screen = live_screen(seq=10)
    screen.is_resynced(20)
    screen.reads(wrong)
    assert screen.fetching[BRANCH].after > 0
    assert screen.statuses == {"o1": "confirmed"}
    screen.reads(snapshot(20))
    assert screen.statuses == {}


def test_a_snapshot_below_where_the_connection_goes_on_is_read_again() -> None:
    screen = Screen()
    screen.opens()
    screen.is_admitted(10)
    screen.reads(snapshot(9))
    assert BRANCH in screen.fetching
    assert screen.data == {}


def test_a_second_resync_makes_the_answer_to_the_first_worthless() -> None:
    screen = live_screen(seq=10)
    screen.is_resynced(20)
    first = screen.fetching[BRANCH]
    screen.is_resynced(20, reason="access")
    screen.answers(first, snapshot(25, order(9)))
    assert screen.statuses == {"o1": "confirmed"}
    screen.reads(snapshot(25))
    assert screen.statuses == {}


def test_events_from_before_a_new_epoch_are_not_mixed_with_it() -> None:
    screen = live_screen(seq=10)
    screen.is_resynced(20)
    screen.hears(order_event(21, order(2)))
    screen.is_resynced(5, epoch="e2", reason="epoch")
    screen.reads(snapshot(5, epoch="e2"))
    assert screen.statuses == {}
    screen.hears(order_event(6, order(3)))
    assert screen.statuses == {"o3": "confirmed"}
    assert len(screen.rung) == 1


def test_what_is_replayed_after_a_resync_does_not_ring_either() -> None:
    screen = live_screen(seq=10)
    screen.drops()
    screen.opens()
    screen.is_admitted(10, head=14)
    screen.is_resynced(12, reason="access")
    screen.hears(order_event(14, order(2)))
    screen.hears(order_event(15, order(3)))
    screen.reads(snapshot(12))
    assert set(screen.statuses) == {"o2", "o3"}
    assert [event["seq"] for event in screen.rung] == [15]


@pytest.mark.parametrize("status", [403, 404])
def test_what_is_no_longer_ours_is_dropped(status: int) -> None:
    screen = live_screen()
    screen.is_resynced(20, reason="access")
    screen.reads(Failed(status))
    assert screen.data == {}
    assert screen.dropped == [BRANCH]
    screen.hears(order_event(21, order(2)))
    screen.drops()
    screen.opens()
    assert "resume" not in screen.auth


def test_what_was_dropped_comes_back_when_it_is_allowed_again() -> None:
    screen = live_screen()
    screen.is_resynced(20, reason="access")
    screen.reads(Failed(403))
    screen.is_resynced(22, reason="access")
    screen.reads(snapshot(22, order(4)))
    assert screen.statuses == {"o4": "confirmed"}


def test_a_branch_missing_from_the_sign_in_is_asked_for_and_never_live() -> None:
    screen = live_screen()
    screen.drops()
    screen.opens()
    screen.is_admitted(3, branches=["barranco"])
    screen.hears_heartbeat()
    assert screen.state is not State.LIVE
    screen.reads(Failed(403))
    assert BRANCH not in screen.data


def test_held_events_are_bounded() -> None:
    screen = live_screen(seq=10)
    screen.is_resynced(10)
    for seq in range(11, 12 + MOST_HELD):
        screen.hears(order_event(seq, order(1, "ready", rev=seq)))
    screen.reads(snapshot(10))
    assert BRANCH in screen.fetching, "the snapshot must reach the events that were let go"
    screen.reads(snapshot(11 + MOST_HELD, order(1, "ready", rev=11 + MOST_HELD)))
    assert screen.statuses == {"o1": "ready"}


# ---- the snapshot fails


def test_503_then_a_drop_then_a_connection_never_shows_a_false_live() -> None:
    screen = live_screen(seq=10)
    screen.is_resynced(20, epoch="e2", reason="epoch")
    screen.reads(Failed(503))
    screen.hears_heartbeat(**{BRANCH: 21})
    assert screen.state is State.CATCHING_UP
    screen.drops()
    screen.opens()
    assert "resume" not in screen.auth, "what it holds is older than what it was told"
    screen.is_admitted(22, epoch="e2")
    screen.hears_heartbeat()
    assert screen.state is State.CATCHING_UP
    screen.reads(snapshot(22, order(7), epoch="e2"))
    assert screen.state is State.LIVE
    assert screen.statuses == {"o7": "confirmed"}


def test_failing_snapshots_are_tried_again_ever_more_slowly() -> None:
    screen = Screen()
    screen.opens()
    screen.is_admitted(10)
    waits = []
    for _ in range(8):
        screen.reads(Failed(503))
        waits.append(screen.fetching[BRANCH].after)
    assert waits == [1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000]


def test_the_server_may_ask_for_patience() -> None:
    screen = Screen(random=0.0)
    screen.opens()
    screen.is_admitted(10)
    screen.reads(Failed(503, retry_after=7_000))
    assert screen.fetching[BRANCH].after == 7_000


def test_a_snapshot_that_arrives_between_two_connections_is_resumed_from() -> None:
    screen = live_screen(seq=10)
    screen.is_resynced(20)
    screen.hears(order_event(22, order(2)))
    screen.drops()
    screen.reads(snapshot(21, order(1)))
    screen.opens()
    assert screen.auth["resume"] == {BRANCH: {"epoch": "e1", "seq": 21}}
    screen.is_admitted(21, head=22)
    screen.hears(order_event(22, order(2)))
    assert set(screen.statuses) == {"o1", "o2"}


# ---- live, or not


def test_live_begins_with_the_first_heartbeat_and_the_head() -> None:
    screen = live_screen(seq=10)
    screen.drops()
    screen.opens()
    screen.is_admitted(10, head=12)
    assert screen.state is State.CATCHING_UP
    screen.hears_heartbeat(**{BRANCH: 11})
    assert screen.state is State.CATCHING_UP
    screen.hears(order_event(12, order(2)))
    assert screen.state is State.LIVE


def test_live_begins_anew_with_each_connection() -> None:
    screen = live_screen(seq=10)
    screen.drops()
    screen.opens()
    screen.is_admitted(10)
    assert screen.state is State.CATCHING_UP, "nobody has said yet that nothing was missed"
    screen.hears_heartbeat()
    assert screen.state is State.LIVE


def test_a_head_that_is_not_ours_is_reached_by_a_heartbeat_even_while_the_snapshot_is_read() -> None:
    screen = live_screen(seq=10)
    screen.drops()
    screen.opens()
    screen.is_admitted(10, head=14)
    screen.is_resynced(12, reason="access")
    screen.hears_heartbeat(**{BRANCH: 14})
    screen.reads(snapshot(12))
    assert screen.state is State.LIVE


@pytest.mark.parametrize(("guest", "limit"), [(False, 10_000), (True, 30_000)])
def test_it_is_not_live_when_nothing_was_confirmed_for_too_long(guest: bool, limit: int) -> None:
    screen = Screen(guest=guest)
    screen.opens()
    screen.is_admitted(1, heartbeat_ms=15_000 if guest else 5_000)
    screen.reads(snapshot(1))
    screen.hears_heartbeat()
    screen.waits(limit - 1_000)
    assert screen.state is State.LIVE
    screen.waits(1_000)
    assert screen.state is State.CATCHING_UP
    assert screen.states[-1] is State.CATCHING_UP
    screen.hears_heartbeat()
    assert screen.state is State.LIVE


def test_heartbeats_with_a_confirmation_that_stands_still_are_not_enough() -> None:
    screen = live_screen()
    for behind in range(5_000, 30_000, 5_000):
        screen.waits(5_000)
        screen.hears_heartbeat(behind=behind)
    assert screen.state is State.CATCHING_UP
    assert not screen.hung_up


def test_the_server_clock_is_taken_from_the_message_that_was_delayed_least() -> None:
    screen = live_screen()
    assert screen.session.server_time(screen.now) == screen.server_now
    late = {"type": "pong", "timestamp": screen.server_now - 4_000}
    screen.hears(late)
    assert screen.session.server_time(screen.now) == screen.server_now


def test_a_heartbeat_that_was_long_under_way_confirms_nothing() -> None:
    screen = live_screen()
    sent_at = screen.server_now
    screen.waits(11_000)
    screen.hears({"type": "heartbeat", "timestamp": sent_at, "confirmedAt": sent_at, "streams": {}})
    assert screen.state is State.CATCHING_UP


def test_each_connection_learns_the_clock_anew() -> None:
    screen = live_screen()
    screen.drops()
    screen.opens()
    behind = screen.now + SERVER_AHEAD - 60_000  # another process, whose clock is a minute slow
    stream = {BRANCH: {"epoch": "e1", "seq": 10, "head": 10}}
    screen.hears({"type": "auth:success", "timestamp": behind, "streams": stream, "heartbeatMs": 5_000})
    screen.hears({"type": "heartbeat", "timestamp": behind, "confirmedAt": behind, "streams": {}})
    assert screen.state is State.LIVE
    assert screen.session.server_time(screen.now) == behind


def test_reconnecting_then_offline_and_since_when() -> None:
    screen = live_screen()
    screen.drops()
    assert screen.state is State.RECONNECTING
    screen.waits(9_000)
    screen.drops(None)
    assert screen.state is State.RECONNECTING
    screen.waits(1_000)
    assert screen.state is State.OFFLINE
    screen.opens()
    screen.drops()
    freshness = screen.session.freshness(BRANCH, screen.now)
    assert (freshness.lost_ago, freshness.confirmed_ago) == (10_000, 10_000)
    assert screen.states == [State.CATCHING_UP, State.LIVE, State.RECONNECTING, State.OFFLINE]


# ---- coming back


def test_full_jitter_between_nothing_and_twenty_seconds() -> None:
    def waits(random: float) -> list[int]:
        screen = Screen(random=random)
        found = []
        for _ in range(8):
            screen.drops(None)
            assert screen.connect is not None
            found.append(screen.connect.after)
        return found

    assert waits(1.0) == [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]
    assert waits(0.5) == [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]
    assert waits(0.0) == [0] * 8


def test_only_a_connection_that_worked_resets_the_backoff() -> None:
    screen = Screen()
    for _ in range(4):
        screen.opens()
        screen.is_admitted(0)
        screen.drops()
    assert screen.connect == do.Connect(4_000, fresh=False)
    screen.opens()
    screen.is_admitted(0)
    screen.hears_heartbeat()
    screen.drops()
    assert screen.connect == do.Connect(500, fresh=False)


def test_a_draining_server_says_when_to_come_back() -> None:
    screen = live_screen()
    screen.hears({"type": "goodbye", "retryAfterMs": 3_210})
    screen.drops(4003)
    assert screen.connect == do.Connect(3_210, fresh=False)
    screen.drops(None)
    assert screen.connect is not None and screen.connect.after < 3_210, "it counts once"


def test_the_network_is_back_connect_at_once() -> None:
    screen = live_screen()
    screen.drops()
    screen.drops(None)
    screen.wakes()
    assert screen.connect == do.Connect(0, fresh=False)


def test_awake_again_with_a_dead_socket() -> None:
    screen = live_screen()
    screen.wakes()
    assert screen.sent[-1] == {"type": "ping"}
    screen.waits(4_000)
    assert not screen.hung_up
    screen.waits(1_000)
    assert screen.hung_up


def test_awake_again_with_a_good_socket() -> None:
    screen = live_screen()
    screen.wakes()
    screen.hears({"type": "pong", "timestamp": screen.server_now})
    screen.waits(6_000)
    assert not screen.hung_up


def test_silence_is_a_dead_connection() -> None:
    screen = live_screen()
    screen.waits(12_000)
    assert not screen.hung_up
    screen.waits(1_000)
    assert screen.hung_up


def test_no_answer_to_the_auth_is_a_dead_connection() -> None:
    screen = Screen()
    screen.opens()
    screen.waits(15_000)
    assert screen.hung_up


# ---- tokens


def test_an_expiring_token_is_renewed_on_the_socket() -> None:
    screen = live_screen()
    screen.waits(11_000)
    screen.hears({"type": "auth:expiring", "expiresAt": screen.server_now + 60_000})
    assert screen.token_in == 0
    screen.renews("newer")
    assert screen.auth == {"type": "auth", "token": "newer"}
    screen.is_admitted(99)
    screen.hears(order_event(11, order(2)))
    assert set(screen.statuses) == {"o1", "o2"}, "a renewal leaves no gap"
    assert not screen.fetching


def test_tokens_that_live_two_seconds_are_not_renewed_in_a_circle() -> None:
    screen = Screen()
    screen.opens()
    screen.is_admitted(0)
    screen.hears({"type": "auth:expiring", "expiresAt": screen.server_now + 2_000})
    assert screen.token_in == 1_000


def test_a_renewal_may_bring_a_branch() -> None:
    screen = live_screen()
    screen.renews()
    screen.is_admitted(10, branches=[BRANCH, "barranco"])
    assert set(screen.fetching) == {"barranco"}


def test_no_token_to_be_had_now_is_tried_again() -> None:
    screen = live_screen()
    screen.finds_no_token()
    assert screen.token_in is not None
    assert 500 <= screen.token_in <= 2_500


def test_a_refused_token_is_replaced_until_the_third() -> None:
    screen = Screen()
    screen.opens("old")
    refusal = {"type": "auth:error", "message": "Invalid token", "timestamp": 0}
    for _ in range(2):
        screen.hears(refusal)
        assert screen.token_in == 0
        screen.renews()
    screen.hears(refusal)
    assert screen.token_in is None
    screen.drops(4500)
    assert screen.stop == do.Stop(4500, "the token was refused")


@pytest.mark.parametrize("code", [4001, 4006])
def test_after_these_codes_another_token_is_needed(code: int) -> None:
    screen = live_screen()
    screen.drops(code)
    assert screen.connect is not None and screen.connect.fresh
    screen.drops(None)
    assert screen.connect.fresh, "also if the next try came to nothing"
    screen.wakes()
    assert screen.connect == do.Connect(0, fresh=True)
    screen.opens()
    screen.drops()
    assert screen.connect is not None and not screen.connect.fresh


def test_a_guests_token_outlives_a_change_of_his_access() -> None:
    screen = Screen(guest=True)
    screen.opens()
    screen.drops(4006)
    assert screen.connect is not None and not screen.connect.fresh
    screen.opens()
    screen.drops(4001)
    assert screen.connect.fresh, "but not its end"


@pytest.mark.parametrize(
    "code", [4001, 4002, 4003, 4005, 4006, 4008, 4010, 4013, 4014, 4499, 1001, 1006, 1011]
)
def test_these_codes_come_back(code: int) -> None:
    screen = live_screen()
    screen.drops(code)
    assert screen.stop is None
    assert screen.connect is not None


@pytest.mark.parametrize("code", [4500, 4503, 4999])
def test_these_codes_stop_it(code: int) -> None:
    screen = live_screen()
    screen.drops(code)
    assert screen.stop is not None and screen.stop.code == code
    assert screen.connect is None
    assert screen.state is State.OFFLINE
    screen.wakes()
    assert screen.connect is None


def test_signed_out_by_the_provider_hangs_up() -> None:
    screen = live_screen()
    screen.is_signed_out("E-mail or password is wrong")
    assert screen.hung_up
    assert screen.stop == do.Stop(None, "E-mail or password is wrong")
    screen.hears(order_event(11, order(2)))
    assert set(screen.statuses) == {"o1"}


def test_however_many_find_out_it_stops_once() -> None:
    screen = live_screen()
    screen.is_signed_out("This sign-in has ended")
    screen.stop = None
    screen.is_signed_out("This sign-in has ended")  # as the snapshot of another branch is told
    assert screen.stop is None
    screen.drops(4503)
    assert screen.stop is None
    other = live_screen()
    other.drops(4503)
    other.stop = None
    other.is_signed_out("This sign-in has ended")
    assert other.stop is None


# ---- whatever else comes in


@pytest.mark.parametrize(
    "frame",
    [
        "not json",
        "[]",
        "{}",
        '{"type":7}',
        '{"type":["heartbeat"]}',
        '{"type":"heartbeat"}',
        '{"type":"heartbeat","timestamp":"soon","confirmedAt":1,"streams":{}}',
        '{"type":"auth:success"}',
        '{"type":"resync","branchId":"elsewhere","epoch":"e1","seq":1,"reason":"epoch"}',
        '{"type":"error","message":"Unknown type: x"}',
        '{"type":"order:created","branchId":"elsewhere","seq":11}',
        '{"type":"order:created","branchId":"miraflores"}',
    ],
)
def test_what_is_not_understood_is_let_pass(frame: str) -> None:
    screen = live_screen()
    before = screen.data
    screen.hears(frame)
    assert screen.data == before
    assert screen.state is State.LIVE
    assert not screen.fetching


def test_an_event_of_an_unknown_type_moves_the_cursor() -> None:
    screen = live_screen(seq=10)
    stamp = {"v": 1, "id": "x", "branchId": BRANCH, "seq": 11, "timestamp": 0}
    screen.hears(stamp | {"type": "weather:changed", "sky": "grey"})
    screen.drops()
    screen.opens()
    assert screen.auth["resume"] == {BRANCH: {"epoch": "e1", "seq": 11}}


def test_a_signal_is_passed_on_and_changes_nothing() -> None:
    screen = live_screen(seq=10)
    signal = {"type": "music:next", "signal": True, "branchId": BRANCH}
    screen.hears(signal)
    assert screen.signals == [signal]
    assert screen.data[BRANCH]["stream"]["seq"] == 10


def test_frames_of_a_connection_that_is_gone_are_let_pass() -> None:
    screen = live_screen(seq=10)
    screen.drops()
    screen.hears(order_event(11, order(2)))
    assert set(screen.statuses) == {"o1"}
