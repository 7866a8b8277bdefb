"""
The settings of a company at AutoInvoice, as data: blocks, their fields, and what staff need to know about each.

A field is named by its block and a path with dots, such as `send_invoice_email` and `content_data.contact.email`.
Source: getV1CompanySettings, patchV1CompanySettings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Remote = Mapping[str, Any]  # a block as AutoInvoice has it, or parts of it


class Kind(Enum):
    """What a value is, and so how it is typed, checked and compared."""

    TEXT = "text"
    LONG_TEXT = "long text"
    EMAIL = "email"
    EMAILS = "emails"
    SWITCH = "switch"
    NUMBER = "number"
    CHOICE = "choice"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Field:
    """
    One value of a block.

    :ivar formats: of a picture, as Pillow names them
    :ivar countries: companies of these only; empty: all
    :ivar confirmed_later: AutoInvoice shows the new value only when somebody has confirmed it
    """

    path: str
    label: Text
    help: Text = ""
    kind: Kind = Kind.TEXT
    choices: tuple[tuple[str, Text], ...] = ()
    shortest: int = 0
    longest: int = 200
    formats: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    confirmed_later: bool = False

    @property
    def is_needed(self) -> bool:
        """Tell whether AutoInvoice needs some value: it cannot be emptied."""
        return self.shortest > 0


@dataclass(frozen=True, slots=True)
class Block:
    name: str
    title: Text
    help: Text
    icon: str
    fields: tuple[Field, ...]

    def field(self, path: str) -> Field:
        return next(field for field in self.fields if field.path == path)

    def fields_for(self, country: str) -> tuple[Field, ...]:
        """Return the fields that companies of a country have."""
        return tuple(field for field in self.fields if not field.countries or country in field.countries)


_ON, _OFF = _("on"), _("off")
BLOCKS: dict[str, Block] = {
    block.name: block
    for block in (
        Block(
            "details",
            _("Details"),
            _("Name and contact as AutoInvoice shows them. Country and business id of an account never change."),
            "badge",
            (
                Field("name", _("Company name"), shortest=3),
                Field(
                    "email", _("E-mail"), _("AutoInvoice writes here about the account."), Kind.EMAIL, shortest=1
                ),
                Field("website", _("Website"), _("With https:// in front.")),
            ),
        ),
        Block(
            "address",
            _("Address"),
            _("The sender's address on letters and e-mails."),
            "home_pin",
            (
                Field("street_address", _("Street address"), shortest=1),
                Field("post_code", _("Post code"), shortest=1, longest=20),
                Field("post_office", _("Post office"), shortest=1, longest=100),
                Field("city", _("City"), longest=100),
            ),
        ),
        Block(
            "invoice_notifications",
            _("Notifications"),
            _("Whom AutoInvoice tells when an invoice has come, or could not be sent."),
            "notifications",
            (
                Field(
                    "on_receiving.enabled", _("Tell of received invoices"),
                    _("An e-mail for each invoice that comes in."), Kind.SWITCH,
                ),
                Field(
                    "on_receiving.how_to_send", _("Whom to tell"),
                    _("AutoInvoice documents one way: the address below."), Kind.CHOICE,
                    (("OTHER_EMAIL", _("The address below")),),
                ),
                Field(
                    "on_receiving.other_email", _("Address for received invoices"),
                    _("Needed while received invoices are told."), Kind.EMAIL,
                ),
                Field(
                    "on_send_errors.to_user", _("Tell the sending user of errors"),
                    _("Whoever's key sent the invoice: for invoices from here that is our own user."), Kind.SWITCH,
                ),
                Field(
                    "on_send_errors.to_emails", _("Tell these of errors too"), _("One address a line."), Kind.EMAILS
                ),
            ),
        ),
        Block(
            "send_invoice_email",
            _("Sending by e-mail"),
            _("How invoices look that go to a receiver's mailbox because no network reaches the receiver."),
            "mail",
            (
                Field("enabled", _("Send by e-mail"), _("Off: such invoices go on to printing, or fail."), Kind.SWITCH),
                Field(
                    "how_to_send", _("How the invoice is attached"), "", Kind.CHOICE,
                    (
                        ("EMBEDDED", _("As a PDF")),
                        ("EMBEDDED_MERGE", _("As one PDF with the attachments in it")),
                        ("WITH_LINK", _("As a link")),
                        ("WITH_OBJECTIONS", _("As a link, where the receiver can object")),
                    ),
                ),
                Field(
                    "reminder_frequency", _("Remind after days"),
                    _("Of an e-mail whose invoice nobody has opened. 0: never."), Kind.NUMBER,
                ),
                Field(
                    "content_data.note_to_receiver", _("Note to the receiver"),
                    _("Stands in every e-mail, above the invoice."), Kind.LONG_TEXT, longest=2000,
                ),
                Field("content_data.contact.name", _("Contact's name"), longest=100),
                Field(
                    "content_data.contact.email", _("Contact's e-mail"),
                    _("AutoInvoice mails a link to this address. Until somebody follows it the old one stays."),
                    Kind.EMAIL, confirmed_later=True,
                ),
                Field("content_data.contact.phone", _("Contact's phone"), longest=40),
            ),
        ),
        Block(
            "send_invoice_print",
            _("Sending by letter"),
            _("How invoices are printed and posted that can be sent in no other way. Letters cost the company money."),
            "print",
            (
                Field("enabled", _("Send by letter"), _("Off: what no other way reaches fails."), Kind.SWITCH),
                Field(
                    "letter_class", _("Letter class"), "", Kind.CHOICE,
                    (("ECONOMY", _("Economy")), ("PRIORITY", _("Priority"))),
                ),
                Field(
                    "color_scheme", _("Colours"), _("AutoInvoice documents black and white only."), Kind.CHOICE,
                    (("BLACK_AND_WHITE", _("Black and white")),),
                ),
                Field(
                    "attachment_print", _("Print attachments"), _("Each page of them is paid for."), Kind.SWITCH
                ),
                Field(
                    "marketing_page", _("Add the marketing page"), _("In Finland only."), Kind.SWITCH,
                    countries=("FI",),
                ),
                Field(
                    "use_own_pdf", _("Print our own PDF"),
                    _("On: the PDF sent with the invoice. Off: AutoInvoice draws one from the invoice's data."),
                    Kind.SWITCH,
                ),
            ),
        ),
        Block(
            "send_invoice_general",
            _("Sending, any way"),
            _("Brakes that hold an invoice back before it costs trouble."),
            "outbox",
            (
                Field(
                    "stop_duplicate_numbers", _("Stop repeated invoice numbers"),
                    _("An invoice with a number that was used before is not sent."), Kind.SWITCH,
                ),
                Field(
                    "hold_multiple_recipients", _("Hold when several receivers fit"),
                    _("The invoice waits until somebody has chosen the receiver."), Kind.SWITCH,
                ),
            ),
        ),
        Block(
            "logos",
            _("Logos"),
            _("The pictures on letters and in e-mails. AutoInvoice documents no way to take one away again."),
            "image",
            (
                Field(
                    "pdf.content", _("Logo on letters"), _("PNG or JPEG, at most 1 MB and 3000 pixels a side."),
                    Kind.PICTURE, formats=("PNG", "JPEG"),
                ),
                Field(
                    "email_header.content", _("Picture at the head of e-mails"),
                    _("PNG, at most 1 MB and 3000 pixels a side."), Kind.PICTURE, formats=("PNG",),
                ),
            ),
        ),
        Block(
            "email_reports",
            _("Reports"),
            _("Summaries of sent and received invoices, by e-mail."),
            "summarize",
            (
                Field(
                    "report_interval", _("How often"), "", Kind.CHOICE,
                    (("off", _("Never")), ("daily", _("Daily")), ("weekly", _("Weekly")), ("monthly", _("Monthly"))),
                ),
                Field(
                    "email_reports", _("To whom"), _("One address a line. Needed unless it is never."), Kind.EMAILS
                ),
            ),
        ),
        Block(
            "billing_details",
            _("Billing"),
            _("Where AutoInvoice sends its own bill: as an e-invoice if it can, else by e-mail, else by post."),
            "payments",
            (
                Field("electronic_invoicing_details.invoicing_eia", _("E-invoice address"), longest=100),
                Field("electronic_invoicing_details.invoicing_operator", _("E-invoice operator"), longest=100),
                Field("invoicing_email", _("E-mail for bills"), "", Kind.EMAIL),
                Field("invoicing_street_address1", _("Street address")),
                Field("invoicing_street_address2", _("Address, second line")),
                Field("invoicing_post_code", _("Post code"), longest=20),
                Field("invoicing_post_office", _("Post office"), longest=100),
                Field(
                    "billing_company_id", _("Company that pays"),
                    _("The AutoInvoice id of the company that is billed in place of this one."), longest=36,
                ),
            ),
        ),
    )
}  # fmt: skip


def field_of(block: str, path: str) -> Field | None:
    """Return what is known of a field; None: AutoInvoice has grown."""
    known = BLOCKS.get(block)
    return next((field for field in known.fields if field.path == path), None) if known else None


def paths(block: Remote, under: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value of a nested block with its path."""
    for name, value in block.items():
        path = f"{under}{name}"
        if isinstance(value, Mapping):
            yield from paths(value, f"{path}.")
        else:
            yield path, value


def at(block: Remote | None, path: str) -> Any:
    """Return the value at a path; None: not there."""
    value: Any = block
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by path as the nested block they are sent as."""
    block: dict[str, Any] = {}
    for path, value in values.items():
        *above, name = path.split(".")
        place = block
        for step in above:
            place = place.setdefault(step, {})
        place[name] = value
    return block


def same(one: Any, other: Any) -> bool:
    """Tell whether two values mean the same: absent, null, empty and switched off are one to AutoInvoice."""
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return "\n".join(value.strip().splitlines())
    if isinstance(value, list):
        return [_plain(item) for item in value] or ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None or value is False or value == 0 else value


def shown(field: Field, value: Any) -> Text:
    """Return a value in staff words."""
    if field.kind is Kind.SWITCH:
        return _ON if value else _OFF
    if field.kind is Kind.PICTURE:
        return _("a picture") if value else "–"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "–"
    words = dict(field.choices)
    if field.kind is Kind.NUMBER and isinstance(value, int | float):
        return f"{value:g}"
    return words.get(str(value), str(value)) if value not in (None, "") else "–"
