"""The one place where a client for a partner account is made."""

from uuid import UUID

from django.conf import settings

from portal import maventa
from portal.partners import calls
from portal.partners.models import PartnerAccount


def credentials_of(account: PartnerAccount) -> maventa.Credentials:
    """
    Return what a client needs to speak for the account.

    :raises maventa.ConfigurationError: an address does not belong to the account's environment
    """
    environment = maventa.Environment(account.environment)
    return maventa.Credentials(
        account_id=account.pk or 0,
        version=account.key_version,
        environment=environment,
        urls=maventa.hosts(environment, account.sandbox_urls),
        partner_company=account.company_uuid,
        user_key=account.user_key,
        vendor_key=account.vendor_key,
        calls_per_second=account.calls_per_second,
        parallel_calls=account.parallel_calls,
    )


def for_account(
    account: PartnerAccount,
    *,
    company: UUID | None = None,
    operation: int | None = None,
    log: maventa.Log | None = None,
) -> maventa.Client:
    """
    Return a client that speaks for `company` (None: the partner company itself).

    :param log: told of each HTTP call; None writes it to the call log at once. Threads without a database collect them
        (`list.append`) and hand them to `calls.store` later
    :raises maventa.ConfigurationError: an address does not belong to the account's environment
    """
    return maventa.Client(
        credentials_of(account),
        company=company or account.company_uuid,
        log=log or calls.writer(account.pk),
        deadline=settings.CALL_DEADLINE,
        operation=operation,
    )
