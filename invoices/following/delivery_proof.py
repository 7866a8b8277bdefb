"""What proves that an invoice was handed over: who, what, when, by which channel, confirmed by whom, and its files."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from invoices.enums import Status
from invoices.following import words
from invoices.models import Invoice, InvoiceAction, Upload

Text = str | Promise
_CONFIRMING = ("action_confirmed", "action_seen", "action_accepted", "action_paid")


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof, in the viewer's zone; `is_delivered` tells whether it proves a delivery, or only attempts."""

    title: str
    is_delivered: bool
    verdict: str
    facts: tuple[tuple[str, str], ...]
    trail: tuple[tuple[str, str], ...]  # (when, what)
    files: tuple[tuple[str, str], ...]  # (name, SHA-256)
    made_at: str

    @property
    def text(self) -> str:
        """Return it as plain text, for an e-mail."""
        lines = [self.title, "", self.verdict, ""]
        lines += [f"{name}: {value}" for name, value in self.facts]
        lines += ["", _("Steps at AutoInvoice")] + [f"{at}  {what}" for at, what in self.trail]
        lines += ["", _("Files (SHA-256)")] + [f"{digest}  {name}" for name, digest in self.files]
        return "\n".join([*lines, "", self.made_at])


def of(invoice: Invoice, upload: Upload | None) -> Proof:
    """Return the proof of a sent invoice, by what AutoInvoice has told."""
    actions = list(invoice.actions.all())
    is_delivered = invoice.status == Status.DELIVERED
    title = _("Proof of delivery") if is_delivered else _("Record of delivery attempts")
    return Proof(
        title=f"{title}: {_('invoice %(number)s') % {'number': invoice}}",
        is_delivered=is_delivered,
        verdict=_verdict(invoice, actions),
        facts=tuple(_facts(invoice, actions)),
        trail=tuple((_when(action.happened_at), _step(action)) for action in actions),
        files=tuple(_files(invoice, upload)),
        made_at=_("As known to the portal on %(at)s, from AutoInvoice's own record.") % {"at": _when(timezone.now())},
    )


def _verdict(invoice: Invoice, actions: list[InvoiceAction]) -> str:
    route = {"route": words.route_of(invoice.destination) if invoice.destination else _("not named")}
    if invoice.status == Status.FAILED and invoice.delivered_at:
        return _("The invoice was handed over (route: %(route)s) and came back afterwards: it has failed.") % route
    if invoice.status == Status.FAILED:
        return _("The invoice was not delivered.")
    if invoice.status != Status.DELIVERED:
        return _("The invoice is on its way; a delivery is not known yet.")
    if any(action.key in _CONFIRMING for action in actions):
        return _("The invoice was delivered (route: %(route)s), and the receiving side has confirmed it.") % route
    return _("The invoice was delivered (route: %(route)s). This route gives no confirmation beyond that.") % route


def _facts(invoice: Invoice, actions: list[InvoiceAction]) -> Iterator[tuple[str, str]]:
    total = number_format(invoice.total_amount, 2) if invoice.total_amount is not None else ""
    found = {
        _("Sender"): _party(str(invoice.company), invoice.company.country, invoice.company.business_id),
        _("Receiver"): _party(invoice.counterparty_name, invoice.counterparty_country, invoice.business_id),
        _("Invoice"): invoice.number,
        _("Invoice date"): date_format(invoice.invoice_date, "SHORT_DATE_FORMAT") if invoice.invoice_date else "",
        _("Total"): f"{total} {invoice.currency}".strip(),
        _("UUID at AutoInvoice"): str(invoice.uuid),
        _("Taken by AutoInvoice"): _when(invoice.created_at),
        _("Delivered"): _when(invoice.delivered_at) if invoice.delivered_at else "",
        _("Channel"): str(words.channel_of(last)) if (last := _last_with_channel(actions)) else "",
        _("Route"): str(words.route_of(invoice.destination)) if invoice.destination else "",
        _("Destination"): _destination(invoice, actions),
        _("Confirmation"): _confirmation(actions),
    }
    yield from ((name, value) for name, value in found.items() if value)


def _party(name: str, country: str, business_id: str) -> str:
    identity = f"{country} {business_id}".strip()
    return f"{name} ({identity})" if name and identity else name or identity


def _last_with_channel(actions: list[InvoiceAction]) -> InvoiceAction | None:
    return next((action for action in reversed(actions) if action.channel), None)


def _destination(invoice: Invoice, actions: list[InvoiceAction]) -> str:
    told = next((action.details["address"] for action in reversed(actions) if action.details.get("address")), "")
    return told or invoice.counterparty_address


def _confirmation(actions: list[InvoiceAction]) -> str:
    confirmed = [action for action in actions if action.key in _CONFIRMING]
    return "; ".join(f"{words.word_of(action)} ({_when(action.happened_at)})" for action in confirmed)


def _step(action: InvoiceAction) -> str:
    channel = f" ({words.channel_of(action)})" if action.channel else ""
    return f"{words.word_of(action)}{channel}"


def _files(invoice: Invoice, upload: Upload | None) -> Iterator[tuple[str, str]]:
    if upload:
        yield _("%(name)s, as it was given") % {"name": upload.name}, upload.sha256
    for file in invoice.files.all():
        yield f"{file.name}, {file.get_kind_display()}", file.sha256


def _when(at: object) -> str:
    local = timezone.localtime(at)  # type: ignore[arg-type]
    return f"{date_format(local, 'Y-m-d H:i:s')} {local.tzname()}"
