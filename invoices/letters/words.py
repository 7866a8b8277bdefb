"""What the texts of mass printing mean, and what to do about its refusals. Nobody publishes their list."""

import re

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from invoices.models import PrintJob
from portal.operations.handlers import Remedy
from portal.pills import pill

_MISSING = re.compile(r"\bFILE\w*\b.*(NOT FOUND|UNKNOWN)|UNKNOWN FILE|NO SUCH FILE|^ERROR: NOT FOUND", re.IGNORECASE)
_ACCESS = re.compile(r"KEY|LOGIN|PASSWORD|USER|COMPANY|UNAUTHORI[SZ]ED|ACCESS|VENDOR", re.IGNORECASE)
_REMEDIES: tuple[tuple[re.Pattern[str], str | Promise, str], ...] = (
    (
        re.compile(r"EMAIL.*(ALREADY|IN USE)|^USER EMAIL", re.IGNORECASE),
        _("This e-mail address has an account at the printing service. Register with another address."),
        "staff",
    ),
    (
        re.compile(r"NOT REGISTERED", re.IGNORECASE),
        _("The company is not registered for mass printing. Register it on its Printing tab, then send again."),
        "staff",
    ),
    (
        re.compile(r"API KEY", re.IGNORECASE),
        _("The service does not take the account's vendor key. Ask AutoInvoice support to open printing for it."),
        "support",
    ),
    (
        re.compile(r"COUNTRY|COMPANY NOT FOUND", re.IGNORECASE),
        _("Mass printing is for companies in Finland that AutoInvoice knows. Compare the company's country and id."),
        "staff",
    ),
    (
        re.compile(r"HASH|BASE64|VALID ZIP", re.IGNORECASE),
        _("The ZIP arrived damaged. Send it again; if it happens twice, ask AutoInvoice support."),
        "staff",
    ),
    (
        re.compile(r"FILENAME", re.IGNORECASE),
        _("The file name was used before. Look the job up; print once more only if the letters were never printed."),
        "staff",
    ),
    (
        re.compile(r"LETTERS IN ZIP|TOO LARGE|ENCRYPTED", re.IGNORECASE),
        _("The service cannot take these letters. Give fewer or other files."),
        "customer",
    ),
)


def remedy_for(text: str) -> Remedy | None:
    """Return what to do about a refusal; None: its text is not known to us."""
    found = (Remedy(remedy, by) for pattern, remedy, by in _REMEDIES if pattern.search(text))
    return next(found, None)


def is_registered_already(text: str) -> bool:
    return bool(re.search(r"COMPANY.*ALREADY REGISTERED", text, re.IGNORECASE))


def is_missing(text: str) -> bool:
    """Tell whether a status text says that the service does not have the file."""
    return text.startswith("ERROR") and bool(_MISSING.search(text))


def tells_nothing(text: str) -> bool:
    """Tell whether a status text is about our access, not about the file."""
    return text.startswith("ERROR") and not is_missing(text) and bool(_ACCESS.search(text))


def is_test(text: str) -> bool:
    return "TEST MODE" in text.upper() or "NOT PRINTED" in text.upper()


def is_printed(text: str) -> bool:
    return text.startswith("OK") and "PRINTED" in text.upper() and not is_test(text)


def is_final(text: str) -> bool:
    """Tell whether nothing more is awaited; words that we do not know are looked at again."""
    return (
        is_printed(text)
        or (is_test(text) and text.startswith("OK"))
        or (text.startswith("ERROR") and not tells_nothing(text))
    )


def status_pill(job: PrintJob) -> SafeString:
    text = job.status_text
    if not job.sent_at:
        return pill(_("Not sent"), "neutral", "draft")
    if text.startswith("ERROR"):
        return pill(_("Not printed: error"), "bad", "error")
    if is_test(text):
        return pill(_("Test: nothing is printed"), "warn", "science")
    if is_printed(text):
        return pill(_("Printed"), "good", "print")
    if not text or text.startswith("OK"):
        return pill(_("Being printed"), "info", "schedule")
    return pill(text[:60], "warn", "help")


def mode_pill(*, test_mode: bool) -> SafeString:
    """Return which mode: seen wherever letters are."""
    return (
        pill(_("Test mode: nothing is printed"), "warn", "science")
        if test_mode
        else pill(_("Live: letters are printed and billed"), "info", "print")
    )
