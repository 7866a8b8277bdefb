"""What the dashboard says of received invoices that are not well here."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from invoices import links
from invoices.enums import Severity
from invoices.hand_overs import handing_over
from invoices.models import Finding, HandOver, Invoice
from portal import dashboard
from portal.dashboard import Accounts, Card


def cards(accounts: Accounts) -> Iterable[Card]:
    """Return counts of what needs somebody; none while all is well."""
    rows = Invoice.objects.filter(account__in=accounts)
    unsaved = rows.received().exclude(files_problem="").count()
    changed = rows.received().filter(files_changed_at__isnull=False).count()
    if unsaved:
        yield Card(
            _("Received, not saved"),
            unsaved,
            links.list_of("receivedinvoice", saved="problem"),
            tone="bad",
            icon="cloud_off",
            hint=_("AutoInvoice keeps them as new."),
            order=43,
        )
    if changed:
        yield Card(
            _("Changed after receiving"),
            changed,
            links.list_of("receivedinvoice", saved="changed"),
            tone="warn",
            icon="difference",
            order=44,
        )
    unhanded = handing_over.stuck(HandOver.objects.filter(account__in=accounts)).count()
    if unhanded:
        yield Card(
            _("Not handed over"),
            unhanded,
            f"{reverse('admin:invoices_handover_changelist')}?state=failed",
            tone="bad",
            icon="forward_to_inbox",
            hint=_("To customers' own systems."),
            order=45,
        )
    open_findings = Finding.objects.filter(account__in=accounts, seen_at=None)
    grave = open_findings.filter(severity__gte=Severity.MEDIUM).count()
    if grave:
        stop = open_findings.filter(severity=Severity.HIGH).exists()
        yield Card(
            _("Warnings by Detect"),
            grave,
            f"{reverse('admin:invoices_finding_changelist')}?seen=no",
            tone="bad" if stop else "warn",
            icon="gpp_maybe",
            hint=_("Received invoices to look at before they are paid."),
            order=46,
        )


dashboard.register_cards(cards)
