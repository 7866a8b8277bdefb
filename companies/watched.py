"""What is watched of companies: requests to sign that ran out."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from companies import moves
from companies.models import Authorization, Company
from portal.lists import counting
from portal.partners.models import PartnerAccount
from portal.watching import EXAMPLES, Example, Found, Watched, register, register_naming


def expired(account: PartnerAccount, least: int) -> Found | None:
    """Requests whose seven days are over, of companies that nobody has asked anew."""
    rows = moves.expired([account])
    count = counting.capped(rows)
    if count < least:
        return None
    text = ngettext(
        "%(count)s request to sign ran out, and nobody has asked anew.",
        "%(count)s requests to sign ran out, and nobody has asked anew.",
        count,
    ) % {"count": count}
    url = f"{reverse('admin:companies_company_changelist')}?standing=expired"
    ordered = rows.select_related("company").order_by("-expires_at")
    return Found(int(count), text, lambda: _examples(ordered[:EXAMPLES]), url)


def _examples(rows: Iterable[Authorization]) -> Iterable[Example]:
    for row in rows:
        url = reverse("admin:companies_company_change", args=[row.company_id])
        title = _("Request of %(day)s") % {"day": row.requested_at.date().isoformat()}
        yield Example(title, url, str(row.company), row.expires_at)


def names(account: PartnerAccount, uuids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of an account's companies by their AutoInvoice ids."""
    known = Company.objects.filter(account=account, uuid__in=list(uuids)).only("uuid", "name")
    return {company.uuid: str(company) for company in known}


register_naming(names)
register(
    Watched(
        name="companies.expired",
        label=_("Signatures expired"),
        measure=_("requests"),
        threshold=1,
        remedy=_("Open the signature desk and send new requests; ask the customer where the old ones went."),
        look=expired,
    )
)
