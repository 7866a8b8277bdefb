"""What AutoInvoice's steps of an invoice mean in staff words. Source: the contract's list of action keys."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices.models import InvoiceAction

_KEYS: dict[str, str | Promise] = {
    "action_created": _("AutoInvoice took the invoice"),
    "action_sent_print": _("Sent to printing"),
    "action_sent_email": _("Sent by e-mail"),
    "action_error": _("Error"),
    "action_route_failed": _("No way to the receiver was found"),
    "action_incoming_receive": _("Arrived from the network"),
    "action_incoming_bank": _("Arrived from a bank"),
    "action_internal_sent": _("Handed over inside AutoInvoice"),
    "action_sent_email_failed": _("The e-mail did not arrive"),
    "action_seen": _("Opened by the receiver"),
    "action_send_fail": _("Sending failed"),
    "action_accepted": _("Accepted by the receiver"),
    "action_paper_ordered": _("Asked for on paper"),
    "action_sent_paper": _("Sent on paper"),
    "action_expired": _("Not opened in time"),
    "action_confirmed": _("The receiver's operator confirmed it"),
    "action_declined": _("Declined by the receiver"),
    "action_disputed": _("Disputed by the receiver"),
    "action_archived": _("Archived"),
    "action_paid": _("Marked as paid"),
    "action_reminder": _("Reminder sent"),
    "action_delivered": _("Delivered"),
    "action_delivery_failed": _("Delivery failed afterwards"),
    "action_signed": _("Signed"),
    "action_trx_ok": _("Handed to the receiver's operator"),
    "action_trx_fail": _("Handing over failed"),
    "action_trx_delay": _("Handing over is delayed"),
    "action_canceled": _("Canceled"),
    "action_collection": _("Moved to collection"),
    "action_notice": _("Notice"),
    "action_reminder_and_collection": _("Handed to reminding and collection"),
    "action_send_without_attachments": _("Sent without its attachments"),
}
_TYPES: dict[str, str | Promise] = {
    "RECEIVED": _("Received"),
    "CREATED": _("Created"),
    "SENT": _("Sent"),
    "DELIVERED": _("Delivered"),
    "INFO": _("Note"),
    "ERROR": _("Error"),
}
_TONES = {"ERROR": "bad", "DELIVERED": "good", "RECEIVED": "good", "SENT": "info", "CREATED": "info"}
_CHANNELS: dict[str, str | Promise] = {
    "EINVOICE": _("e-invoice"),
    "PRINT": _("letter"),
    "SCAN": _("scan"),
    "EMAIL": _("e-mail"),
}

_ROUTES: dict[str, str | Promise] = {
    "VISMA": _("inside AutoInvoice"),
    "PEPPOL": _("Peppol"),
    "BANK": _("the bank network"),
    "OPERATOR": _("the receiver's operator"),
    "EMAIL": _("e-mail"),
    "PRINT": _("letter"),
}
_ORIGINS: dict[str, str | Promise] = {
    "INTERNAL": _("inside AutoInvoice"),
    "EXTERNAL": _("another operator or network"),
    "SCAN": _("scanning"),
}
# Names seen in the details of channels.
_DETAILS: dict[str, str | Promise] = {
    "destination": _("Route"),
    "address": _("Address"),
    "network": _("Network"),
    "operator": _("Operator"),
    "email": _("E-mail address"),
    "recipient_eia": _("E-invoice address"),
}


def word_of(action: InvoiceAction) -> str | Promise:
    """Return the step in staff words: by its key, else by its type; an unknown one as it came."""
    return _KEYS.get(action.key) or _TYPES.get(action.type) or action.key or action.type


def tone_of(action: InvoiceAction) -> str:
    return _TONES.get(action.type, "neutral")


def channel_of(action: InvoiceAction) -> str | Promise:
    """Return the channel in staff words; "" when AutoInvoice names none."""
    return _CHANNELS.get(action.channel, action.channel.lower())


def details_of(action: InvoiceAction) -> list[tuple[str | Promise, str | Promise]]:
    """Return what is told of a step's channel as (name, value); names and routes that we do not know as they came."""
    return [
        (_DETAILS.get(name, name.replace("_", " ")), route_of(value) if name in ("destination", "network") else value)
        for name, value in action.details.items()
    ]


def origin_of(origin: str) -> str | Promise:
    """Return AutoInvoice's word for where an invoice came from, in staff words."""
    return _ORIGINS.get(origin.upper(), origin)


def route_of(destination: str) -> str | Promise:
    """Return AutoInvoice's word for where an invoice went, in staff words."""
    return _ROUTES.get(destination.upper(), destination)
