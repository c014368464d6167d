"""Access tokens: what is signed is read back, and nothing else is believed."""

import base64
import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restai.auth.principal import GuestClaims, StaffClaims
from restai.auth.tokens import GUEST_LIFE, STAFF_LIFE, Tokens
from restai.clock import HOUR, MINUTE
from restai.errors import Unauthorized
from restai.ids import new_id

OLD = "the secret of last year, to be retired"
NEW = "the secret of this year, freshly made!"
NOW = 1_790_000_000_000
USER, SIGN_IN, ORGANIZATION, GUEST, VISIT, BRANCH, TABLE = (new_id() for _ in range(7))

tokens = Tokens((NEW,))


def staff_token(tokens: Tokens, now: int = NOW) -> tuple[str, int]:
    return tokens.for_staff(
        user_id=USER,
        sign_in_id=SIGN_IN,
        organization_id=ORGANIZATION,
        role="waiter",
        branches=[BRANCH],
        now=now,
    )


def guest_token(tokens: Tokens, now: int = NOW) -> tuple[str, int]:
    return tokens.for_guest(
        guest_id=GUEST,
        session_id=VISIT,
        organization_id=ORGANIZATION,
        branch_id=BRANCH,
        table_id=TABLE,
        now=now,
    )


def content(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


def refused(token: str, now: int = NOW) -> str:
    with pytest.raises(Unauthorized) as error:
        tokens.verify(token, now)
    return error.value.code


# ---- what they say


def test_a_staff_token_names_the_account_and_the_sign_in() -> None:
    token, expires_at = staff_token(tokens)
    assert tokens.verify(token, NOW) == StaffClaims(USER, SIGN_IN, ORGANIZATION, expires_at)
    said = content(token)
    assert said.keys() == {"iss", "exp", "typ", "sub", "sid", "org", "role", "branches", "jti"}
    assert (said["role"], said["branches"]) == ("waiter", [BRANCH])


def test_a_guest_token_names_the_visit_and_the_phone() -> None:
    token, expires_at = guest_token(tokens)
    assert tokens.verify(token, NOW) == GuestClaims(GUEST, VISIT, ORGANIZATION, BRANCH, expires_at)
    said = content(token)
    assert (said["sub"], said["guest"], said["role"]) == (VISIT, GUEST, "customer")
    assert (said["branch"], said["table"]) == (BRANCH, TABLE)


def test_staff_have_fifteen_minutes_and_guests_twelve_hours() -> None:
    assert staff_token(tokens)[1] == NOW + 15 * MINUTE
    assert guest_token(tokens)[1] == NOW + 12 * HOUR


def test_a_token_is_good_until_the_moment_it_ends() -> None:
    token, expires_at = staff_token(tokens)
    assert tokens.verify(token, expires_at - 1)
    assert refused(token, expires_at) == "token_expired"
    assert refused(guest_token(tokens)[0], NOW + GUEST_LIFE) == "token_expired"
    assert expires_at == NOW + STAFF_LIFE


# ---- changing the secret


def test_old_tokens_count_while_the_secret_is_being_changed() -> None:
    token, _ = staff_token(Tokens((OLD,)))
    assert Tokens((NEW, OLD)).verify(token, NOW)


def test_the_first_secret_signs() -> None:
    token, _ = staff_token(Tokens((NEW, OLD)))
    assert tokens.verify(token, NOW)
    assert Tokens((OLD, NEW)).verify(token, NOW)


def test_after_the_change_old_tokens_are_refused() -> None:
    token, _ = staff_token(Tokens((OLD,)))
    assert refused(token) == "token_invalid"


def test_a_short_secret_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        Tokens(("short",))
    with pytest.raises(ValueError, match="32 characters"):
        Tokens(())


# ---- what is not believed


def signed(
    claims: dict[str, object], *, secret: str = NEW, kid: object = None, algorithm: str = "HS256"
) -> str:
    kid = kid or jwt.get_unverified_header(staff_token(tokens)[0])["kid"]
    return jwt.encode(claims, secret, algorithm, {"kid": kid})


def good_claims() -> dict[str, object]:
    return content(staff_token(tokens)[0])


def unsigned(header: dict[str, object], claims: dict[str, object]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    return b".".join([*parts, b""]).decode()


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", ""])
def test_a_token_without_a_signature_is_refused(algorithm: str) -> None:
    kid = jwt.get_unverified_header(staff_token(tokens)[0])["kid"]
    assert refused(unsigned({"alg": algorithm, "kid": kid, "typ": "JWT"}, good_claims())) == "token_invalid"


def test_another_algorithm_is_refused() -> None:
    assert refused(signed(good_claims(), secret=NEW * 2, algorithm="HS512")) == "token_invalid"


def test_another_secret_under_a_known_kid_is_refused() -> None:
    assert refused(signed(good_claims(), secret=OLD)) == "token_invalid"


@pytest.mark.parametrize("kid", ["unknown", "../../etc/passwd", "\x00"])
def test_an_unknown_kid_is_refused(kid: str) -> None:
    assert refused(signed(good_claims(), kid=kid)) == "token_invalid"


@pytest.mark.parametrize("kid", [None, 1, ["x"], {"x": 1}, True])
def test_a_kid_that_is_no_text_is_refused(kid: object) -> None:
    assert refused(unsigned({"alg": "HS256", "kid": kid}, good_claims())) == "token_invalid"


@pytest.mark.parametrize("missing", ["iss", "exp", "typ", "sub", "sid", "org"])
def test_a_token_that_lacks_a_claim_is_refused(missing: str) -> None:
    claims = good_claims()
    del claims[missing]
    assert refused(signed(claims)) == "token_invalid"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "somebody else"},
        {"typ": "admin"},
        {"typ": None},
        {"typ": ["staff"]},
        {"typ": "guest"},  # has a sign-in, but no phone
        {"sub": 7},
        {"sid": 7},
        {"org": None},
        {"org": {}},
        {"exp": "soon"},
        {"exp": None},
        {"exp": []},
        {"exp": 1e400},
    ],
    ids=str,
)
def test_a_signed_token_with_nonsense_in_it_is_refused(wrong: dict[str, object]) -> None:
    assert refused(signed(good_claims() | wrong)) == "token_invalid"


def test_a_token_that_was_touched_is_refused() -> None:
    head, body, signature = staff_token(tokens)[0].split(".")
    forged = base64.urlsafe_b64encode(json.dumps(good_claims() | {"sub": new_id()}).encode()).rstrip(b"=")
    assert refused(f"{head}.{forged.decode()}.{signature}") == "token_invalid"
    assert refused(f"{head}.{body}.{signature[:-2]}") == "token_invalid"


@given(st.text() | st.text(alphabet="aA0._-=é\x00"))
def test_any_text_at_all_is_refused_quietly(text: str) -> None:
    assert refused(text) == "token_invalid"


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_a_token_of_any_json_is_refused_quietly(part: object) -> None:
    encoded = base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
    signature = staff_token(tokens)[0].rsplit(".", 1)[1]
    assert refused(f"{encoded}.{encoded}.{signature}") == "token_invalid"
