"""Invoices with their files in a ZIP: whole, streamed, honest about what is missing."""

import csv
import io
import json
import tracemalloc
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from companies.models import Company
from invoices import links
from invoices.enums import Direction
from invoices.files import bundles, storing
from invoices.models import Invoice, InvoiceFile
from tests.invoices.test_pages import make_invoice


@pytest.fixture
def browser(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def with_files(company: Company, number: str, **contents: bytes) -> Invoice:
    invoice = make_invoice(company, number, direction=Direction.RECEIVED)
    for place, (name, content) in enumerate(contents.items()):
        stored = storing.store(content)
        InvoiceFile.objects.create(
            invoice=invoice, kind="ATTACHMENT", remote_id=str(place), name=name.replace("_", "."), size=stored.size,
            sha256=stored.sha256,
        )  # fmt: skip
    return invoice


def opened(answer: Any) -> tuple[zipfile.ZipFile, list[dict[str, str]]]:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    assert archive.testzip() is None
    return archive, list(csv.DictReader(io.StringIO(archive.read("files.csv").decode("utf-8-sig"))))


def export(browser: Client, ticked: list[Invoice], *, everything: bool = False, **filters: Any) -> Any:
    form = {"action": "export_zip", "_selected_action": [row.pk for row in ticked], "select_across": int(everything)}
    return browser.post(links.list_of("receivedinvoice", **filters), form).streaming_content  # type: ignore[attr-defined]


def test_zip_holds_the_chosen_invoices_with_all_their_files(browser: Client, company: Company) -> None:
    first = with_files(company, "1/a", a_xml=b"<a/>", b_pdf=b"%PDF")
    with_files(company, "2", a_xml=b"<other/>")

    archive, listed = opened(export(browser, [first]))

    folder = f"1_a_{first.uuid}"
    assert sorted(archive.namelist()) == [f"{folder}/{name}" for name in ("a.xml", "b.pdf", "invoice.json")] + [
        "files.csv"
    ]
    assert archive.read(f"{folder}/b.pdf") == b"%PDF"
    told = json.loads(archive.read(f"{folder}/invoice.json"))
    assert (told["number"], told["total_amount"], len(told["files"])) == ("1/a", "125.5000", 2)
    assert [row["state"] for row in listed] == ["included", "included"]


def test_zip_of_all_that_match_follows_the_filter(browser: Client, company: Company) -> None:
    one = with_files(company, "1", a_xml=b"<a/>")
    with_files(company, "2", a_xml=b"<b/>")
    Invoice.objects.filter(pk=one.pk).update(files_problem="storage")

    _archive, all_rows = opened(export(browser, [one], everything=True))
    _archive, some = opened(export(browser, [one], everything=True, saved="problem"))

    assert [row["number"] for row in all_rows] == ["1", "2"]
    assert [row["number"] for row in some] == ["1"]


def test_file_that_is_gone_or_damaged_costs_only_itself_and_is_named(company: Company, tmp_path: Any) -> None:
    invoice = with_files(company, "1", a_xml=b"<a/>", b_xml=b"<b/>", c_xml=b"<c/>")
    files = list(invoice.files.order_by("name"))
    (tmp_path / "files" / files[0].path).unlink()
    (tmp_path / "files" / files[1].path).write_bytes(b"<x/>")

    archive, listed = opened(bundles.stream([bundles.of(invoice)]))

    assert {row["file"]: row["state"] for row in listed} == {"a.xml": "gone", "b.xml": "damaged", "c.xml": "included"}
    assert not [name for name in archive.namelist() if name.endswith(("a.xml", "b.xml"))]


def test_files_of_one_name_are_told_apart_and_formulas_do_not_run(company: Company) -> None:
    invoice = make_invoice(company, "=1+1", direction=Direction.RECEIVED)
    for place, name in enumerate(("a.pdf", "A.PDF", "invoice.json", "no end")):
        stored = storing.store(name.encode())
        kept = {"kind": "ATTACHMENT", "remote_id": str(place), "size": 1, "sha256": stored.sha256}
        InvoiceFile.objects.create(invoice=invoice, name=name, **kept)

    archive, listed = opened(bundles.stream([bundles.of(invoice)]))

    names = {name.rpartition("/")[2].lower() for name in archive.namelist()}
    assert names == {"a.pdf", "a (2).pdf", "files.csv", "invoice (2).json", "invoice.json", "no end"}
    assert listed[0]["number"] == "'=1+1"


def test_memory_does_not_grow_with_number_or_size(company: Company) -> None:
    def peak(count: int, size: int) -> int:
        invoice = with_files(company, "1", a_xml=b"x" * size)
        tracemalloc.start()
        one = bundles.of(invoice)
        for _piece in bundles.stream(replace(one, folder=str(number)) for number in range(count)):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(1, 10)  # what is imported on first use

    assert peak(200, 10) < 2 * peak(20, 10) + 2**20
    assert peak(2, 20 * 2**20) < 4 * 2**20
