"""Looks at invoices and what they write."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from django.db import transaction
from django.utils import timezone

from companies.models import Company
from invoices import mirror
from invoices.enums import Direction, Status
from invoices.files.storing import Stored, store
from invoices.following import writing
from invoices.following.looking import Fetched, Seen
from invoices.models import Invoice, stored_path
from invoices.services import Action, InvoiceEntity, Party, SendingOptions
from portal.operations.models import Operation

UUID_ = UUID("8f0a4f7b-50a0-4a43-9d54-b5a8a1d2c702")
NOW = timezone.now()


def entity(status: str = "DELIVERED", **fields: Any) -> InvoiceEntity:
    known = {"id": UUID_, "status": status, "number": "88", "sum": Decimal(10), "sum_tax": Decimal("12.4")}
    return InvoiceEntity(**(known | fields))


def action(key: str | None = "action_error", message: str = "Operator not known", kind: str = "ERROR") -> Action:
    return Action(happened_at=NOW, type=kind, key=key, message=message, channel="EINVOICE")


@pytest.fixture
def row(company: Company) -> Invoice:
    return Invoice.objects.create(
        account=company.account, company=company, uuid=UUID_, direction=Direction.SENT,
        fact_at=NOW - timedelta(hours=1), next_check_at=NOW,
    )  # fmt: skip


@transaction.atomic
def write(row: Invoice, seen: Seen, at: Any = NOW) -> set[int]:
    return writing.write(row.account, [(row, seen, at)])


def test_answer_with_new_words_and_fields_is_taken() -> None:
    told = (
        '{"id": "8f0a4f7b-50a0-4a43-9d54-b5a8a1d2c702", "status": "HELD", "sum": 99999999999.99, "sum_tax": null, '
        '"recipient": {"bid": null, "colour": "red"}, "date": "0000-00-00", "files": null, "new": [1]}'
    )

    taken = msgspec.json.decode(told, type=InvoiceEntity)

    assert (taken.status, taken.sum, taken.sum_tax) == ("HELD", Decimal("99999999999.99"), None)


def test_look_writes_details_actions_and_the_reason_of_a_failure(row: Invoice) -> None:
    party = Party(name="B" * 400, bid="FI01120389", country="FI", eia="003701120389", operator="003721291126")

    write(row, Seen(entity("FAILED", recipient=party, date="2026-11-01"), [action()], None))

    row.refresh_from_db()
    assert (row.status, row.remedy_key, row.error_code) == (Status.FAILED, "operator_unknown", "action_error")
    assert (len(row.counterparty_name), row.business_id, str(row.invoice_date)) == (300, "FI01120389", "2026-11-01")
    assert (row.total_amount, row.actions.get().message) == (Decimal("12.4"), "Operator not known")


def test_processing_and_pending_are_one_word(row: Invoice) -> None:
    write(row, Seen(entity("PROCESSING"), [], None))

    row.refresh_from_db()
    assert row.status == Status.PENDING


def test_look_that_an_event_overtook_writes_nothing_and_asks_again(row: Invoice) -> None:
    Invoice.objects.update(status=Status.FAILED, fact_at=NOW + timedelta(seconds=1))

    again = write(row, Seen(entity("PENDING"), [], None))

    row.refresh_from_db()
    assert (row.status, again) == (Status.FAILED, {row.pk})


def test_failed_invoice_that_is_delivered_after_all_loses_its_error(row: Invoice) -> None:
    write(row, Seen(entity("FAILED"), [action()], None))
    row.refresh_from_db()

    write(row, Seen(entity("DELIVERED"), [action()], None), timezone.now())

    row.refresh_from_db()
    assert (row.status, row.error_text, row.remedy_key, row.remedy_by) == (Status.DELIVERED, "", "", "")


def test_received_invoice_is_marked_only_after_its_files_are_saved(row: Invoice) -> None:
    row.direction = Direction.RECEIVED
    row.save()
    write(row, Seen(entity(), [], None))
    before = Operation.objects.count()
    row.refresh_from_db()

    write(
        row, Seen(entity(), [], [Fetched("IMAGE", "", "a.pdf", "application/pdf", Stored("0" * 64, 3))]), timezone.now()
    )

    assert before == 0
    assert Operation.objects.get().kind == "invoices.mark_handled"
    assert row.files.get().name == "a.pdf"


@pytest.mark.parametrize(
    ("country", "eia"), [("SE", "0007:6408233234"), ("SE", "6408233234"), ("FI", "0007:19640823-3234")]
)
def test_swedish_personal_number_is_masked_in_address_and_business_id(company: Company, country: str, eia: str) -> None:
    party = Party(name="Erik", bid="640823-3234", country="SE", eia=eia)
    (invoice,) = mirror.rows_of(company, [(Direction.SENT, entity(recipient=party))], NOW)

    invoice.save()

    stored = Invoice.objects.values().get()
    assert "3234" not in stored["business_id"] + stored["counterparty_address"]
    assert invoice.real_business_id.replace("-", "").endswith("6408233234")


def test_list_page_never_overwrites_what_is_newer(company: Company) -> None:
    def write_page(status: str, at: Any) -> None:
        with transaction.atomic():
            mirror.write_many(list(mirror.rows_of(company, [(Direction.SENT, entity(status))], at)))

    write_page("DELIVERED", NOW)
    write_page("PENDING", NOW - timedelta(minutes=1))
    write_page("FAILED", NOW + timedelta(minutes=1))

    assert Invoice.objects.get().status == Status.FAILED


def test_same_bytes_lie_in_the_storage_once_and_a_half_written_file_is_mended(tmp_path: Any, settings: Any) -> None:
    stored = store(b"12345")
    path = tmp_path / "files" / stored_path(stored.sha256)
    path.write_bytes(b"12")

    store(b"12345")

    assert path.read_bytes() == b"12345"
    assert len([file for file in (tmp_path / "files").rglob("*") if file.is_file()]) == 1


def test_options_that_say_nothing_are_left_out() -> None:
    options = SendingOptions(disabled_routes=("print", "email"), print_color=False, lang="FI")

    assert options.fields() == {"disabled_routes": ["print", "email"], "print_settings[color]": False, "lang": "FI"}


def test_row_of_another_company_with_the_same_uuid_is_another_row(company: Company, make_company: Any) -> None:
    other = make_company(uuid=uuid4())
    with transaction.atomic():
        mirror.write(company, Direction.SENT, entity(), NOW)
        mirror.write(other, Direction.RECEIVED, entity(), NOW)

    assert Invoice.objects.count() == 2
