"""Visits over the API: seating, asking to be let in, and who may decide it."""

from __future__ import annotations

from typing import Any

import pytest

from restai.clock import MINUTE, SECOND
from restai.features.sessions import service
from restai.features.sessions.rules import PENDING_LIFE
from restai.http.deps import Context
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.evening import Evening, Phone, ok, refused
from tests.support.house import House


def guests(session: dict[str, Any]) -> dict[str, str]:
    return {guest["name"]: guest["status"] for guest in session["guests"]}


def types(house: House) -> list[str]:
    return [event["type"] for event in house.events()]


async def expire(context: Context) -> int:
    async with context.database.transaction() as tx:
        return await service.expire_due(tx, tx.now)


class TestSeating:
    async def test_seats_a_party_at_once(self, evening: Evening, clock: ManualClock) -> None:
        evening.house.forget()
        session = await evening.seat("5")
        assert session == {
            "id": session["id"],
            "rev": 1,
            "tableId": evening.tables["5"]["id"],
            "tableNumber": "5",
            "status": "active",
            "guests": [],
            "startedAt": clock.now(),
            "mergedInto": None,
        }
        table = await evening.table("5")
        assert (table["status"], table["sessionId"]) == ("occupied", session["id"])
        assert types(evening.house) == ["session:updated", "table:occupied"]
        assert evening.house.events()[0]["session"] == session
        assert evening.house.events()[1]["table"] == table

    async def test_takes_the_id_that_a_client_made_once(self, evening: Evening) -> None:
        id_ = new_id()
        assert (await evening.seat("5", id=id_))["id"] == id_
        body = {"tableId": evening.tables["6"]["id"], "id": id_}
        refused(await evening.waiter.post("/api/sessions", json=body), 409, "taken")

    async def test_says_where_the_visit_is_found(self, evening: Evening) -> None:
        body = {"tableId": evening.tables["5"]["id"]}
        answer = await evening.waiter.post("/api/sessions", json=body)
        assert ok(await evening.waiter.get(answer.headers["Location"])) == answer.json()

    @pytest.mark.parametrize("current", ["occupied", "requested", "maintenance"])
    async def test_is_refused_where_nobody_can_sit_down(self, evening: Evening, current: str) -> None:
        if current == "occupied":
            await evening.seat("5")
        elif current == "requested":
            await evening.phone("5", "Ana")
        else:
            closed = {"status": "maintenance"}
            url = f"/api/tables/{evening.tables['5']['id']}/status"
            ok(await evening.manager.patch(url, json=closed))
        evening.house.forget()
        answer = await evening.waiter.post("/api/sessions", json={"tableId": evening.tables["5"]["id"]})
        assert refused(answer, 409, "table_unavailable")["current"] == current
        assert evening.house.events() == []

    async def test_is_for_waiters_and_managers(self, evening: Evening) -> None:
        body = {"tableId": evening.tables["5"]["id"]}
        for caller in (evening.cashier, evening.kitchen):
            refused(await caller.post("/api/sessions", json=body), 403, "forbidden")

    async def test_knows_no_tables_of_others(self, evening: Evening, rival: House) -> None:
        body = {"tableId": evening.tables["5"]["id"]}
        refused(await rival.as_(rival.waiter).post("/api/sessions", json=body), 404, "not_found")


