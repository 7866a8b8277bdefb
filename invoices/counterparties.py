"""What AutoInvoice tells of the other party, and other texts of its, in the columns of invoices and documents."""

from functools import cache
from typing import Any

from django.db.models import Model

from companies import business_ids
from companies.business_ids import InvalidBusinessIdError
from invoices.documents import Party as DocumentParty
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
_OF_PERSONS = frozenset({"CPR", "DK:CPR", "9901"})
_BY_FORM = frozenset({"SE", "IT", "LV"})  # a person's number with a wrong check digit is concealed there too


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
    """Mask the value of an e-invoice address ("0007:…") that is a person's own number, as it is stored."""
    scheme, colon, value = address.rpartition(":")
    owner = concealed.owner(scheme, country)
    return f"{scheme}{colon}{concealed.masked(owner, value)}" if owner in concealed.NORDIC else address


def shown_address(country: str, address: str) -> str:
    """
    Return an identifier or an e-invoice address ("0007:…") of a file as it may be shown: a person's number is masked.

    Whatever has been written there is an identifier of some kind, so a number counts by its check digits only.

    :param country: of the party; "": it does not say
    """
    scheme, colon, value = address.rpartition(":")
    if scheme in _OF_PERSONS:
        return f"{scheme}{colon}{value[:6]}-••••"
    owner = concealed.owner(scheme, country)
    masked = next((found for code in ((owner,) if owner else concealed.NORDIC) if (found := _masked(code, value))), "")
    return f"{scheme}{colon}{masked or value}"


def shown_endpoint(party: DocumentParty) -> str:
    """Return a party's e-invoice address with its scheme, as it may be shown."""
    return shown_address(party.country, _with_scheme(party.scheme, party.endpoint))


def shown_id(party: DocumentParty, value: str) -> str:
    """Return one of a party's identifiers, without its scheme, as it may be shown."""
    scheme = next((found.scheme for found in party.identifiers if found.value == value and found.scheme), "")
    shown = shown_address(party.country, _with_scheme(scheme, value))
    return shown.removeprefix(f"{scheme}:") if scheme else shown


def _with_scheme(scheme: str, value: str) -> str:
    return f"{scheme}:{value}" if scheme and value else value


def _masked(country: str, value: str) -> str:
    """Return a person's number masked; "" for what is none."""
    numbers = (value, value.removeprefix(country))  # some write it as a VAT number
    return next((business_ids.conceal(country, one).shown for one in numbers if _is_persons(country, one)), "")


def _is_persons(country: str, value: str) -> bool:
    try:
        return business_ids.parse(country, value).is_personal  # a sole trader's, perhaps in a VAT number
    except InvalidBusinessIdError:
        return country not in _BY_FORM and concealed.is_personal(country, value)


def take_texts(row: Invoice | BusinessDocument, **texts: str | None) -> None:
    """Set texts, cut to what their columns hold: one odd field must not cost the row."""
    longest = _longest(type(row))
    for name, text in texts.items():
        setattr(row, name, text.replace("\x00", "")[: longest[name]] if text else "")


@cache
def _longest(model: type[Model]) -> dict[str, Any]:
    return {field.name: getattr(field, "max_length", None) for field in model._meta.concrete_fields}  # None: no limit
