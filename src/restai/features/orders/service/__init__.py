"""Use cases of orders."""

from restai.features.orders.service.finding import locked, order, orders
from restai.features.orders.service.kitchen import alarm_due, recent, see, set_priority, unseen
from restai.features.orders.service.moving import cancel_as_guest, cancel_line, set_line_status, set_status
from restai.features.orders.service.placing import add_lines, place, place_as_guest
from restai.features.orders.service.running import release, take
from restai.features.orders.service.settling import (
    balance_of_visit,
    complete,
    credit,
    go_with,
    label_anew,
    lock_open_of_visit,
    lock_unsettled_of_visit,
)

__all__ = [
    "add_lines",
    "alarm_due",
    "balance_of_visit",
    "cancel_as_guest",
    "cancel_line",
    "complete",
    "credit",
    "go_with",
    "label_anew",
    "lock_open_of_visit",
    "lock_unsettled_of_visit",
    "locked",
    "order",
    "orders",
    "place",
    "place_as_guest",
    "recent",
    "release",
    "see",
    "set_line_status",
    "set_priority",
    "set_status",
    "take",
    "unseen",
]