class TestJoining:
    async def test_shows_the_menu_before_anybody_joins(self, evening: Evening) -> None:
        code = evening.tables["5"]["code"]
        welcome = ok(await evening.nobody.get(f"/api/guest/tables/{code.lower()}"))
        assert welcome["branch"]["name"] == "Casa Lola"
        assert (welcome["table"]["number"], "code" in welcome["table"]) == ("5", False)
        dishes = welcome["menu"]["categories"][0]["items"]
        assert [(dish["name"], "station" in dish) for dish in dishes] == [
            ("Lomo", False),
            ("Papas", False),
            ("Agua", False),
        ]

    @pytest.mark.parametrize("code", ["NOTACODE", "%00", "x" * 41])
    async def test_knows_no_table_by_a_wrong_code(self, evening: Evening, code: str) -> None:
        answer = await evening.nobody.get(f"/api/guest/tables/{code}")
        assert answer.status_code in (404, 422)

    async def test_asks_for_a_visit_where_nobody_sits(self, evening: Evening, clock: ManualClock) -> None:
        evening.house.forget()
        joined = ok(await evening.join("5", "Ana"), 201)
        assert (joined["guest"]["name"], joined["guest"]["status"]) == ("Ana", "waiting")
        assert joined["session"]["status"] == "pending"
        assert joined["session"]["guests"] == [joined["guest"]]
        assert joined["session"]["startedAt"] == clock.now()
        assert (await evening.table("5"))["status"] == "available"
        (event,) = evening.house.events()
        assert event["type"] == "session:requested"
        assert (event["sessionId"], event["tableId"]) == (joined["session"]["id"], evening.tables["5"]["id"])
        assert event["session"] == await evening.session(joined["session"]["id"])

    async def test_waits_with_others_at_the_same_table(self, evening: Evening) -> None:
        ana = await evening.phone("5", "Ana")
        evening.house.forget()
        ben = ok(await evening.join("5", "Ben"), 201)
        assert ben["session"]["id"] == ana.session_id
        assert ben["session"]["guests"] == [ben["guest"]]  # who waits sees nobody else
        (event,) = evening.house.events()
        assert (event["type"], event["guestId"]) == ("guest:waiting", ben["guest"]["id"])
        assert guests(event["session"]) == {"Ana": "waiting", "Ben": "waiting"}
        assert event["session"]["rev"] == 2

    async def test_waits_at_an_occupied_table(self, evening: Evening) -> None:
        session = await evening.seat("5")
        ana = await evening.phone("5", "Ana")
        assert ana.session_id == session["id"]
        assert guests(await evening.session(session["id"])) == {"Ana": "waiting"}

    async def test_repeated_with_its_key_is_the_same_guest_with_a_fresh_token(
        self, evening: Evening, clock: ManualClock
    ) -> None:
        first = ok(await evening.join("5", "Ana", key="scan-1"), 201)
        clock.advance(5 * MINUTE)
        again = ok(await evening.join("5", "Ana", key="scan-1"), 201)
        assert again["guest"] == first["guest"]
        assert again["session"] == first["session"]
        old, new = (evening.house.tokens.verify(one["token"], clock.now()) for one in (first, again))
        assert new.expires_at == old.expires_at + 5 * MINUTE
        assert len(evening.house.events("session:requested")) == 1
        refused(await evening.join("5", "Ben", key="scan-1"), 422, "idempotency_key_reused")

    async def test_repeated_after_the_visit_gives_nothing(self, evening: Evening) -> None:
        first = ok(await evening.join("5", "Ana", key="scan-1"), 201)
        ok(await evening.waiter.post(f"/api/sessions/{first['session']['id']}/reject"))
        refused(await evening.join("5", "Ana", key="scan-1"), 401, "token_revoked")

    async def test_is_bounded(self, evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("restai.features.sessions.service.joining.MOST_PHONES", 2)
        await evening.phone("5", "Ana")
        await evening.phone("5", "Ben")
        assert refused(await evening.join("5", "Cleo"), 409, "table_unavailable")["current"] == "full"

    @pytest.mark.parametrize("name", ["", "   ", "x" * 81, "\x00"])
    async def test_needs_a_name(self, evening: Evening, name: str) -> None:
        refused(await evening.join("5", name), 422, "invalid")

    @pytest.mark.parametrize(
        "typed", ["{}", "{:.4}-{:.4}", " {} ", "{:.4} {:.4}"], ids=["as it is", "hyphen", "spaces", "groups"]
    )
    async def test_a_code_is_typed_in_any_way(self, evening: Evening, typed: str) -> None:
        code = evening.tables["5"]["code"].lower()
        url = f"/api/guest/tables/{typed.format(code, code[4:])}"
        assert ok(await evening.nobody.get(url))["table"]["number"] == "5"

    async def test_a_phone_that_calls_too_often_is_told_to_wait(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        answers = [await ana.get("/api/guest/session") for _ in range(31)]
        assert {answer.status_code for answer in answers[:-1]} == {200}
        refused(answers[-1], 429, "too_many_requests")


class TestAtOnce:
    """A branch that lets guests in by itself."""

    @pytest.fixture(autouse=True)
    async def open_house(self, evening: Evening) -> None:
        await evening.changes(autoApprove=True)
        evening.house.forget()

    async def test_who_comes_to_a_free_table_is_in(self, evening: Evening, clock: ManualClock) -> None:
        joined = ok(await evening.join("5", "Ana"), 201)
        assert (joined["guest"]["status"], joined["session"]["status"]) == ("in", "active")
        session = await evening.session(joined["session"]["id"])
        assert (session["rev"], session["startedAt"]) == (1, clock.now())
        table = await evening.table("5")
        assert (table["status"], table["sessionId"]) == ("occupied", session["id"])
        approved, occupied = evening.house.events()
        assert (approved["type"], occupied["type"]) == ("session:approved", "table:occupied")
        assert (approved["session"], occupied["table"]) == (session, table)

    async def test_he_orders_without_anybodys_doing(self, evening: Evening) -> None:
        ana = await evening.phone("5", "Ana")
        assert ok(await ana.order("Lomo"), 201)["sessionId"] == ana.session_id

    async def test_repeated_with_its_key_it_is_one_visit(self, evening: Evening) -> None:
        first = ok(await evening.join("5", "Ana", key="scan-1"), 201)
        again = ok(await evening.join("5", "Ana", key="scan-1"), 201)
        assert (again["guest"], again["session"]) == (first["guest"], first["session"])
        assert types(evening.house) == ["session:approved", "table:occupied"]

    async def test_a_further_phone_waits_for_the_party(self, evening: Evening) -> None:
        await evening.phone("5", "Ana")
        assert ok(await evening.join("5", "Ben"), 201)["guest"]["status"] == "waiting"

    async def test_a_party_that_staff_seated_is_not_joined_by_itself(self, evening: Evening) -> None:
        await evening.seat("5")
        assert ok(await evening.join("5", "Ana"), 201)["guest"]["status"] == "waiting"

    async def test_a_reserved_table_waits_for_who_reserved_it(self, evening: Evening) -> None:
        url = f"/api/tables/{evening.tables['5']['id']}/status"
        ok(await evening.manager.patch(url, json={"status": "reserved"}))
        joined = ok(await evening.join("5", "Ana"), 201)
        assert (joined["guest"]["status"], joined["session"]["status"]) == ("waiting", "pending")
        assert (await evening.table("5"))["status"] == "reserved"

    async def test_a_closed_table_takes_nobody(self, evening: Evening) -> None:
        url = f"/api/tables/{evening.tables['5']['id']}/status"
        ok(await evening.manager.patch(url, json={"status": "maintenance"}))
        refused(await evening.join("5", "Ana"), 409, "table_unavailable")


class TestDeciding:
    async def test_approving_admits_the_guest_who_asked(self, evening: Evening, clock: ManualClock) -> None:
        ana = await evening.phone("5", "Ana")
        await evening.phone("5", "Ben")
        clock.advance(MINUTE)
        evening.house.forget()
        session = await evening.approve(ana)
        assert (session["status"], session["startedAt"]) == ("active", clock.now())
        assert guests(session) == {"Ana": "in", "Ben": "waiting"}
        assert types(evening.house) == ["session:approved", "table:occupied"]
        approved, occupied = evening.house.log()
        assert (approved.draft.session_id, approved.draft.guest_id) == (ana.session_id, ana.id)
        assert approved.draft.rooms == (
            f"branch:{evening.house.branch_id}",
            f"table:{evening.tables['5']['id']}",
            f"session:{ana.session_id}",
        )
        assert occupied.draft.session_id == ana.session_id
        assert guests(ok(await ana.get("/api/guest/session"))) == {"Ana": "in", "Ben": "waiting"}

    async def test_approving_twice_tells_nobody_twice(self, evening: Evening) -> None:
        ana = await evening.phone("5", "Ana")
        session = await evening.approve(ana)
        evening.house.forget()
        assert await evening.approve(ana) == session
        assert evening.house.events() == []

    async def test_rejecting_sends_everybody_away(self, evening: Evening) -> None:
        ana = await evening.phone("5", "Ana")
        ben = await evening.phone("5", "Ben")
        evening.house.forget()
        url = f"/api/sessions/{ana.session_id}/reject"
        session = ok(await evening.waiter.post(url, json={"reason": "We are closing"}))
        assert (session["status"], guests(session)) == ("rejected", {"Ana": "out", "Ben": "out"})
        for phone in (ana, ben):
            refused(await phone.get("/api/guest/session"), 401, "token_revoked")
        rejected, access = evening.house.events()
        assert (rejected["type"], rejected["reason"]) == ("session:rejected", "We are closing")
        assert (access["type"], access["sessionId"]) == ("access:changed", ana.session_id)
        (told,) = evening.house.guest_events()
        assert (told["reason"], told["session"]["guests"]) == ("We are closing", [])
        assert ok(await evening.waiter.post(url)) == session

    async def test_rejecting_needs_no_reason_and_then_tells_none(self, evening: Evening) -> None:
        ana = await evening.phone("5", "Ana")
        ok(await evening.waiter.post(f"/api/sessions/{ana.session_id}/reject"))
        assert "reason" not in evening.house.events("session:rejected")[0]
        assert "reason" not in evening.house.guest_events("session:rejected")[0]

    async def test_a_rejected_guest_may_ask_again(self, evening: Evening) -> None:
        ana = await evening.phone("5", "Ana")
        ok(await evening.waiter.post(f"/api/sessions/{ana.session_id}/reject"))
        again = await evening.phone("5", "Ana")
        assert again.session_id != ana.session_id
        refused(
            await evening.waiter.post(f"/api/sessions/{ana.session_id}/approve"), 409, "illegal_transition"
        )

    async def test_an_active_visit_cannot_be_rejected(self, evening: Evening) -> None:
        session = await evening.seat("5")
        answer = await evening.waiter.post(f"/api/sessions/{session['id']}/reject")
        assert refused(answer, 409, "illegal_transition")["resource"] == session

    async def test_a_table_closed_meanwhile_takes_no_party(self, evening: Evening) -> None:
        ana = await evening.phone("5", "Ana")
        url = f"/api/tables/{evening.tables['5']['id']}/status"
        ok(await evening.manager.patch(url, json={"status": "maintenance"}))
        answer = await evening.waiter.post(f"/api/sessions/{ana.session_id}/approve")
        assert refused(answer, 409, "table_unavailable")["current"] == "maintenance"
        assert (await evening.session(ana.session_id))["status"] == "pending"

    async def test_is_not_for_the_cashier(self, evening: Evening) -> None:
        ana = await evening.phone("5", "Ana")
        for what in ("approve", "reject", f"guests/{ana.id}/admit", f"guests/{ana.id}/remove"):
            answer = await evening.cashier.post(f"/api/sessions/{ana.session_id}/{what}")
            refused(answer, 403, "forbidden")

    async def test_others_know_nothing_of_it(self, evening: Evening, rival: House) -> None:
        ana = await evening.phone("5", "Ana")
        stranger = rival.as_(rival.admin)
        for what in ("approve", "reject", f"guests/{ana.id}/admit", f"guests/{ana.id}/remove"):
            answer = await stranger.post(f"/api/sessions/{ana.session_id}/{what}")
            refused(answer, 404, "not_found")
        refused(await stranger.get(f"/api/sessions/{ana.session_id}"), 404, "not_found")


class TestGuests:
    async def test_a_further_phone_is_let_in(self, evening: Evening) -> None:
        await evening.guest_in("5", "Ana")
        ben = await evening.phone("5", "Ben")
        evening.house.forget()
        session = await evening.admit(ben)
        assert guests(session) == {"Ana": "in", "Ben": "in"}
        (row,) = evening.house.log()
        assert (row.draft.type, row.draft.guest_id) == ("guest:admitted", ben.id)
        assert row.draft.rooms == (f"branch:{evening.house.branch_id}", f"session:{ben.session_id}")
        assert evening.house.events()[0]["session"] == session
        assert await evening.admit(ben) == session
        assert len(evening.house.log()) == 1

    @pytest.mark.parametrize("was_in", [True, False])
    async def test_a_phone_is_sent_away(self, evening: Evening, was_in: bool) -> None:
        await evening.guest_in("5", "Ana")
        ben = await evening.phone("5", "Ben")
        if was_in:
            await evening.admit(ben)
        evening.house.forget()
        url = f"/api/sessions/{ben.session_id}/guests/{ben.id}"
        session = ok(await evening.waiter.post(f"{url}/remove"))
        assert guests(session) == {"Ana": "in", "Ben": "out"}
        refused(await ben.get("/api/guest/session"), 401, "token_revoked")
        (event,) = evening.house.events()
        assert (event["type"], event["guestId"]) == ("guest:left", ben.id)
        (told,) = evening.house.guest_events()
        assert guests(told["session"]) == {"Ana": "in"}
        assert ok(await evening.waiter.post(f"{url}/remove")) == session
        refused(await evening.waiter.post(f"{url}/admit"), 409, "illegal_transition")

    async def test_a_requested_visit_is_decided_as_a_whole(self, evening: Evening) -> None:
        ana = await evening.phone("5", "Ana")
        answer = await evening.waiter.post(f"/api/sessions/{ana.session_id}/guests/{ana.id}/admit")
        refused(answer, 409, "illegal_transition")

    async def test_an_unknown_guest_is_not_found(self, evening: Evening) -> None:
        ana, other = await evening.phone("5", "Ana"), await evening.phone("6", "Olga")
        for guest_id in (new_id(), other.id):
            answer = await evening.waiter.post(f"/api/sessions/{ana.session_id}/guests/{guest_id}/remove")
            refused(answer, 404, "not_found")

    async def test_staff_tokens_are_no_guests(self, evening: Evening) -> None:
        refused(await evening.waiter.get("/api/guest/session"), 401, "token_invalid")
        ana = await evening.guest_in("5", "Ana")
        refused(await ana.get("/api/sessions"), 401, "token_invalid")


class TestParty:
    """Who takes part in a visit lets others in."""

    async def test_lets_a_friend_in(self, evening: Evening) -> None:
        ana, ben = await evening.guest_in("5", "Ana"), await evening.phone("5", "Ben")
        evening.house.forget()
        session = ok(await evening.admits(ana, ben))
        assert guests(session) == {"Ana": "in", "Ben": "in"}
        (row,) = evening.house.log()
        assert (row.draft.type, row.draft.guest_id) == ("guest:admitted", ben.id)
        assert evening.house.guest_events()[0]["session"] == session
        ok(await ben.order("Lomo"), 201)

    async def test_a_second_time_tells_nobody(self, evening: Evening) -> None:
        ana, ben = await evening.guest_in("5", "Ana"), await evening.phone("5", "Ben")
        session = ok(await evening.admits(ana, ben))
        evening.house.forget()
        assert ok(await evening.admits(ana, ben)) == session
        assert evening.house.events() == []

    async def test_who_waits_lets_nobody_in_least_of_all_himself(self, evening: Evening) -> None:
        ana = await evening.phone("5", "Ana")
        ben = await evening.phone("5", "Ben")
        for phone in (ana, ben):
            refused(await evening.admits(ana, phone), 403, "forbidden")
        await evening.approve(ana)
        for phone in (ana, ben):
            refused(await evening.admits(ben, phone), 403, "forbidden")
        assert guests(await evening.session(ana.session_id)) == {"Ana": "in", "Ben": "waiting"}

    async def test_who_was_sent_away_is_not_there_to_be_let_in(self, evening: Evening) -> None:
        ana, ben = await evening.guest_in("5", "Ana"), await evening.phone("5", "Ben")
        ok(await evening.waiter.post(f"/api/sessions/{ben.session_id}/guests/{ben.id}/remove"))
        refused(await evening.admits(ana, ben), 404, "not_found")
        refused(await evening.admits(ben, ben), 401, "token_revoked")

    async def test_knows_nobody_of_another_table(self, evening: Evening) -> None:
        ana, olga = await evening.guest_in("5", "Ana"), await evening.guest_in("6", "Olga")
        ben = await evening.phone("6", "Ben")
        refused(await evening.admits(ana, ben), 404, "not_found")
        ok(await evening.admits(olga, ben))

    async def test_is_not_how_staff_do_it(self, evening: Evening) -> None:
        ana = await evening.guest_in("5", "Ana")
        refused(await evening.waiter.post(f"/api/guest/guests/{ana.id}/admit"), 401, "token_invalid")


class TestRush:
    """A whole restaurant has one address; so has who guesses."""

    async def test_two_hundred_guests_join_within_minutes(self, evening: Evening, clock: ManualClock) -> None:
        numbers = [f"R{n}" for n in range(10)]
        for number in numbers:
            evening.tables[number] = await evening.new_table(number)
        for _ in range(20):
            for number in numbers:
                ok(await evening.join(number, "Ana"), 201)
            clock.advance(10 * SECOND)

    async def test_who_guesses_codes_finds_no_table(self, evening: Evening) -> None:
        url = "/api/guest/tables/{}".format
        ok(await evening.nobody.get(url(evening.tables["5"]["code"])))
        guesses = [await evening.nobody.get(url(f"AAAAAA{n:02}")) for n in range(60)]
        assert {answer.status_code for answer in guesses} == {404}
        for code in ("AAAAAA60", "nonsense!", evening.tables["6"]["code"]):
            for answer in (
                await evening.nobody.get(url(code)),
                await evening.nobody.post(f"{url(code)}/join", json={"name": "Eve"}),
            ):
                assert answer.status_code == 422 if "!" in code else refused(answer, 429, "too_many_requests")
        # the others of the same house go on at the tables where they sit
        ok(await evening.nobody.get(url(evening.tables["5"]["code"].lower())))
        ok(await evening.join("5", "Ana"), 201)

    async def test_who_guessed_may_try_again_later(self, evening: Evening, clock: ManualClock) -> None:
        url = "/api/guest/tables/{}".format
        for n in range(60):
            await evening.nobody.get(url(f"AAAAAA{n:02}"))
        answer = await evening.nobody.get(url(evening.tables["5"]["code"]))
        assert answer.headers["Retry-After"] == "600"
        clock.advance(10 * MINUTE)
        ok(await evening.nobody.get(url(evening.tables["5"]["code"])))

    async def test_one_code_is_not_called_all_day(self, evening: Evening) -> None:
        url = f"/api/guest/tables/{evening.tables['5']['code']}"
        answers = [await evening.nobody.get(url) for _ in range(61)]
        assert {answer.status_code for answer in answers[:-1]} == {200}
        refused(answers[-1], 429, "too_many_requests")
        for n in range(40):
            ok(await evening.join("5", f"Guest {n}"), 201)
        refused(await evening.join("5", "Guest 40"), 429, "too_many_requests")
        ok(await evening.join("6", "Ana"), 201)


class TestListing:
    async def test_names_visits_newest_first_by_state(self, evening: Evening) -> None:
        seated = await evening.seat("5")
        asked = await evening.phone("6", "Ana")
        rejected = await evening.phone("7", "Ben")
        ok(await evening.waiter.post(f"/api/sessions/{rejected.session_id}/reject"))

        async def ids(query: str = "") -> list[str]:
            return [one["id"] for one in ok(await evening.kitchen.get(f"/api/sessions{query}"))["items"]]

        assert await ids() == [rejected.session_id, asked.session_id, seated["id"]]
        assert await ids("?status=pending&status=active") == [asked.session_id, seated["id"]]

    async def test_goes_page_by_page(self, evening: Evening) -> None:
        for number in ("5", "6", "7"):
            await evening.seat(number)
        whole = ok(await evening.waiter.get("/api/sessions"))["items"]
        page = ok(await evening.waiter.get("/api/sessions?limit=2"))
        rest = ok(await evening.waiter.get(f"/api/sessions?limit=2&cursor={page['nextCursor']}"))
        assert page["items"] + rest["items"] == whole
        assert rest["nextCursor"] is None


class TestExpiry:
    async def test_ends_what_nobody_let_in(
        self, evening: Evening, context: Context, clock: ManualClock
    ) -> None:
        ana = await evening.phone("5", "Ana")
        clock.advance(PENDING_LIFE - 1)
        assert await expire(context) == 0
        clock.advance(1)
        evening.house.forget()
        assert await expire(context) == 1
        session = await evening.session(ana.session_id)
        assert (session["status"], guests(session)) == ("rejected", {"Ana": "out"})
        rejected, access = evening.house.events()
        assert (rejected["type"], rejected["reason"]) == ("session:rejected", "expired")
        assert rejected["session"] == session
        assert access["type"] == "access:changed"
        assert await expire(context) == 0

    async def test_never_ends_a_party_at_dinner(
        self, evening: Evening, context: Context, clock: ManualClock
    ) -> None:
        await evening.seat("5")
        ana = await evening.guest_in("6", "Ana")
        clock.advance(10 * PENDING_LIFE)
        assert await expire(context) == 0
        assert (await evening.session(ana.session_id))["status"] == "active"

    async def test_goes_in_batches(
        self, evening: Evening, context: Context, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("restai.features.sessions.service.expiry.BATCH", 2)
        phones: list[Phone] = [await evening.phone(number, "Ana") for number in ("5", "6", "7")]
        clock.advance(PENDING_LIFE)
        assert [await expire(context) for _ in range(3)] == [2, 1, 0]
        states = [(await evening.session(phone.session_id))["status"] for phone in phones]
        assert states == ["rejected"] * 3
