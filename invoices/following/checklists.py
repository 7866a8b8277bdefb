"""“The receiver did not get it”: what to look at, by the channel the invoice went. Source: domain.md 11, 19."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice

Text = str | Promise

_PROOF: Text = _("Send the receiver the proof of delivery: it names day, route, address and confirmation.")
_ADDRESS: Text = _("Compare the address it went to (in its way) with the one the receiver gives for its e-invoices.")
_AGAIN: Text = _("If the address was another one, send the content again as a new copy with the right address.")
_LISTS: dict[str, tuple[Text, ...]] = {
    "VISMA": (
        _("The receiver is on AutoInvoice: it finds the invoice among its received ones, by its number."),
        _("If its own software shows nothing, that software has not fetched it: ask its support."),
        _ADDRESS,
    ),
    "PEPPOL": (
        _ADDRESS,
        _("It was handed to the receiver's Peppol operator. Ask the receiver to look there, with day and number."),
        _("Receivers may have several addresses, such as one for each department: look the receiver up."),
        _AGAIN,
    ),
    "OPERATOR": (
        _ADDRESS,
        _("The receiver's operator has it. Ask the receiver to have its operator look, with day, number and address."),
        _AGAIN,
    ),
    "BANK": (
        _("Banks hand over once a banking day: an invoice of the afternoon may come the next day."),
        _("Ask the receiver to look in its bank's e-invoice service, not in the account's payments."),
        _ADDRESS,
    ),
    "EMAIL": (
        _("Have the receiver look in junk mail and quarantine, and let mail from AutoInvoice through."),
        _("Compare the e-mail address letter by letter; a shared mailbox may be read by somebody else."),
        _("The mail may hold a link instead of the invoice; links end after some time."),
    ),
    "PRINT": (
        _("Letters take days: economy letters up to a week, abroad longer."),
        _("In Finland the letter may have gone to the receiver's digital mailbox (Kivra, OmaPosti) instead."),
        _("Compare the postal address; a letter that comes back is not told by AutoInvoice."),
    ),
    "": (
        _("AutoInvoice names no route: it may have been sent with delivery prevented."),
        _("Look at its way below, and at how the company's software sent it."),
    ),
}


def not_received(invoice: Invoice) -> tuple[Text, ...]:
    """Return what to look at when the receiver of a delivered invoice says that it is missing."""
    own = _LISTS.get(invoice.destination.upper(), _LISTS["OPERATOR"])
    return (*own, _PROOF)
