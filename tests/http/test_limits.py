"""Rate limits, by account and by address."""

from __future__ import annotations

from contextlib import suppress

import pytest

from restai.clock import MINUTE, SECOND
from restai.errors import DatabaseAway, NotFound, TooManyRequests, WrongPassword
from restai.http.limits import ALLOWANCES, Kind, Limiter, network_of
from tests.support.clock import ManualClock


def refused(limiter: Limiter, kind: Kind, account: str) -> int:
    with pytest.raises(TooManyRequests) as error:
        limiter.account(kind, account)
    return error.value.retry_after


@pytest.fixture
def limiter(clock: ManualClock) -> Limiter:
    return Limiter(clock)


def exhaust(limiter: Limiter, kind: Kind, account: str, calls: int) -> None:
    for _ in range(calls):
        limiter.account(kind, account)


def test_ten_passwords_may_be_tried_in_five_minutes(limiter: Limiter, clock: ManualClock) -> None:
    exhaust(limiter, "sign_in", "ada", 10)
    assert refused(limiter, "sign_in", "ada") == 300
    clock.advance(4 * MINUTE)
    assert refused(limiter, "sign_in", "ada") == 60
    clock.advance(1 * MINUTE - 1)
    assert refused(limiter, "sign_in", "ada") == 1
    clock.advance(1)
    exhaust(limiter, "sign_in", "ada", 10)
    assert refused(limiter, "sign_in", "ada") == 300


def test_trying_on_while_refused_does_not_lengthen_the_wait(limiter: Limiter, clock: ManualClock) -> None:
    exhaust(limiter, "sign_in", "ada", 10)
    for _ in range(50):
        refused(limiter, "sign_in", "ada")
    clock.advance(5 * MINUTE)
    limiter.account("sign_in", "ada")


def test_others_are_not_concerned(limiter: Limiter) -> None:
    exhaust(limiter, "sign_in", "ada", 10)
    limiter.account("sign_in", "bea")
    limiter.account("refresh", "ada")
    come(limiter, "sign_in", "ada")


def test_who_proved_to_be_the_right_person_begins_anew(limiter: Limiter) -> None:
    exhaust(limiter, "sign_in", "ada", 10)
    limiter.forgive("sign_in", "ada")
    exhaust(limiter, "sign_in", "ada", 10)
    refused(limiter, "sign_in", "ada")


def undecided(limiter: Limiter) -> None:
    """Somebody tries to sign in while the database is away."""
    with suppress(DatabaseAway), limiter.deciding("sign_in", "ada"):
        raise DatabaseAway


def test_what_could_not_be_decided_does_not_count(limiter: Limiter) -> None:
    """While the database is away a crew tries again and again: it signs in as soon as it is back."""
    exhaust(limiter, "sign_in", "ada", 9)
    for _ in range(50):
        undecided(limiter)
    with pytest.raises(WrongPassword), limiter.deciding("sign_in", "ada"):
        raise WrongPassword
    refused(limiter, "sign_in", "ada")


def test_who_is_refused_while_others_are_being_decided_has_not_called(limiter: Limiter) -> None:
    waiting = [limiter.deciding("sign_in", "ada") for _ in range(10)]
    for each in waiting:
        each.__enter__()
    for _ in range(50):
        refused(limiter, "sign_in", "ada")
    for each in waiting:
        with suppress(DatabaseAway):
            each.__exit__(DatabaseAway, DatabaseAway(), None)
    exhaust(limiter, "sign_in", "ada", 10)


def test_a_call_is_taken_back_from_no_other_window(limiter: Limiter, clock: ManualClock) -> None:
    """Else calls that hang until theirs is over would let as many more guess in the next."""
    for opened in (True, False):
        with suppress(DatabaseAway), limiter.deciding("sign_in", "ada"):
            clock.advance(5 * MINUTE)
            if opened:
                limiter.account("sign_in", "ada")
            raise DatabaseAway
        exhaust(limiter, "sign_in", "ada", 9 if opened else 10)
        refused(limiter, "sign_in", "ada")
        clock.advance(5 * MINUTE)


@pytest.mark.parametrize("kind", list(ALLOWANCES))
def test_an_address_is_a_whole_restaurant(limiter: Limiter, kind: Kind) -> None:
    """At least as many calls as five accounts that use all they have."""
    account, address = ALLOWANCES[kind]
    assert address.amount / address.get_expiry() >= 5 * account.amount / account.get_expiry()
    for _ in range(address.amount):
        come(limiter, kind, "10.0.0.7")
    with pytest.raises(TooManyRequests):
        come(limiter, kind, "10.0.0.7")
    come(limiter, kind, "10.0.0.8")


def come(limiter: Limiter, kind: Kind, address: str) -> None:
    """Call once from an address."""
    with limiter.deciding_from(kind, address):
        pass


def find(limiter: Limiter, address: str, code: str, *, there: bool) -> None:
    """Look a code up, from an address."""
    with suppress(NotFound), limiter.guessing(address, code):
        if not there:
            raise NotFound("table", code)


def test_who_guesses_codes_is_stopped_and_shuts_out_nobody(limiter: Limiter, clock: ManualClock) -> None:
    find(limiter, "10.0.0.7", "TABLE5", there=True)
    for guess in range(60):
        find(limiter, "10.0.0.7", f"GUESS{guess}", there=False)
    for code, there in (("GUESS60", False), ("TABLE6", True)):
        with pytest.raises(TooManyRequests) as error:
            find(limiter, "10.0.0.7", code, there=there)
        assert error.value.retry_after == 600
    find(limiter, "10.0.0.7", "TABLE5", there=True)
    find(limiter, "10.0.0.8", "TABLE6", there=True)
    clock.advance(10 * MINUTE)
    find(limiter, "10.0.0.7", "TABLE6", there=True)


def test_a_right_code_is_not_a_guess(limiter: Limiter) -> None:
    for table in range(300):
        find(limiter, "10.0.0.7", f"TABLE{table}", there=True)
    find(limiter, "10.0.0.7", "GUESS", there=False)


def test_what_is_over_is_forgotten(limiter: Limiter, clock: ManualClock) -> None:
    """Somebody who tries ten thousand addresses leaves nothing behind in memory."""
    for guess in range(10_000):
        limiter.account("sign_in", f"{guess}@x.example")
    assert limiter.watched == 10_000
    clock.advance(6 * MINUTE)
    limiter.account("sign_in", "ada")
    assert limiter.watched == 1


def test_memory_is_bounded_and_who_has_called_most_is_forgotten_last(
    limiter: Limiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("restai.http.limits.MOST_WINDOWS", 100)
    exhaust(limiter, "sign_in", "ada", 10)
    for guess in range(60):
        find(limiter, "10.0.0.7", f"GUESS{guess}", there=False)
    for other in range(1_000):
        find(limiter, f"10.0.1.{other}", "TABLE5", there=True)
        exhaust(limiter, "sign_in", f"{other}@x.example", 2)
        assert limiter.watched <= 100
    refused(limiter, "sign_in", "ada")
    with pytest.raises(TooManyRequests):
        find(limiter, "10.0.0.7", "GUESS60", there=False)
    find(limiter, "10.0.1.999", "TABLE5", there=True)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("::ffff:a00:7", "10.0.0.7"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_who_has_a_whole_network_is_one_address(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_wait_is_whole_seconds_and_never_none(limiter: Limiter, clock: ManualClock) -> None:
    exhaust(limiter, "guest", "phone", ALLOWANCES["guest"].account.amount)
    clock.advance(10 * SECOND - 1)
    assert refused(limiter, "guest", "phone") == 1
