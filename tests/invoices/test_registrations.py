"""What this app tells the status, the dashboard, the palette, the doctor and the groups."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client, RequestFactory
from django.utils import timezone

from companies.models import Company
from invoices import dashboard, doctor, finding, rights, status
from invoices.enums import Status
from invoices.files import storing
from invoices.models import Invoice
from portal.doctor import Level
from portal.partners.models import PartnerAccount
from tests.invoices.conftest import MakeCompany, make_account
from tests.invoices.test_pages import make_invoice


def test_status_counts_sent_invoices_and_failures_without_remedy(company: Company, make_company: MakeCompany) -> None:
    make_invoice(company)
    make_invoice(company, "2", status=Status.FAILED, remedy_key="receiver_unknown")
    make_invoice(company, "3", status=Status.FAILED)
    make_invoice(company, "4", direction="RECEIVED")
    make_invoice(make_company(account=make_account("Other")), "5")

    figures = status.section(PartnerAccount.objects.filter(pk=company.account_id))

    assert figures == {"by_status": {"DELIVERED": 1, "FAILED": 2}, "received": 1, "failed_without_remedy": 1}


def test_cards_lead_to_pages_with_as_many_rows(company: Company, admin_client: Client) -> None:
    make_invoice(company, "1", status=Status.PENDING)
    make_invoice(company, "2", status=Status.FAILED)
    make_invoice(company, "3", direction="RECEIVED")

    for card in dashboard.cards([company.account]):
        shown = admin_client.get(card.url).context
        rows = shown["cl"].result_count if "cl" in shown else shown["total"]  # failures are gathered by cause
        assert (card.value, rows) == (1, 1), card.title


def test_chart_s_columns_lead_to_their_rows(company: Company, admin_client: Client) -> None:
    make_invoice(company, "1", status=Status.PENDING)
    make_invoice(company, "2", created_at=timezone.now() - timezone.timedelta(days=3))
    make_invoice(company, "3", created_at=timezone.now() - timezone.timedelta(days=40))

    bars = dashboard.chart([company.account]).bars

    counts = [sum(count for _tone, count, _label in bar.parts) for bar in bars]
    assert (len(bars), sum(counts), counts[-1], counts[-4]) == (14, 2, 1, 1)
    assert [admin_client.get(bars[place].url).context["cl"].result_count for place in (-1, -4, 0)] == [1, 1, 0]


def test_failed_invoices_are_somebody_s_move(company: Company, make_company: MakeCompany) -> None:
    make_invoice(company, "77", status=Status.FAILED, remedy_key="receiver_unknown", remedy_by="customer")
    make_invoice(make_company(account=make_account("Other")), "78", status=Status.FAILED)

    (move,) = dashboard.moves([company.account], 25)

    assert "77" in str(move.title)
    assert (str(move.what), move.whose) == ("Receiver not found", "Customer")


@pytest.mark.parametrize("by", ["number", "uuid"])
def test_palette_jumps_to_an_invoice_of_the_viewer_s_accounts(
    company: Company, make_company: MakeCompany, staff: User, by: str
) -> None:
    uuid = uuid4()
    invoice = make_invoice(company, "KAPPA-1", uuid=uuid)
    make_invoice(make_company(account=make_account("Other")), "KAPPA-1", uuid=uuid)
    request = RequestFactory().get("/")
    request.user = staff

    found = finding.in_palette(request, str(getattr(invoice, by)))

    assert [result.title for result in found] == ["KAPPA-1"]


def test_doctor_sees_whether_files_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    well = doctor.storage()

    def refuse(*_args: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(storing, "store", refuse)
    ill = doctor.storage()

    assert (well.level, ill.level) == (Level.OK, Level.FAIL)
    assert "Permission denied" in str(ill.text)
    assert ill.mend


def test_granted_rights_exist(db: None) -> None:
    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}

    assert {right for granted in rights.GRANTS.values() for right in granted} <= known


def test_remedy_of_a_stored_key_that_is_gone_is_the_general_advice(company: Company, admin_client: Client) -> None:
    invoice = make_invoice(company, status=Status.FAILED, remedy_key="an_entry_of_old")

    assert admin_client.get(f"/admin/invoices/sentinvoice/{invoice.pk}/change/").status_code == 200
    assert Invoice.objects.get().remedy_key == "an_entry_of_old"
