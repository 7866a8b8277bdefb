"""How an invoice's status is shown: word, tone, icon."""

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from invoices.enums import Direction, FileOutcome, Severity, Status
from invoices.models import DropFile, Finding, Invoice
from portal.atlas import texts
from portal.pills import pill

_Pill = tuple[str | Promise, str, str]

# TextChoices are texts: plain words find their entry.
_STATUSES: dict[tuple[str, str], _Pill] = {
    (Direction.SENT, Status.PENDING): (Status.PENDING.label, "info", "schedule_send"),
    (Direction.SENT, Status.DELIVERED): (Status.DELIVERED.label, "good", "check_circle"),
    (Direction.SENT, Status.FAILED): (Status.FAILED.label, "bad", "error"),
    (Direction.RECEIVED, Status.PENDING): (_("Arriving"), "info", "hourglass_top"),
    (Direction.RECEIVED, Status.DELIVERED): (_("Received"), "good", "inbox"),
    (Direction.RECEIVED, Status.FAILED): (Status.FAILED.label, "bad", "error"),
}

OUTCOMES: dict[FileOutcome, _Pill] = {
    FileOutcome.READY: (FileOutcome.READY.label, "good", "task"),
    FileOutcome.SAME: (FileOutcome.SAME.label, "neutral", "file_copy"),
    FileOutcome.UNCLEAR: (FileOutcome.UNCLEAR.label, "warn", "help"),
    FileOutcome.UNREADABLE: (FileOutcome.UNREADABLE.label, "bad", "error"),
}


def outcome_pill(row: DropFile) -> SafeString:
    """Return what reading made of a file."""
    return pill(*OUTCOMES[FileOutcome(row.outcome)])


def status_pill(invoice: Invoice) -> SafeString:
    """Return the status, and what is odd about it; a word that we do not know is shown as it came."""
    if invoice.failed_after_delivery:
        return pill(_("Failed after delivery"), "bad", "assignment_return")
    if invoice.is_stuck:
        return pill(
            _("Stuck for %(age)s") % {"age": timesince(invoice.moving_since, depth=1)}, "warn", "hourglass_disabled"
        )
    unknown = (invoice.status.replace("_", " ").capitalize() or _("Unknown"), "warn", "help")
    return pill(*_STATUSES.get((invoice.direction, invoice.status), unknown))


def saved_pill(invoice: Invoice) -> SafeString:
    """Return whether a received invoice is safe here."""
    if invoice.files_changed_at:
        return pill(_("Changed"), "warn", "difference")
    if invoice.files_problem:
        return pill(_("Not saved"), "bad", "cloud_off")
    return pill(_("Saved"), "good", "save") if invoice.files_at else pill(_("Being fetched"), "info", "hourglass_top")


_SEVERITIES = {
    Severity.HIGH: ("bad", "gpp_bad"),
    Severity.MEDIUM: ("warn", "gpp_maybe"),
    Severity.LOW: ("info", "info"),
}


def finding_pill(finding: Finding) -> SafeString:
    """Return how grave a finding is; one that says nothing shows its result."""
    if finding.severity in _SEVERITIES:
        return pill(Severity(finding.severity).label, *_SEVERITIES[Severity(finding.severity)])
    if finding.result == "OK":
        return pill(_("Fine"), "good", "verified_user")
    if finding.result == "NOT_APPLICABLE":
        return pill(_("Does not apply"), "neutral", "remove")
    return pill(_("Running"), "info", "hourglass_top")


def mover_word(by: str) -> str:
    """Return whose move it is, in the viewer's language."""
    return texts.mover(by)
