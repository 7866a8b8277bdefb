"""What is watched of collection: invoices that an agency did not take."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.lists import counting
from portal.partners.models import PartnerAccount
from portal.watching import EXAMPLES, Example, Found, Watched, register
from receivables.enums import HandOverStatus
from receivables.models import HandOver


def refused(account: PartnerAccount, least: int) -> Found | None:
    """Invoices that staff handed over and the agency refused."""
    rows = HandOver.objects.filter(account=account, status=HandOverStatus.ERROR)
    count = counting.capped(rows)
    if count < least:
        return None
    text = ngettext(
        "%(count)s invoice was refused by its collection agency.",
        "%(count)s invoices were refused by their collection agency.",
        count,
    ) % {"count": count}
    url = f"{reverse('admin:receivables_handover_changelist')}?status={HandOverStatus.ERROR}"
    latest = rows.select_related("company", "invoice").order_by("-created_at")
    return Found(int(count), text, lambda: _examples(latest[:EXAMPLES]), url)


def _examples(rows: Iterable[HandOver]) -> Iterable[Example]:
    for row in rows:
        title = _("Invoice %(number)s to %(agency)s") % {"number": row.invoice, "agency": row.get_agency_display()}
        url = reverse("admin:receivables_hand_over", args=[row.invoice_id])
        yield Example(title, url, str(row.company), row.fact_at)


register(
    Watched(
        name="receivables.hand_overs",
        label=_("Collection agencies refuse invoices"),
        measure=_("invoices"),
        threshold=1,
        remedy=_("Read what the agency says, correct the hand-over, and hand it over again."),
        look=refused,
    )
)
