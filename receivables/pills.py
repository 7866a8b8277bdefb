"""How agencies, hand-overs, assignments and events are shown. Words that we do not know are shown as they came."""

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.operations.handlers import Text
from portal.pills import pill
from receivables.collection.agencies import EXPRESS, FULL, title_of
from receivables.enums import AssignmentStatus, EventType, HandOverStatus, Origin, ProposalState, ServiceStatus, Stage
from receivables.models import Assignment, AssignmentEvent, CollectionService, HandOver, PaymentProposal

_SERVICES: dict[str, tuple[Text, str, str]] = {
    ServiceStatus.ACTIVE: (_("Active"), "good", "check_circle"),
    ServiceStatus.PENDING: (_("Waiting for the agreement"), "warn", "hourglass_top"),
    ServiceStatus.DISABLED: (_("Not active"), "neutral", "do_not_disturb_on"),
    ServiceStatus.NONE: (_("Not active"), "neutral", "do_not_disturb_on"),
}
_HAND_OVERS: dict[str, tuple[Text, str, str]] = {
    HandOverStatus.DRAFT: (_("Being prepared"), "neutral", "draft"),
    HandOverStatus.PENDING: (_("On its way to the agency"), "info", "schedule_send"),
    HandOverStatus.SENT: (_("With the agency"), "good", "check_circle"),
    HandOverStatus.ERROR: (_("Refused by the agency"), "bad", "error"),
}
_ASSIGNMENTS: dict[str, tuple[Text, str, str]] = {
    AssignmentStatus.OPEN: (_("Open"), "info", "pending"),
    AssignmentStatus.PARTIALLY_CLOSED: (_("Capital paid, charges open"), "warn", "hourglass_bottom"),
    AssignmentStatus.CLOSED: (_("Closed"), "good", "check_circle"),
}
_KINDS: dict[str, Text] = {FULL: _("Kassavirta"), EXPRESS: _("Perintä")}
_DETAILS: dict[str, Text] = {
    "iban": _("IBAN"),
    "bic": _("BIC"),
    "bank": _("Bank"),
    "contact_person": _("Contact person"),
    "contact_email": _("Contact e-mail"),
    "contact_phone_number": _("Contact phone"),
    "customer_service_email": _("Customer service"),
    "customer_service_phone_number": _("Customer service phone"),
    "authorization_email": _("Identifies the company"),
    "agreement_contact_name": _("Contact for the contract"),
    "agreement_contact_email": _("Contact e-mail"),
    "agreement_contact_phone": _("Contact phone"),
    "real_estate_management_company": _("Property manager"),
}
_PARTIES: dict[str, Text] = {"vfsfi": _("Amili"), "company": _("The company")}


def service_pill(state: CollectionService | None) -> SafeString:
    if state is None:
        return pill(_("Not looked up yet"), "neutral", "help")
    if state.status == ServiceStatus.DISABLED and state.was_pending:
        return pill(_("Declined"), "bad", "cancel")
    return pill(*_SERVICES.get(state.status, (state.status, "neutral", "help")))


def hand_over_pill(row: HandOver) -> SafeString:
    return pill(*_HAND_OVERS.get(row.status, (row.status, "neutral", "help")))


def assignment_pill(row: Assignment) -> SafeString:
    if not row.status:
        return pill(_("Being looked up"), "neutral", "sync")
    return pill(*_ASSIGNMENTS.get(row.status, (row.status, "neutral", "help")))


def stage_of(row: Assignment) -> Any:
    """Return how far collecting has come, in words; an unknown word as it came."""
    return dict(Stage.choices).get(row.stage, row.stage) or "–"


def event_word(event: AssignmentEvent) -> Any:
    """Return what happened; money that the company told of is a direct payment."""
    if event.type == EventType.PAID and event.origin == Origin.COMPANY:
        return _("Direct payment")
    return dict(EventType.choices).get(event.type, event.type) or "–"


def origin_word(event: AssignmentEvent) -> Any:
    return dict(Origin.choices).get(event.origin, event.origin) or "–"


def facts_of(state: CollectionService) -> list[tuple[Text, str]]:
    """Return what is known of a service, as term and text."""
    facts: list[tuple[Text, str]] = []
    if state.service_type:
        facts.append((_("Service"), str(_KINDS.get(state.service_type, state.service_type))))
    if party := state.details.get("accountable_party"):
        facts.append((_("Follows the payments"), str(_PARTIES.get(party, party))))
    facts += [(label, str(state.details[name])) for name, label in _DETAILS.items() if state.details.get(name)]
    billing = state.details.get("billing_address") or {}
    if billing:
        parts = [*billing.get("streets", []), billing.get("zip_code"), billing.get("city"), billing.get("country")]
        facts.append((_("Billing address"), ", ".join(part for part in parts if part)))
    account = state.details.get("vfsfi") or {}
    if account.get("iban"):
        facts.append((_("On the invoices"), f"{title_of(state.agency)} {account['iban']}"))
    notes = [note["phrase"] for note in account.get("notes", []) if note.get("phrase")]
    return [*facts, (_("Printed on the invoices"), " / ".join(notes))] if notes else facts


def proposal_pill(row: PaymentProposal) -> SafeString:
    """Return what staff have said of a bank row."""
    known: dict[str, tuple[Text, str, str]] = {
        ProposalState.PROPOSED: (_("To confirm"), "warn", "help"),
        ProposalState.TOLD: (_("Told to the agency"), "good", "check_circle"),
        ProposalState.REJECTED: (_("Set aside"), "neutral", "do_not_disturb_on"),
    }
    return pill(*known.get(row.state, (row.state, "neutral", "help")))


def seen_pill(event: AssignmentEvent) -> SafeString:
    """Return whether somebody has looked at an event; the company's own need no look."""
    if event.seen or event.origin != Origin.AGENCY:
        return pill(_("Seen"), "neutral", "visibility")
    return pill(_("New"), "warn", "mark_email_unread")
