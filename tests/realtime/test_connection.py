"""One socket's conversation, in seconds that pass by hand."""

import json

from restai.realtime.codes import Close
from restai.realtime.connection import Action, Connection, Decide, Hang, Send, SendPing
from restai.realtime.frames import Auth
from tests.realtime.support import unframe

WALL = 1_790_000_000_000


def said(actions: list[Action] | tuple[Action, ...] | object) -> list[object]:
    """Actions as a reader sees them: messages as dicts, the rest as they are."""
    shown: list[object] = []
    for action in actions:  # type: ignore[attr-defined]
        if isinstance(action, Send):
            shown += [json.loads(payload) for payload in unframe(action.frame)]
        else:
            shown.append(action)
    return shown


def auth(token: str = "t") -> str:
    return json.dumps({"type": "auth", "token": token})


def signed_in(life: float = 900.0) -> Connection:
    connection = Connection(0.0)
    connection.received(auth(), 0.0, WALL)
    connection.admitted(WALL + int(life * 1000), 0.0, WALL)
    return connection


def test_who_does_not_sign_in_within_ten_seconds_is_sent_away() -> None:
    connection = Connection(0.0)
    assert connection.due() == 10.0
    assert connection.tick(9.9) == []
    assert connection.tick(10.0) == (Hang(Close.AUTH_TIMEOUT),)
    assert connection.received('{"type":"ping"}', 10.1, WALL) == ()


def test_a_slow_decision_is_not_the_clients_fault() -> None:
    connection = Connection(0.0)
    assert connection.received(auth(), 9.0, WALL) == (Decide(Auth("t")),)
    connection.heard(12.0)
    assert connection.tick(12.0) == []


def test_ping_is_answered_before_and_after_signing_in() -> None:
    assert said(Connection(0.0).received('{"type":"ping"}', 1.0, WALL)) == [
        {"type": "pong", "timestamp": WALL}
    ]


def test_a_bad_token_may_be_followed_by_a_good_one_until_the_third() -> None:
    connection = Connection(0.0)
    for _ in range(2):
        connection.received(auth("bad"), 1.0, WALL)
        assert said(connection.refused(WALL)) == [
            {"type": "auth:error", "message": "Invalid token", "timestamp": WALL}
        ]
    connection.received(auth("bad"), 1.0, WALL)
    assert said(connection.refused(WALL))[-1] == Hang(Close.REFUSED)


def test_auths_run_one_after_another_and_the_newest_waits() -> None:
    connection = Connection(0.0)
    assert connection.received(auth("one"), 0.0, WALL) == (Decide(Auth("one")),)
    assert connection.received(auth("two"), 0.0, WALL) == ()
    assert connection.received(auth("three"), 0.0, WALL) == ()
    assert connection.admitted(WALL + 900_000, 0.0, WALL) == (Decide(Auth("three")),)
    assert connection.admitted(WALL + 900_000, 0.0, WALL) == ()


def test_a_token_that_ends_is_warned_of_and_then_ends_the_socket() -> None:
    connection = signed_in(life=900)
    connection.heard(839.0)
    assert connection.due() == 840.0
    assert said(connection.tick(840.0)) == [{"type": "auth:expiring", "expiresAt": WALL + 900_000}]
    assert connection.tick(841.0) == []
    connection.heard(899.0)
    assert connection.tick(900.0) == (Hang(Close.TOKEN_EXPIRED),)


def test_a_renewal_in_time_keeps_the_socket() -> None:
    connection = signed_in(life=2)
    assert [m["type"] for m in said(connection.tick(0.1))] == ["auth:expiring"]  # type: ignore[index]
    connection.received(auth(), 1.0, WALL)
    connection.admitted(WALL + 901_000, 1.0, WALL + 1_000)
    assert connection.tick(2.5) == []
    assert connection.expires == 901.0


def test_silence_is_pinged_and_no_answer_ends_the_socket() -> None:
    connection = signed_in()
    assert connection.tick(15.0) == [SendPing()]
    assert connection.tick(20.0) == []
    assert connection.tick(25.0) == (Hang(Close.NO_PONG),)


def test_any_sign_of_life_answers_a_ping() -> None:
    connection = signed_in()
    connection.tick(15.0)
    connection.heard(16.0)
    assert connection.tick(25.0) == []
    assert connection.due() == 31.0


def test_a_flood_of_messages_ends_the_socket_and_a_burst_does_not() -> None:
    connection = signed_in()
    for _ in range(60):
        assert said(connection.received('{"type":"ping"}', 1.0, WALL))[0]["type"] == "pong"  # type: ignore[index]
    assert connection.received('{"type":"ping"}', 1.0, WALL) == (Hang(Close.TOO_MANY_MESSAGES),)
