"""
What staff do about a refusal of AutoInvoice: known code or text → remedy and whose move it is.

Add a line to `_BY_CODE` or `_BY_TEXT` when a new one is met; unknown ones are shown in AutoInvoice's own words.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from companies.enums import Mover
from portal import maventa
from portal.operations.handlers import Remedy

BID_TAKEN = "bid_taken"

_TAKEN = Remedy(
    _(
        "Another account holds this business id: one company, one account. Ask the customer who opened it; "
        "AutoInvoice support can move it to us, or an account administrator can invite us as a user."
    ),
    Mover.SUPPORT,
)
_UNVERIFIED = Remedy(
    _("The company is not verified yet. Get its authorization signed, then this can be done again."), Mover.SIGNER
)
# Texts that documents print, matched in capitals inside message and details.
_BY_TEXT: Mapping[str, Remedy] = {
    "BID ALREADY TAKEN": _TAKEN,
    "VISMA NETWORK MUST BE ENABLED FIRST": Remedy(_("Activate VISMA first; the others follow when it is active.")),
    "GIVE SCHEME AND ENDPOINT_ID": Remedy(
        _("AutoInvoice cannot derive the address from the business id. Check its digits, or give scheme and address.")
    ),
}
_BY_CODE: Mapping[str, Remedy] = {
    "profile_name_conflict": Remedy(
        _("The network has some of these profiles already. Look the company up, then close the old registration.")
    ),
    "profile_eia_conflict": Remedy(
        _(
            "The address is registered already, probably by the company's former operator. The customer has to end "
            "that service; then try again. The company's open case names the holder and has the letters."
        ),
        Mover.CUSTOMER,
    ),
    "profile_eia_bid_conflict": Remedy(
        _("The address belongs to another business id. Check business id, scheme and address.")
    ),
    "profile_not_supported": Remedy(
        _("The network does not take this profile, version or market. Choose others, or ask AutoInvoice support.")
    ),
    "profile_registry_not_supported": Remedy(
        _("The registry of this network takes no such registration. Ask AutoInvoice support."), Mover.SUPPORT
    ),
    "profile_deletion_not_allowed": Remedy(
        _("AutoInvoice does not let go of this registration while others depend on it. Close those first.")
    ),
    "invalid_parameters": Remedy(_("AutoInvoice does not take a value as it is. Correct it and try again.")),
    "conflict": Remedy(_("The state at AutoInvoice is another one than here. Look the company up and try again.")),
}


def is_bid_taken(error: maventa.RejectedError) -> bool:
    """Tell whether a registration was refused because the business id has an account. Only the text is documented."""
    return "BID ALREADY TAKEN" in _words(error)


def remedy_for(error: maventa.RejectedError) -> Remedy | None:
    """Return what to do about a refusal; None: not known to us."""
    words = _words(error)
    for text, remedy in _BY_TEXT.items():
        if text in words:
            return remedy
    if error.status == 401:
        return _UNVERIFIED
    return _BY_CODE.get(error.code)


def _words(error: maventa.RejectedError) -> str:
    return " ".join((error.code.replace("_", " "), error.text, *error.details)).upper()
