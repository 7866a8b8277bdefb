"""
What Detect's checks and reasons mean for staff: how grave, and what to do. Source: the contract's reason codes.

A word that is not here is shown as it came, and counts as something to look at: never as fine.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from invoices.enums import Severity

Text = str | Promise
CHECKS: dict[str, Text] = {
    "SENDER_WARNING_LIST": _("Sender on warning lists"),
    "BANK_ACCOUNT_CHANGED": _("Bank account changed"),
    "SENDER_BID_STATUS": _("Sender's business id"),
    "VAT": _("Sender's VAT registration"),
    "SUPPLIER_ACTIVATION": _("Supplier could send e-invoices"),
}
# Ours → AutoInvoice's, which names two languages by their countries.
_LANGUAGES = {"en": "EN", "fi": "FI", "sv": "SE", "nb": "NO", "nn": "NO", "no": "NO", "da": "DK", "nl": "NL"}
_PENDING = "PENDING"
# Results that are no reason to look, with the reasons that are known for them.
_FINE = {
    "OK": {
        "SUPPLIER_ACTIVATION_COMPANY_CAN_ONLY_SEND_SCAN",
        "BANK_ACCOUNT_CHANGED_NOT_CHANGED",
        "SENDER_BID_STATUS_FOUND",
        "SENDER_BID_STATUS_PREPAYMENT_REGISTER_FOUND",
        "SENDER_WARNING_LIST_NOT_FOUND",
        "VAT_COMPANY_REGISTERED",
    },
    "NOT_APPLICABLE": {
        "SUPPLIER_ACTIVATION_INVOICE_NOT_FROM_SCAN",
        "BANK_ACCOUNT_CHANGED_NO_BANK_ACCOUNTS",
        "SENDER_BID_STATUS_COUNTRY_NOT_SUPPORTED",
        "VAT_NO_VAT_CHARGED",
        *(f"{check}_NOT_AN_INVOICE" for check in CHECKS),
    },
}


@dataclass(frozen=True, slots=True)
class Meaning:
    severity: Severity
    title: Text
    advice: Text = ""


_CALL = _("Call the sender at a number that you know from elsewhere, not one on this invoice, before it is paid.")
_NO_INPUT = Meaning(
    Severity.LOW, _("The invoice lacks what the check needs"), _("Check by hand what the check would have looked at.")
)
_COULD_NOT_RUN = Meaning(Severity.LOW, _("The check could not be run"), _("Run the check again; it may work later."))
_MEANINGS: dict[str, Meaning] = {
    "SENDER_WARNING_LIST_FOUND": Meaning(
        Severity.HIGH,
        _("The sender is on a warning list"),
        _("Do not pay. Read the list, and report the invoice."),
    ),
    "SENDER_WARNING_LIST_USER_REPORTED_FOUND": Meaning(
        Severity.HIGH, _("Others have reported the sender for fraud"), _("Do not pay before you know the sender.")
    ),
    "BANK_ACCOUNT_CHANGED_CHANGED": Meaning(Severity.HIGH, _("The bank account is another than before"), _CALL),
    "BANK_ACCOUNT_CHANGED_UNKNOWN": Meaning(
        Severity.LOW,
        _("The sender's first invoice: its bank account is new"),
        _("Is the sender known, and was it ordered?"),
    ),
    "SENDER_BID_STATUS_BANKRUPT": Meaning(
        Severity.HIGH, _("The sender is bankrupt"), _("Pay to the estate's account only; ask the trustee.")
    ),
    "SENDER_BID_STATUS_INACTIVE": Meaning(Severity.HIGH, _("The sender's business has ended"), _CALL),
    "SENDER_BID_STATUS_NOT_FOUND": Meaning(Severity.HIGH, _("The sender's business id is in no register"), _CALL),
    "SENDER_BID_STATUS_INVALID_BID": Meaning(
        Severity.HIGH,
        _("The sender's business id cannot be right"),
        _("Look the sender up by its name."),
    ),
    "SENDER_BID_STATUS_NOT_FOUND_NO_BID": Meaning(
        Severity.MEDIUM, _("The sender gives no business id"), _("An invoice has to name it: ask for a correct one.")
    ),
    "SENDER_BID_STATUS_UNDER_LIQUIDATION": Meaning(
        Severity.MEDIUM, _("The sender is being wound up"), _("Check the account before it is paid.")
    ),
    "SENDER_BID_STATUS_UNDER_REORGANIZATION": Meaning(
        Severity.MEDIUM, _("The sender is being reorganised"), _("Check the account before it is paid.")
    ),
    "SENDER_BID_STATUS_ON_HOLD": Meaning(
        Severity.MEDIUM, _("The sender's business rests"), _("Ask what the invoice is for.")
    ),
    "SENDER_BID_STATUS_PREPAYMENT_REGISTER_NOT_FOUND": Meaning(
        Severity.MEDIUM,
        _("The sender is not in the prepayment register"),
        _("The payer has to withhold tax."),
    ),
    "VAT_COMPANY_NOT_REGISTERED": Meaning(
        Severity.HIGH,
        _("The sender charges VAT without being registered"),
        _("It cannot be deducted: ask for another."),
    ),
    "SUPPLIER_ACTIVATION_COMPANY_CAN_SEND_ELECTRONIC": Meaning(
        Severity.LOW, _("The supplier could send e-invoices"), _("Ask for them, under Suppliers on the company's page.")
    ),
}


def meaning_of(check: str, result: str, reason: str) -> Meaning:
    """Return how grave a result is, its title, and what to do."""
    known = _MEANINGS.get(reason)
    if known is not None and result == "WARNING":
        return known
    if not result and reason == f"{check}_{_PENDING}":
        return Meaning(Severity.NONE, _("The check is running"))
    if reason in _FINE.get(result, ()):
        return Meaning(Severity.NONE, _("Nothing to note") if result == "OK" else _("Does not apply to this invoice"))
    if result == "FAILED":
        return _COULD_NOT_RUN
    if result == "WARNING" and reason == f"{check}_INVALID_INPUT":
        return _NO_INPUT
    words = " ".join(filter(None, (result, reason))) or "–"
    return Meaning(Severity.MEDIUM, words, _("The portal does not know this word: read what AutoInvoice says."))


def check_name(check: str, names: dict[str, str]) -> Text:
    """Return a check's name: AutoInvoice's in the viewer's language, else ours, else its word."""
    return in_language(names) or CHECKS.get(check) or check


