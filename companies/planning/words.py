"""Predictions in staff words, in the reader's language."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.enums import RowOutcome, RowResult
from companies.models import ImportRow
from companies.onboarding import ACTIVATE, AUTHORIZE, REGISTER

Text = str | Promise

# Word, tone, icon.
OUTCOMES: dict[str, tuple[Text, str, str]] = {
    RowOutcome.ERROR: (RowOutcome.ERROR.label, "bad", "error"),
    RowOutcome.REFUSED: (RowOutcome.REFUSED.label, "bad", "block"),
    RowOutcome.RESERVED: (RowOutcome.RESERVED.label, "warn", "lock_person"),
    RowOutcome.UNASKED: (RowOutcome.UNASKED.label, "warn", "cloud_off"),
    RowOutcome.CONFLICT: (RowOutcome.CONFLICT.label, "warn", "hub"),
    RowOutcome.SUPPORT: (RowOutcome.SUPPORT.label, "warn", "support_agent"),
    RowOutcome.NEW: (RowOutcome.NEW.label, "good", "add_circle"),
    RowOutcome.ADD: (RowOutcome.ADD.label, "info", "playlist_add"),
    RowOutcome.NOTHING: (RowOutcome.NOTHING.label, "neutral", "check"),
    RowOutcome.UNCHANGED: (RowOutcome.UNCHANGED.label, "neutral", "equal"),
}
RESULTS: dict[str, tuple[Text, str, str]] = {
    RowResult.UNDER_WAY: (RowResult.UNDER_WAY.label, "info", "hourglass_top"),
    RowResult.SIGNATURE: (RowResult.SIGNATURE.label, "warn", "signature"),
    RowResult.REGISTERED: (RowResult.REGISTERED.label, "good", "check_circle"),
    RowResult.CONNECTED: (RowResult.CONNECTED.label, "good", "check_circle"),
    RowResult.OURS: (RowResult.OURS.label, "info", "domain"),
    RowResult.TAKEN: (RowResult.TAKEN.label, "bad", "lock_person"),
    RowResult.CONFLICT: (RowResult.CONFLICT.label, "bad", "hub"),
    RowResult.REFUSED: (RowResult.REFUSED.label, "bad", "block"),
    RowResult.FAILED: (RowResult.FAILED.label, "bad", "error"),
    RowResult.CANCELED: (RowResult.CANCELED.label, "neutral", "do_not_disturb_on"),
    RowResult.NOTHING: (RowResult.NOTHING.label, "neutral", "check"),
    RowResult.LEFT_OUT: (RowResult.LEFT_OUT.label, "neutral", "skip_next"),
}
CALLS: dict[str, Text] = {
    "register": _("Registrations"),
    "authorize": _("Requests for authorization, up to 50 companies each"),
    "looks": _("Looks at what our own proof did"),
    "tokens": _("Tokens"),
    "activate": _("Network activations"),
}
ASKED: dict[str, Text] = {
    "availability": _("Business ids looked up, ten a call"),
    "ours": _("Looks at the list of our companies"),
    "receivers": _("Receivers looked up, one address a call"),
    "failed": _("Calls that failed"),
}
_STEPS: dict[str, Text] = {
    REGISTER: _("Register company"),
    AUTHORIZE: _("Request authorization"),
    ACTIVATE: _("Activate network"),
}
_WHY: dict[str, Text] = {
    "new": _("It is registered."),
    "add": _("It is yours; what is missing is added."),
    "nothing": _("It is yours and nothing is missing."),
    "under_way": _("It is being registered already."),
    "unchanged": _("The row says the same as the last time it was carried out."),
    "support": _("AutoInvoice support has to verify companies of this country."),
    "own_company": _("This is your own partner company. It is nobody's customer: take the row out."),
    "policy": "%(text)s",
    "reserved": _("Another account holds this business id. Ask AutoInvoice support for a change of holder."),
    "taken_over": _("It is yours at AutoInvoice, but not known here yet: it is taken over."),
    "conflict": _(
        "%(holder)s (operator %(operator)s) answers for its address in Peppol. The customer has to end that service "
        "first, else the network refuses."
    ),
    "no_address": _("AutoInvoice cannot derive a Peppol address: scheme and address have to be given afterwards."),
    "not_asked": _("Whether it is free was not asked."),
    "unasked_availability": _("Whether it is free could not be asked: %(said)s"),
    "unasked_ours": _(
        "Another account holds this business id; whether that is one of yours could not be asked: %(said)s"
    ),
    "unasked_receivers": _("Whether its Peppol address is free could not be asked: %(said)s"),
    "unknown_word": _("AutoInvoice answered with a word that the portal does not know: %(said)s."),
    "no_answer": _("AutoInvoice gave no answer for this business id."),
}


def sentences(prediction: dict[str, Any]) -> list[str]:
    """Return why a row is predicted as it is."""
    named = {
        "text": prediction.get("text", ""),
        "said": prediction.get("said", ""),
        "holder": prediction.get("holder") or str(_("Somebody else")),
        "operator": prediction.get("operator") or "?",
    }
    found = [str(_WHY[word]) % named for word in prediction.get("why", ()) if word in _WHY]
    left = [step(part) for part in prediction.get("left", ())]
    if left:
        found.append(str(_("It lacks what was done once and undone since; that is left to you: %(steps)s.")) % {
            "steps": ", ".join(left)
        })  # fmt: skip
    return found


def steps(prediction: dict[str, Any]) -> list[str]:
    """Return the steps of a row in staff words."""
    return [step(" ".join(parts)) for parts in prediction.get("steps", ())]


def step(text: str) -> str:
    kind, _blank, network = text.partition(" ")
    return f"{_STEPS.get(kind, kind)} {network}".strip()


def address(row: ImportRow) -> str:
    """Return the Peppol address that will result; a person's number is masked."""
    scheme = row.prediction.get("scheme", "")
    return f"{scheme}:{row.prediction.get('endpoint') or row.business_id}" if scheme else ""
