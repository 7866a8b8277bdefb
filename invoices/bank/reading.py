"""What a bank message says, in staff words: whom it is about, what is wished, and where e-invoices go."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices.bank import banks, writing

_ACTIONS = {"ADD": _("Begin"), "CHANGE": _("Take changes"), "DELETE": _("End")}
_SERVICES = {"00": _("E-invoice"), "01": _("Direct payment")}
# In the order in which they are shown; only what the message has.
_FACTS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("What is wished"), ("MessageActionCode",)),
    (_("Service"), ("BuyerServiceCode",)),
    (_("Consumer"), ("BuyerOrganisationName",)),
    (_("Street"), ("BuyerStreetName",)),
    (_("Postcode"), ("BuyerPostCodeIdentifier",)),
    (_("Town"), ("BuyerTownName",)),
    (_("Customer number or reference"), ("SellerInvoiceIdentifier", "SellerInvoiceIdentifierText")),
    (_("E-invoice address"), ("InvoiceRecipientAddress",)),
    (_("Consumer's operator"), ("InvoiceRecipientIntermediatorAddress",)),
    (_("Sender"), ("SellerOrganisationName",)),
    (_("Name of the invoices"), ("SellerInvoiceTypeText",)),
    (_("Payment instruction id"), ("PaymentInstructionIdentifier",)),
    (_("Account for payments (IBAN)"), ("SellerAccountID",)),
    (_("Wished due date"), ("ProposedDueDate",)),
    (_("What the bank network says"), ("ErrorText",)),
)


def facts_of(content: bytes) -> list[tuple[str | Promise, str | Promise]]:
    """Return label and value of what a message tells; [] for what cannot be read."""
    found = [(label, writing.texts_of(content, *names), names[0]) for label, names in _FACTS]
    return [(label, _in_words(name, texts)) for label, texts, name in found if texts]


def _in_words(name: str, texts: list[str]) -> str | Promise:
    text = "; ".join(dict.fromkeys(texts))
    if name == "InvoiceRecipientIntermediatorAddress" and banks.name_of(text) != text:
        return f"{text} ({banks.name_of(text)})"
    words = {"MessageActionCode": _ACTIONS, "BuyerServiceCode": _SERVICES}.get(name, {})
    return words.get(text, text)
