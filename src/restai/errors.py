"""The one tree of errors a caller can meet.

An error is a class with fields. Its `code` is stable and part of the API, its text is made from the
fields, and `status` says whether trying again can help: 5xx and 429 yes, other 4xx no.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar


class RestaiError(Exception):
    """Base of all. Subclasses are dataclasses and say in `text` what happened.

    `shown` names the fields that the caller gets beside code and text: JSON-ready, or pydantic models.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"
    retry_after: ClassVar[int | None] = None  # seconds, for the errors that pass by themselves
    shown: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def codes(cls) -> Sequence[str]:
        """Every code that an error of this class may have."""
        return (cls.code,)

    @property
    def text(self) -> str:
        return self.title

    @property
    def members(self) -> Mapping[str, Any]:
        return {name: getattr(self, name) for name in self.shown}

    def __str__(self) -> str:
        return self.text


# ---- who are you


@dataclass(eq=False)
class Unauthorized(RestaiError):
    """The caller is not signed in, or no longer. `reason`: missing, invalid, expired, revoked."""

    reason: str = "invalid"
    status = 401
    title = "Sign in first"

    TEXTS: ClassVar[Mapping[str, str]] = {
        "missing": "A token is required",
        "invalid": "The token is not valid",
        "expired": "The token has expired",
        "revoked": "This sign-in has ended",
    }

    @classmethod
    def codes(cls) -> Sequence[str]:
        return [f"token_{reason}" for reason in cls.TEXTS]

    @property
    def code(self) -> str:  # type: ignore[override]
        return f"token_{self.reason}"

    @property
    def text(self) -> str:
        return self.TEXTS[self.reason]


@dataclass(eq=False)
class WrongPassword(RestaiError):
    status = 401
    code = "wrong_password"
    title = "E-mail or password is wrong"


@dataclass(eq=False)
class Forbidden(RestaiError):
    """The caller is known and may not do this. `permission` names what is lacking."""

    permission: str
    status = 403
    code = "forbidden"
    title = "Not allowed"

    @property
    def text(self) -> str:
        return f"This needs the permission {self.permission}"


@dataclass(eq=False)
class NotFound(RestaiError):
    """No such thing, or it is another tenant's: the two look the same on purpose."""

    what: str
    id: str
    status = 404
    code = "not_found"
    title = "Not found"

    @property
    def text(self) -> str:
        return f"There is no {self.what} {self.id}"


# ---- what you sent


@dataclass(frozen=True)
class Flaw:
    """What is wrong with one field of a request; `field` is a path with dots, empty for the whole."""

    field: str
    reason: str


@dataclass(eq=False)
class MalformedJson(RestaiError):
    reason: str
    status = 400
    code = "malformed_json"
    title = "The body is not JSON"

    @property
    def text(self) -> str:
        return self.reason


@dataclass(eq=False)
class BadRequest(RestaiError):
    """The body cannot be read at all: it is not text, or too deep, or not of the type it claims."""

    reason: str
    status = 400
    code = "bad_request"
    title = "The request cannot be read"

    @property
    def text(self) -> str:
        return self.reason


@dataclass(eq=False)
class ContentTooLarge(RestaiError):
    status = 413
    code = "content_too_large"
    title = "The body is too large"


@dataclass(eq=False)
class Invalid(RestaiError):
    """One field cannot be accepted, for a reason that its shape alone did not tell."""

    field: str
    reason: str
    status = 422
    code = "invalid"
    title = "The request is not valid"
    shown = ("errors",)

    @property
    def text(self) -> str:
        return f"{self.field}: {self.reason}"

    @property
    def errors(self) -> list[Flaw]:
        return [Flaw(self.field, self.reason)]


@dataclass(eq=False)
class KeyReused(RestaiError):
    key: str
    status = 422
    code = "idempotency_key_reused"
    title = "Idempotency key used for another request"

    @property
    def text(self) -> str:
        return f"The idempotency key {self.key} was used for a different request"


@dataclass(eq=False)
class TooManyRequests(RestaiError):
    wait: int  # seconds
    status = 429
    code = "too_many_requests"
    title = "Too many requests"

    @property
    def retry_after(self) -> int:  # type: ignore[override]
        return self.wait

    @property
    def text(self) -> str:
        return f"Too many requests, try again in {self.wait} s"


# ---- what is so already


@dataclass(eq=False)
class IllegalTransition(RestaiError):
    """`what` cannot go from state `current` to `target`. Carries the resource as it is."""

    what: str
    current: str
    target: str
    resource: Any = None
    status = 409
    code = "illegal_transition"
    title = "Not from this state"
    shown = ("current", "target", "resource")

    @property
    def text(self) -> str:
        return f"The {self.what} is {self.current} and cannot become {self.target}"


@dataclass(eq=False)
class Stale(RestaiError):
    """The caller's command was made for a state that has passed. Carries the resource as it is."""

    what: str
    current: str
    expected: str
    resource: Any = None
    status = 409
    code = "stale"
    title = "It has changed meanwhile"
    shown = ("current", "expected", "resource")

    @property
    def text(self) -> str:
        return f"The {self.what} is {self.current}, not {self.expected}"


@dataclass(frozen=True)
class Named:
    """A dish or a modifier."""

    id: str
    name: str


@dataclass(eq=False)
class InOtherHands(RestaiError):
    """Somebody else took it on first: `by` is his name. Carries the resource as it is."""

    what: str
    by: str
    resource: Any = None
    status = 409
    code = "in_other_hands"
    title = "Somebody else has it"
    shown = ("resource",)

    @property
    def text(self) -> str:
        return f"{self.by} has the {self.what}"


