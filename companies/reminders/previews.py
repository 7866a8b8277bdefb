"""A reminder as it would go, for staff to look at."""

from datetime import timedelta

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.enums import AuthorizationState
from companies.models import Authorization, Company
from companies.operations.authorization import VALID
from companies.reminders import letters as reminders
from companies.reminders.texts import Text
from portal.outbound.mailing import Mail
from portal.partners.models import PartnerAccount


def preview(account: PartnerAccount, locale: str, text: Text) -> Mail:
    """Return the mail about requests of the account that wait now; where none does, about an invented one."""
    waiting = Authorization.objects.filter(account=account, on_desk=True, state=AuthorizationState.OPEN)
    fitting = waiting.exclude(expires_at=None).select_related("company").order_by("requested_at")
    first = fitting.filter(locale=locale).first() or fitting.first() or _invented(account)
    same = list(fitting.filter(signer_key=first.signer_key)[:5]) if first.pk else []
    for request in (first, *same):
        request.account = account
    addressed = reminders.address(same or [first], text=text)
    return reminders.write(msgspec.structs.replace(addressed, locale=locale), "")


def to_myself(mail: Mail, email: str) -> Mail:
    """Return a preview as a mail to a member of staff."""
    return msgspec.structs.replace(mail, to=email, subject=_("Test: %(subject)s") % {"subject": mail.subject})


def _invented(account: PartnerAccount) -> Authorization:
    now = timezone.now()
    company = Company(account=account, name=_("Example company"), uuid=account.company_uuid)
    return Authorization(
        account=account,
        company=company,
        email="signer@example.com",
        signer_name=_("Example signer"),
        locale="EN",
        requested_at=now - timedelta(days=5),
        expires_at=now + VALID - timedelta(days=5),
    )
