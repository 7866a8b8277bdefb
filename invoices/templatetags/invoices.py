"""Filters of the invoices' pages: codes of a file in staff words."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.functional import Promise

from invoices import counterparties
from invoices.documents import Party, words
from invoices.following.words import origin_of, route_of

register = template.Library()


@register.filter
def format_name(code: str) -> str:
    """Return the name of an invoice's format ("FINVOICE30")."""
    return words.FORMATS.get(code, code)


register.filter("endpoint", counterparties.shown_endpoint)
register.filter("route", route_of)
register.filter("origin", origin_of)


@register.filter
def shown_id(value: str, party: Party) -> str:
    """Return one of a party's identifiers as it may be shown."""
    return counterparties.shown_id(party, value)


@register.filter
def shown_address(address: str) -> str:
    """Return an e-invoice address of a file as it may be shown."""
    return counterparties.shown_address("", address)


@register.filter
def grouped(number: Decimal | None) -> str:
    """Return a number of a file with the decimals that it has there, its thousands apart; "" for none."""
    return "" if number is None else number_format(number, force_grouping=True)


@register.filter
def unit(code: str) -> str | Promise:
    """Return a unit ("C62") as it is read behind a quantity."""
    return words.UNITS.get(code.upper(), code)


@register.filter
def vat_kind(code: str) -> str | Promise:
    """Return what a category of VAT ("AE") means; "" for the usual one."""
    return words.VAT.get(code, code)
