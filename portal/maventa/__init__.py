"""
The only code that speaks to AutoInvoice: addresses, tokens, pace, deadlines, errors, typed answers. Knows no model.

Begin with `Client`; `portal.partners.clients` makes one for a partner account.
"""

from portal.maventa.answers import Answer, Instant, Whole
from portal.maventa.bodies import USER_KEY, VENDOR_KEY, FilePart
from portal.maventa.client import Client, Download
from portal.maventa.credentials import Credentials
from portal.maventa.environments import Api, Environment, hosts
from portal.maventa.errors import (
    AccessRefusedError,
    ConfigurationError,
    MaventaError,
    OutcomeUnknownError,
    RejectedError,
    TemporaryError,
    UnexpectedResponseError,
)
from portal.maventa.records import CallRecord, Log

__all__ = [
    "USER_KEY",
    "VENDOR_KEY",
    "AccessRefusedError",
    "Answer",
    "Api",
    "CallRecord",
    "Client",
    "ConfigurationError",
    "Credentials",
    "Download",
    "Environment",
    "FilePart",
    "Instant",
    "Log",
    "MaventaError",
    "OutcomeUnknownError",
    "RejectedError",
    "TemporaryError",
    "UnexpectedResponseError",
    "Whole",
    "hosts",
]
