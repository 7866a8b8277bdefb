"""
System checks of what is stored: run by `migrate` and `check --database default`.

Warnings, not errors: they must not stop the migration that comes before the mending.
"""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import DatabaseError

from portal import maventa
from portal.partners import clients
from portal.partners.fields import WrongFieldKeyError
from portal.partners.models import PartnerAccount


@register(Tags.database)
def check_accounts(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Look whether each active account could speak: its keys can be read, its addresses are of its environment."""
    if "default" not in (databases or ()):
        return []
    accounts = PartnerAccount.objects.active().defer("user_key", "vendor_key")
    try:
        return [problem for account in accounts if (problem := _problem(account))]
    except DatabaseError:
        return []  # before the first migration there is no table yet


def _problem(account: PartnerAccount) -> CheckMessage | None:
    try:
        clients.credentials_of(account)
    except WrongFieldKeyError:
        hint = "Add the key they were encrypted with to FIELD_KEYS, or type them in again in the admin."
        return checks.Warning(
            f"The keys of partner account {account.pk} cannot be read.", hint=hint, id="partners.W001"
        )
    except maventa.ConfigurationError as exc:
        hint = "Correct its addresses in the admin."
        return checks.Warning(f"Partner account {account.pk} is not set up right: {exc}", hint=hint, id="partners.W002")
    return None
