"""The minimum content check at upload: what the service refuses at once, in its own words."""

import re

from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.documents.model import Document

_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def check(document: Document) -> None:
    """:raises DocumentError: with every line that applies"""
    found = [text for text, is_missing in _findings(document) if is_missing]
    if found:
        raise DocumentError(*found)


def _findings(document: Document) -> list[tuple[str, bool]]:
    buyer, totals = document.buyer, document.totals
    return [
        ("ERROR: INVOICE NUMBER NOT FOUND", not document.number),
        ("ERROR: INVOICE DATE NOT FOUND", document.issue_date is None),
        ("ERROR: CURRENCY NOT FOUND", not _CURRENCY.fullmatch(document.currency)),
        ("ERROR: NO SENDER INFORMATION FOUND", not document.seller.name),
        ("ERROR: NO CUSTOMER INFORMATION FOUND", not buyer.name),
        (
            "ERROR: CUSTOMER COUNTRY CODE INVALID",
            bool(buyer.address.country) and not _COUNTRY.fullmatch(buyer.address.country),
        ),
        ("ERROR: NO ITEMS FOUND", not document.lines),
        ("ERROR: INVOICE TOTAL NOT FOUND", totals.gross is None and totals.net is None and totals.payable is None),
    ]
