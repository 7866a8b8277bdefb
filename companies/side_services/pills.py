"""How the states of a company's services are shown: word, tone, icon, and the facts beside them."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from companies.models import Company, ServiceState
from companies.side_services import catalogue
from portal.operations.handlers import Text
from portal.pills import pill

_B2CNO: dict[str, tuple[Text, str, str]] = {
    "ACTIVE": (_("Active"), "good", "check_circle"),
    "FREE": (_("Not taken yet"), "neutral", "do_not_disturb_on"),
    "RESERVED": (_("Held by another sender"), "warn", "lock"),
    "FAULT": (_("Fault"), "bad", "error"),
    "ERROR": (_("Error"), "bad", "error"),
}
_FEATURES: dict[str, Text] = {
    "other_docs": _("other documents"),
    "scan_reminders": _("reminders"),
    "cash_discount_field_scanning": _("cash discounts"),
    "line_scanning": _("invoice lines"),
    "invoice_line_scanning": _("invoice lines"),
    "vat_liable": _("liable to VAT"),
}
_DETAILS: dict[str, Text] = {
    "kid_length": _("Length of the KID"),
    "reference_position": _("Reference in the KID"),
    "account_type": _("Giro"),
    "account_number": _("Giro number"),
    "agreement_id": _("Agreement id"),
    "website": _("Web site"),
    "name": _("Name there"),
}


def service_pill(state: ServiceState | None, service: str = "") -> SafeString:
    """Return how a service stands; a word that we do not know is shown as it came."""
    if state is None and service == catalogue.ODP:
        return pill(_("Number not known"), "neutral", "help")
    if state is None:
        return pill(_("Not looked up yet"), "neutral", "help")
    if state.service == catalogue.B2CNO:
        return pill(*_B2CNO.get(state.status, (state.status, "neutral", "help")))
    if state.service == catalogue.ODP:
        return _odp_pill(state.status)
    if state.status in catalogue.LIVE:
        return pill(_("Active"), "good", "check_circle")
    if state.status in catalogue.COMING:
        return pill(_("Being opened"), "info", "hourglass_top")
    if state.status in catalogue.BROKEN:
        return pill(_("Error"), "bad", "error")
    if state.status in catalogue.OFF:
        return pill(_("Not active"), "neutral", "do_not_disturb_on")
    return pill(state.status or _("Asked for, state not told yet"), "neutral", "help")


def _odp_pill(status: str) -> SafeString:
    known: dict[str, tuple[Text, str, str]] = {
        "TRUSTED": (_("Trusted"), "good", "verified"),
        "CREATED": (_("Known, not trusted"), "warn", "help"),
        "DISABLED": (_("Closed"), "neutral", "do_not_disturb_on"),
    }
    return pill(*known.get(status, (status, "neutral", "help")))


def vendor_pill(company: Company) -> SafeString:
    """Return whether our software is linked; AutoInvoice's words for it are not documented."""
    known: dict[str, tuple[Text, str, str]] = {
        "": (_("Not looked up yet"), "neutral", "help"),
        "linked": (_("Linked"), "good", "link"),
        "not_linked": (_("Not linked"), "warn", "link_off"),
    }
    return pill(*known.get(company.vendor_state, (company.vendor_state, "neutral", "help")))


def facts_of(state: ServiceState) -> list[tuple[Text, str]]:
    """Return what is known of a service, as term and text."""
    facts: list[tuple[Text, str]] = []
    if state.service == catalogue.ATG:
        facts.append((_("Bank account"), state.key))
    if state.service == catalogue.ODP:
        facts.append((_("Number at ODP"), state.key))
    if state.address:
        facts.append((_("Suppliers send to"), state.address))
    facts += [(_("Paper to"), text) for text in [_place(state.details.get("scan_address"))] if text]
    if state.return_email:
        facts.append((_("Return e-mail"), state.return_email))
    facts += [(_("Return address"), text) for text in [_place(state.details.get("return_address"))] if text]
    facts += [(label, str(state.details[name])) for name, label in _DETAILS.items() if state.details.get(name)]
    on = [str(_FEATURES.get(name, name)) for name, value in (state.details.get("features") or {}).items() if value]
    return [*facts, (_("Reads too"), ", ".join(on))] if on else facts


def _place(place: dict[str, str] | None) -> str:
    names = ("name", "address1", "address2", "post_code", "city", "country_code")
    return ", ".join(str((place or {})[name]) for name in names if (place or {}).get(name))
