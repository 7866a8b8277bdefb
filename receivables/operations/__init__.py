"""What staff do at agencies, one module a noun. Importing this package registers it all."""

from receivables.operations import (
    activations,
    credit,
    credit_withdrawal,
    events,
    hand_overs,
    levels,
    messages,
    payments,
    services,
)

__all__ = [
    "activations",
    "credit",
    "credit_withdrawal",
    "events",
    "hand_overs",
    "levels",
    "messages",
    "payments",
    "services",
]
