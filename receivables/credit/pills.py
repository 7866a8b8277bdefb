"""How invoice credit is shown: its state as a pill, its terms and its sums in words."""

from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.operations.handlers import Text
from portal.pills import pill
from receivables.enums import ServiceStatus
from receivables.models import InvoiceCredit

_PILLS: dict[str, tuple[Text, str, str]] = {
    ServiceStatus.NONE: (_("Not asked for"), "neutral", "do_not_disturb_on"),
    ServiceStatus.PENDING: (_("Waits for the signature"), "info", "hourglass_top"),
    ServiceStatus.ACTIVE: (_("Active"), "good", "check_circle"),
    ServiceStatus.DISABLED: (_("Not active"), "neutral", "do_not_disturb_on"),
}


def credit_pill(row: InvoiceCredit | None) -> SafeString:
    """Return how the credit stands; a word that we do not know is shown as it came."""
    if row is None:
        return pill(_("Not looked up yet"), "neutral", "help")
    return pill(*_PILLS.get(row.status, (row.status, "neutral", "help")))


def terms_of(terms: dict[str, Any]) -> list[tuple[Text, Text]]:
    """Return terms as they are kept, in words."""
    shown: list[tuple[Text, Text]] = []
    if "credit_limit" in terms:
        shown.append((_("Limit"), euros(Decimal(terms["credit_limit"]))))
    if "interest_rate" in terms:
        shown.append((_("Interest"), _("%(rate)s %% a year") % {"rate": terms["interest_rate"]}))
    if "payment_percent" in terms:
        text = _("%(percent)s %% of each payment") % {"percent": terms["payment_percent"]}
        shown.append((_("Pays the loan back"), text))
    if "b2c_enabled" in terms:
        shown.append((_("Invoices to consumers"), _("Count too") if terms["b2c_enabled"] else _("Do not count")))
    return shown


def figures_of(row: InvoiceCredit) -> list[tuple[Text, str]]:
    """Return the sums that were told last."""
    named: list[tuple[Text, Decimal | None]] = [
        (_("Available"), row.available),
        (_("At most, by limit and invoices"), row.most),
        (_("Invoices that stand for it"), row.collateral),
        (_("Owed to the bank"), row.withdrawn),
        (_("Interest of this month"), row.month_interest),
        (_("Unpaid interest"), row.interest),
    ]
    return [(name, euros(amount)) for name, amount in named if amount is not None]


def euros(amount: Decimal) -> str:
    return f"{number_format(amount, 2, force_grouping=True)} €"
