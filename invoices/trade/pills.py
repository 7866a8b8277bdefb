"""How a document's status is shown: word, tone, icon."""

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from invoices.enums import Direction
from invoices.models import BusinessDocument
from invoices.trade.kinds import DocumentStatus
from portal.pills import pill

_LOOKS: dict[str, tuple[str | Promise, str, str]] = {
    DocumentStatus.PROCESSING.value: (DocumentStatus.PROCESSING.label, "info", "schedule_send"),
    DocumentStatus.RESERVED.value: (DocumentStatus.RESERVED.label, "warn", "hourglass_top"),
    DocumentStatus.DELIVERED.value: (DocumentStatus.DELIVERED.label, "good", "check_circle"),
    DocumentStatus.CONFIRMED.value: (DocumentStatus.CONFIRMED.label, "good", "verified"),
    DocumentStatus.FAILED.value: (DocumentStatus.FAILED.label, "bad", "error"),
}
_RECEIVED = (_("Received"), "good", "inbox")


def status_pill(document: BusinessDocument) -> SafeString:
    """Return the status; a word that we do not know is shown as it came."""
    if document.direction == Direction.RECEIVED and document.status == DocumentStatus.DELIVERED:
        return pill(*_RECEIVED)
    unknown = (document.status.replace("_", " ").capitalize() or _("Unknown"), "warn", "help")
    return pill(*_LOOKS.get(document.status, unknown))
