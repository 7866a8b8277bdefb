"""Requests to sign as rows, for tests of the signature desk and of reminders."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from companies.models import Authorization, Company
from companies.operations.authorization import VALID


def request_of(company: Company, *, hours_left: float = 100, **fields: Any) -> Authorization:
    """Save an open request that expires in so many hours; less than none: it ran out."""
    expires_at = timezone.now() + timedelta(hours=hours_left)
    known = {
        "email": "signer@example.com", "signer_name": "Maija Virtanen", "locale": "FI",
        "requested_at": expires_at - VALID, "expires_at": expires_at,
    } | fields  # fmt: skip
    return Authorization.objects.create(account=company.account, company=company, **known)
