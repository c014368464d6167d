"""Use cases of payments and tills."""

from restai.features.payments.service.billing import BilledLine, billed
from restai.features.payments.service.finding import Sought, payment, payments
from restai.features.payments.service.taking import Sold, even_out, go_with, sell, take
from restai.features.payments.service.tills import close_till, open_till, open_till_of, till_now
from restai.features.payments.service.voiding import void

__all__ = [
    "BilledLine",
    "Sold",
    "Sought",
    "billed",
    "close_till",
    "even_out",
    "go_with",
    "open_till",
    "open_till_of",
    "payment",
    "payments",
    "sell",
    "take",
    "till_now",
    "void",
]
