import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from portal.demo import invoices
from portal.demo.invoices import Party, Sale
from portal.demo.place import DATA

SELLER = Party("Puusepät & Pojat Oy", "38214506", "FI", "Kuja 1 <A>", "93600", "Kuusamo")
BUYER = Party("Mälaren Bygg AB", "5598231420", "SE", "Hamngatan 14", "722 15", "Västerås")


@pytest.fixture
def sale() -> Sale:
    return Sale(SELLER, BUYER, "1041", date(2026, 11, 3), "Door", Decimal(3), Decimal("33.35"), "EUR")


def test_tax_is_rounded_half_up_to_a_cent(sale: Sale) -> None:
    assert (sale.net, sale.tax) == (Decimal("100.05"), Decimal("25.51"))


@pytest.mark.parametrize("write", invoices.FORMATS.values())
def test_names_with_signs_of_xml_come_back_unchanged(sale: Sale, write: Callable[[Sale], str]) -> None:
    root = etree.fromstring(write(sale).encode())

    texts = {element.text for element in root.iter()}
    assert {"Puusepät & Pojat Oy", "Kuja 1 <A>", "Mälaren Bygg AB"} <= texts


def test_finvoice_writes_amounts_with_a_comma_and_dates_without_hyphens(sale: Sale) -> None:
    details = etree.fromstring(invoices.finvoice(sale).encode()).find("InvoiceDetails")

    assert details.findtext("InvoiceTotalVatIncludedAmount") == "125,56"
    assert details.findtext("InvoiceDate") == "20261103"


def test_finnish_sellers_are_addressed_by_their_ovt(sale: Sale) -> None:
    root = etree.fromstring(invoices.peppol(sale).encode())
    endpoints = root.findall(".//{*}EndpointID")

    assert [(e.get("schemeID"), e.text) for e in endpoints] == [("0216", "003738214506"), ("0007", "5598231420")]


def test_every_sale_of_the_story_is_between_its_companies() -> None:
    with (DATA / "customers.csv").open(encoding="utf-8") as file:
        companies = {row["bid"]: row for row in csv.DictReader(file)}
    with (DATA / "invoices.csv").open(encoding="utf-8") as file:
        sales = list(csv.DictReader(file))

    assert {row["sender"] for row in sales} <= set(companies)
    assert {row["receiver"] for row in sales} - set(companies) == {"0"}  # one receiver that nobody knows
    assert len({row["country"] for row in companies.values()}) == 5
