"""What AutoInvoice tells of the other party, and other texts of its, in the columns of invoices and documents."""

from functools import cache
from typing import Any

from django.db.models import Model

from invoices.models import BusinessDocument, Invoice
from invoices.services.invoices import Party
from portal.partners import concealed

COLUMNS = (
    "counterparty_name",
    "counterparty_country",
    "counterparty_address",
    "counterparty_operator",
    "business_id",
    "business_id_digest",
    "business_id_secret",
)


def take(row: Invoice | BusinessDocument, party: Party | None) -> None:
    """Put the other party into its columns; where nothing is told of it, they stay."""
    if party is None:
        return
    country = (party.country or "").upper()
    take_texts(
        row,
        counterparty_name=party.name,
        counterparty_country=country,
        counterparty_address=without_personal_number(country, party.eia or ""),
        counterparty_operator=party.operator,
    )
    if party.bid:
        row.set_business_id(country, party.bid[:80])
        take_texts(row, business_id=row.business_id)


def without_personal_number(country: str, address: str) -> str:
    """Mask the value of an e-invoice address ("0007:…") that is a person's own number."""
    scheme, colon, value = address.rpartition(":")
    if scheme == "0007" or country == "SE":
        return f"{scheme}{colon}{concealed.conceal('SE', value).shown}"
    return address


def take_texts(row: Invoice | BusinessDocument, **texts: str | None) -> None:
    """Set texts, cut to what their columns hold: one odd field must not cost the row."""
    longest = _longest(type(row))
    for name, text in texts.items():
        setattr(row, name, text.replace("\x00", "")[: longest[name]] if text else "")


@cache
def _longest(model: type[Model]) -> dict[str, Any]:
    return {field.name: getattr(field, "max_length", None) for field in model._meta.concrete_fields}  # None: no limit
