"""The evening's money, kept from what the screens were told: every amount must come out to the cent."""

from __future__ import annotations

from collections.abc import Iterator

from restai.cli.simulate.checks.carrying import Json

PERCENT = 10_000  # basis points in a whole


class Books:
    """Of a branch. Events are entered in the log's order."""

    def __init__(self) -> None:
        self.orders: dict[str, Json] = {}  # as they were told last
        self.payments: dict[str, Json] = {}
        self._in_till: int | None = None  # None: none is open, or it was open before we came

    def enter(self, event: Json, branch: Json) -> Iterator[str]:
        """What does not add up in it."""
        if event["type"] == "order:created" and event["order"]["id"] in self.orders:
            yield f"order {event['order']['orderNumber']} was created twice"
        for order in self._orders_of(event):
            self.orders[order["id"]] = order
            yield from wrong_sums(order, branch)
        match event["type"]:
            case "till:opened":
                self._in_till = event["till"]["openingFloat"]
            case "till:closed":
                yield from self._counted(event["till"])
            case "payment:recorded":
                yield from self._take(event["payment"])
            case "payment:voided":
                self._give_back(event["payment"])

    def unsettled(self) -> Iterator[str]:
        """Of what is over, all that is not paid to the cent."""
        allotted = self._allotted()
        for order in self.orders.values():
            number, paid = order["orderNumber"], allotted.get(order["id"], 0)
            if order["paid"] != paid:
                yield f"order {number} says that {order['paid']} is paid; its payments say {paid}"
            if order["status"] not in ("completed", "cancelled"):
                yield f"order {number} is left {order['status']}"
            elif order["balance"]:
                yield f"order {number} is over and owes {order['balance']}"

    @property
    def taken(self) -> int:
        """All that was paid and not given back, without tips."""
        return sum(each["amount"] for each in self.payments.values() if each["voidedAt"] is None)

    def _allotted(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for payment in self.payments.values():
            for part in payment["allocations"] if payment["voidedAt"] is None else ():
                sums[part["orderId"]] = sums.get(part["orderId"], 0) + part["amount"]
        return sums

    def _orders_of(self, event: Json) -> Iterator[Json]:
        if isinstance(order := event.get("order"), dict):
            yield order
        yield from event.get("orders", ())

    def _take(self, payment: Json) -> Iterator[str]:
        if payment["id"] in self.payments:
            yield f"payment {payment['id']} was recorded twice"
        self.payments[payment["id"]] = payment
        yield from wrong_payment(payment)
        self._move(payment, 1)

    def _give_back(self, payment: Json) -> None:
        self.payments[payment["id"]] = payment
        self._move(payment, -1)

    def _move(self, payment: Json, sign: int) -> None:
        if payment["method"] == "cash" and self._in_till is not None:
            self._in_till += sign * (payment["amount"] + payment["tip"])

    def _counted(self, till: Json) -> Iterator[str]:
        if self._in_till is not None and till["expected"] != self._in_till:
            yield f"the till should hold {self._in_till}, its count says {till['expected']}"
        if till["counted"] - till["expected"] != till["difference"]:
            yield f"the till's difference is not {till['difference']}"
        self._in_till = None


def wrong_sums(order: Json, branch: Json) -> Iterator[str]:
    """What of an order's amounts is not what its lines come to by the branch's settings."""
    lines = sum(
        line["quantity"] * (line["unitPrice"] + sum(each["price"] for each in line["modifiers"]))
        for line in order["items"]
        if line["status"] != "cancelled"
    )
    tax, rate = order["tax"], branch["taxRate"]
    if branch["pricesIncludeTax"]:
        right = (lines, lines - _half_up(lines * PERCENT, PERCENT + rate))
    else:
        right = (lines + _half_up(lines * rate, PERCENT), _half_up(lines * rate, PERCENT))
    if (order["total"], tax) != right:
        yield f"order {order['orderNumber']} comes to {right}, not {(order['total'], tax)}"
    if order["subtotal"] + tax != order["total"]:
        yield f"order {order['orderNumber']}: subtotal and tax are not the total"
    if order["total"] - order["paid"] != order["balance"]:
        yield f"order {order['orderNumber']}: what is not paid is not the balance"


def wrong_payment(payment: Json) -> Iterator[str]:
    if payment["amount"] != sum(part["amount"] for part in payment["allocations"]):
        yield f"payment {payment['id']} is not the sum of its parts"
    tendered = payment["tendered"]
    if tendered is not None and tendered - payment["amount"] - payment["tip"] != payment["change"]:
        yield f"payment {payment['id']}: the change is not {payment['change']}"


def wrong_bill(bill: Json) -> Iterator[str]:
    """What a bill that is paid has that does not come to the same cent."""
    counting = [payment for payment in bill["payments"] if payment["voidedAt"] is None]
    sums = {
        "its orders": sum(order["total"] for order in bill["orders"]),
        "its lines": sum(line["amount"] for line in bill["lines"]),
        "its payments": sum(payment["amount"] for payment in counting),
        "net and tax": bill["subtotal"] + bill["tax"],
    }
    table = f"the bill of table {bill['session']['tableNumber']}"
    for name, total in sums.items():
        if total != bill["total"]:
            yield f"{table} is {bill['total']}; {name} come to {total}"
    if bill["balance"]:
        yield f"{table} is paid and owes {bill['balance']}"
    if bill["tips"] != sum(payment["tip"] for payment in counting):
        yield f"{table} has other tips than its payments"


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