@dataclass(eq=False)
class SoldOut(RestaiError):
    """Dishes or modifiers of the order are sold out. Nothing of it was taken."""

    items: Sequence[Named]
    status = 409
    code = "sold_out"
    title = "Sold out"
    shown = ("items",)

    @property
    def text(self) -> str:
        return "Sold out: " + ", ".join(item.name for item in self.items)


@dataclass(eq=False)
class CartEmpty(RestaiError):
    """There is nothing in the party's cart, or no longer. Carries the cart as it is."""

    resource: Any = None
    status = 409
    code = "cart_empty"
    title = "The cart is empty"
    shown = ("resource",)

    @property
    def text(self) -> str:
        return "The cart is empty: what was in it has been ordered or taken out"


@dataclass(eq=False)
class OrderOver(RestaiError):
    """The order takes no more lines, being completed or cancelled. Carries the order as it is."""

    number: str
    current: str
    resource: Any = None
    status = 409
    code = "order_over"
    title = "The order is over"
    shown = ("current", "resource")

    @property
    def text(self) -> str:
        return f"Order {self.number} is {self.current}: what is wanted now is a new order"


@dataclass(eq=False)
class OpenBalance(RestaiError):
    """Something is still to be paid. `balance` in minor units of `currency`."""

    balance: int
    currency: str
    status = 409
    code = "open_balance"
    title = "There is an open balance"
    shown = ("balance", "currency")

    @property
    def text(self) -> str:
        return f"There is an open balance of {self.balance} (minor units of {self.currency})"


@dataclass(eq=False)
class NotOwed(RestaiError):
    """A payment of what is not owed: more than that, or somebody has paid meanwhile. `balance` is what
    is owed, in minor units of `currency`; below zero, what is to be given back."""

    balance: int
    currency: str
    status = 409
    code = "not_owed"
    title = "That is not what is owed"
    shown = ("balance", "currency")

    @property
    def text(self) -> str:
        return f"What is owed is {self.balance} (minor units of {self.currency})"


@dataclass(eq=False)
class NotPayable(RestaiError):
    """Lines that were to be paid are paid already, or cancelled. Nothing was taken."""

    lines: Sequence[Named]
    status = 409
    code = "not_payable"
    title = "Paid or cancelled already"
    shown = ("lines",)

    @property
    def text(self) -> str:
        return "Paid or cancelled already: " + ", ".join(line.name for line in self.lines)


@dataclass(eq=False)
class TillIsOpen(RestaiError):
    """A branch has one open till at most. Carries the one there is."""

    resource: Any = None
    status = 409
    code = "till_open"
    title = "A till is open already"
    shown = ("resource",)


@dataclass(eq=False)
class NoTill(RestaiError):
    """There is no open till to be closed."""

    status = 409
    code = "no_till"
    title = "No till is open"


@dataclass(eq=False)
class Taken(RestaiError):
    """A value that must be unique is in use: an e-mail, a table's number, a client-made id."""

    what: str
    value: str
    status = 409
    code = "taken"
    title = "Already in use"

    @property
    def text(self) -> str:
        return f"The {self.what} {self.value} is already in use"


@dataclass(eq=False)
class NotEmpty(RestaiError):
    """It cannot be taken away while things stand in it: a category's items, a space's tables, what a
    station cooks."""

    what: str
    name: str
    holds: str
    status = 409
    code = "not_empty"
    title = "Not empty"

    @property
    def text(self) -> str:
        return f"The {self.what} {self.name} still has {self.holds}"


@dataclass(eq=False)
class TableUnavailable(RestaiError):
    """The table cannot take a party now. `current` is its state."""

    number: str
    current: str
    status = 409
    code = "table_unavailable"
    title = "The table is not available"
    shown = ("current",)

    @property
    def text(self) -> str:
        return f"Table {self.number} is {self.current}"


@dataclass(eq=False)
class LastAdmin(RestaiError):
    """The organization's only active org_admin cannot be dismissed or given another role."""

    status = 409
    code = "last_admin"
    title = "Somebody must remain in charge"


# ---- not now


@dataclass(eq=False)
class Busy(RestaiError):
    """A lock was not had in time, or a deadlock broken. Nothing was changed."""

    status = 503
    code = "busy"
    title = "Busy, try again"
    retry_after = 1


@dataclass(eq=False)
class DatabaseAway(RestaiError):
    """The database cannot be reached. Whether the command applied is unknown: retry with its key."""

    status = 503
    code = "database_away"
    title = "The database cannot be reached"
    retry_after = 2


@dataclass(eq=False)
class DiskFull(RestaiError):
    """The database has no room to write. Nothing was changed."""

    status = 507
    code = "disk_full"
    title = "The database's disk is full"
    retry_after = 30


# ---- how the process was started


@dataclass(eq=False)
class Misconfigured(RestaiError):
    """Settings that cannot be used, each problem with the name of its variable."""

    problems: Sequence[str]
    code = "misconfigured"
    title = "The settings cannot be used"

    @property
    def text(self) -> str:
        return "\n".join(self.problems)


@dataclass(eq=False)
class SchemaTooNew(RestaiError):
    """The database has a schema that this program does not know."""

    revision: str
    code = "schema_too_new"
    title = "The database belongs to a newer version"

    @property
    def text(self) -> str:
        return (
            f"The database was made by a newer version of RestAI (revision {self.revision}): "
            "use that version, or restore an older backup"
        )


@dataclass(eq=False)
class NoBackup(RestaiError):
    """A file that cannot be read as a backup, or written as one."""

    file: Path
    reason: str
    code = "no_backup"
    title = "The backup cannot be used"

    @property
    def text(self) -> str:
        return f"{self.file}: {self.reason}"