def in_language(texts: dict[str, str]) -> str:
    """Return a text of AutoInvoice's in the viewer's language; English, or any, where there is none."""
    wanted = _LANGUAGES.get((get_language() or "en").partition("-")[0], "EN")
    return texts.get(wanted) or texts.get("EN") or next(iter(texts.values()), "")


# Reasons of a report of fraud, for when AutoInvoice does not tell its own words. Source: postV1InvoicesIdReports
REASONS: dict[str, Text] = {
    "NONEXISTENT_PRODUCT": _("Nothing was ordered or delivered"),
    "OFFERS_AS_INVOICES": _("An offer made to look like an invoice"),
    "UNKNOWN_COMPANY": _("The sender is not known"),
    "INVOICE_NOT_FOLLOWING_LAW": _("The invoice lacks what the law demands"),
    "MISLEADING_NAME": _("The sender's name misleads"),
    "IMPOSSIBLE_TO_CONTACT": _("The sender cannot be reached"),
    "MISLEADING_MARKETING": _("The purchase came about by misleading"),
    "COMPANY_NOT_FOLLOWING_LAW": _("The sender breaks the law"),
    "KNOWN_FOR_FRAUD_ATTEMPTS": _("The sender is known for attempts at fraud"),
    "KNOWN_FOR_SUSPICIOUS_ACTIVITIES": _("The sender is known for dubious business"),
}
REPORT_IS_NOT = _("A report does not dispute the invoice, and goes neither to its sender nor to an authority.")
