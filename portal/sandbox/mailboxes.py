"""E-mail addresses that the simulator hands out, and whether one that it is given can be one."""

import re

from portal.sandbox.call import Refusal
from portal.sandbox.company import Company

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def mailbox(company: Company, service: str) -> str:
    """The address of a company at one of the scanning services."""
    return f"{company.bid_key.lower()}@{service}.example.test"


def check_email(field: str, text: str) -> None:
    """:raises Refusal: bad_input, for a text that is no address; an empty one is no fault"""
    if text and not _EMAIL.fullmatch(text):
        raise Refusal("bad_input", [f"{field}: is no e-mail address"])
