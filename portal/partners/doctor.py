"""What `manage.py doctor` says of partner accounts: each is tried at AutoInvoice."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal import maventa
from portal.doctor import Finding, Level
from portal.partners import checks, clients
from portal.partners.fields import WrongFieldKeyError
from portal.partners.models import PartnerAccount

_LEVELS = {checks.Level.GOOD: Level.OK, checks.Level.WARN: Level.WARN, checks.Level.BAD: Level.FAIL}
_MEND = _("Open the account in the admin and press Test connection.")


def look_at_accounts() -> Iterator[Finding]:
    """Yield how each active account is: its keys, its host, its rights."""
    accounts = PartnerAccount.objects.active().defer("user_key", "vendor_key")
    if not accounts:
        mend = _("Add one in the admin under System, Partner accounts.")
        yield Finding("accounts", Level.WARN, _("There is no active partner account."), mend)
    for account in accounts:
        yield from _look_at(account)


def _look_at(account: PartnerAccount) -> Iterator[Finding]:
    subject = f"account {account.name}"
    try:
        credentials = clients.credentials_of(account)
    except WrongFieldKeyError:
        mend = _("Add the key they were encrypted with to FIELD_KEYS, or type them in again in the admin.")
        yield Finding(subject, Level.FAIL, _("Its keys cannot be read."), mend)
        return
    except maventa.ConfigurationError as exc:
        yield Finding(subject, Level.FAIL, exc.staff_text, _("Correct its addresses in the admin."))
        return
    for found in checks.check_connection(credentials).findings:
        good = found.level is checks.Level.GOOD
        yield Finding(subject, _LEVELS[found.level], found.text, "" if good else _MEND)
