"""Services, departments, suppliers and takeovers against the simulator, from the act to the mirror."""

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from companies.life import takeovers
from companies.models import Case, Company, Department, ServiceState, Supplier, SupplierQuery
from portal.operations import runner
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.sync import runs
from portal.sync.models import Cursor
from tests.companies.running import run
from tests.portal.sandbox.clients import Ax
from tests.sandbox import Sandbox

pytestmark = pytest.mark.slow

GLN = "6410000000001"


@pytest.fixture
def company(simulator: Sandbox, partner: PartnerAccount) -> Any:
    """Make a verified company at the simulator that is on VISMA, with its mirror looked up."""

    def make(country: str = "FI") -> Company:
        ax = Ax(simulator).verified(country)
        ax.on_network("VISMA")
        business_id = ax.get("/oauth2/current")["company"]["bid"]
        row = Company(account=partner, uuid=UUID(ax.company), name=f"Company of {country}", country=country)
        row.set_business_id(country, business_id)
        row.save()
        run("companies.refresh", row)
        row.refresh_from_db()
        row.account = partner
        return row

    return make


def statuses(company: Company) -> dict[str, str]:
    return dict(ServiceState.objects.filter(company=company).values_list("service", "status"))


def test_scanning_is_activated_changed_and_closed(company: Any) -> None:
    finnish = company()

    activated = run("companies.activate_scan", finnish, {"return_email": "back@example.test"})
    changed = run("companies.change_scan", finnish, {"return_email": "other@example.test"})
    state = ServiceState.objects.get(company=finnish, service="SCAN")
    closed = run("companies.close_scan", finnish)

    assert [operation.state for operation in (activated, changed, closed)] == ["DONE"] * 3
    assert (state.return_email, state.address.partition("@")[2]) == ("other@example.test", "scan.example.test")
    assert statuses(finnish)["SCAN"] == "none"


def test_autoscan_takes_the_companys_own_email_when_none_is_given(company: Any) -> None:
    finnish = company()

    operation = run("companies.set_autoscan", finnish, {})

    state = ServiceState.objects.get(company=finnish, service="AUTOSCAN")
    assert operation.state == "DONE"
    assert (state.status, state.return_email) == ("active", "office@example.test")


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("FI", {"SCAN": "disabled", "AUTOSCAN": "inactive"}),
        ("NO", {"SCAN": "disabled", "AUTOSCAN": "inactive", "ATG": "none", "B2CNO": "ACTIVE"}),
        ("SE", {"SCAN": "disabled", "AUTOSCAN": "inactive", "B2CSE": "none"}),
        ("NL", {"SCAN": "disabled", "AUTOSCAN": "inactive", "LYANTHE": "none"}),
    ],
)
def test_looking_services_up_asks_for_those_of_the_country(
    company: Any, country: str, expected: dict[str, str]
) -> None:
    there = company(country)

    operation = run("companies.refresh_services", there)

    assert operation.state == "DONE"
    assert statuses(there) == expected


def test_an_agreement_on_direct_debit_is_followed_until_it_is_signed(company: Any, partner: PartnerAccount) -> None:
    norwegian = company("NO")
    terms = {
        "account_number": "12345678903", "kid_length": 10, "reference_position": "1-7",
        "signer_email": "boss@example.test",
    }  # fmt: skip

    asked = run("companies.agree_atg", norwegian, terms)
    before = ServiceState.objects.get(service="ATG").status
    Ax.until(lambda: _looked(partner, "companies.services", ServiceState) and _status("ATG") == "ACTIVE")
    changed = run("companies.change_atg", norwegian, terms | {"kid_length": 12, "reference_position": "1-9"})

    assert (asked.state, before, changed.state) == ("DONE", "PENDING", "DONE")
    assert ServiceState.objects.get(service="ATG").details["kid_length"] == "12"


def test_the_swedish_agreement_is_looked_up_after_it_was_made(company: Any) -> None:
    swedish = company("SE")

    operation = run("companies.agree_b2cse", swedish, {"account_number": "50501055"})

    assert operation.state == "DONE"
    assert _status("B2CSE") in ("PENDING", "ACTIVE")


def test_lyanthe_is_switched_on_and_off(company: Any) -> None:
    dutch = company("NL")

    on = run("companies.activate_lyanthe", dutch, {"email": "in@lyanthe.example.test"})
    between = _status("LYANTHE")
    off = run("companies.close_lyanthe", dutch)

    assert (on.state, between, off.state, _status("LYANTHE")) == ("DONE", "active", "DONE", "none")


def test_trust_at_odp_is_given_to_the_company_of_that_number_only(company: Any, simulator: Sandbox) -> None:
    finnish, swedish = company("FI"), company("SE")
    numbers = [simulator.control("GET", f"/companies/{row.uuid}/odp")["number"] for row in (finnish, swedish)]

    mixed_up = run("companies.trust_odp", finnish, {"number": numbers[1], "trusted": True})
    right = run("companies.trust_odp", finnish, {"number": numbers[0], "trusted": True})

    assert (mixed_up.state, mixed_up.error_code, right.state) == ("REFUSED", "other_company", "DONE")
    assert list(ServiceState.objects.filter(service="ODP").values_list("key", "status")) == [
        (str(numbers[0]), "TRUSTED")
    ]


def test_a_department_is_added_and_found_again(company: Any) -> None:
    finnish = company()
    wanted = {
        "name": "Varasto", "gln": GLN, "email": "store@example.test", "address1": "Street 1", "post_code": "00100",
        "city": "Town",
    }  # fmt: skip

    added = run("companies.add_department", finnish, wanted)
    Department.objects.update(name="")
    looked = run("companies.refresh_departments", finnish)

    assert (added.state, looked.state) == ("DONE", "DONE")
    assert list(Department.objects.values_list("name", "gln")) == [("Varasto", GLN)]


def test_suppliers_are_asked_for_until_they_are_told_and_then_written_to(
    company: Any, simulator: Sandbox, partner: PartnerAccount
) -> None:
    finnish = company()
    asked = run("companies.query_suppliers", finnish, {"days": 30})
    Ax.until(lambda: _looked(partner, "companies.supplier_queries", SupplierQuery) and Supplier.objects.exists())
    supplier = Supplier.objects.exclude(email="").first()
    assert supplier
    addressees = [
        {"email_address": supplier.email, "name": supplier.name, "language": "fi"},
        {"email_address": "bounce@example.test", "name": "Gone", "language": "fi"},
    ]

    wrote = run("companies.notify_suppliers", finnish, {"suppliers": addressees})

    supplier.refresh_from_db()
    mails = simulator.control("GET", f"/companies/{finnish.uuid}/supplier_mails")
    assert (asked.state, wrote.state) == ("DONE", "DONE")
    assert supplier.notified_at is not None
    assert [mail["email"] for mail in mails] == [supplier.email]
    assert wrote.result["failures"] == {"bounce@example.test": "address is not valid"}


def test_a_takeover_brings_the_account_with_everything_and_can_be_given_back(
    simulator: Sandbox, partner: PartnerAccount
) -> None:
    fields = {"bid": "2000005-9", "country": "FI", "name": "Toisen Talon Oy"}
    elsewhere = UUID(simulator.control("POST", "/companies", fields)["company_id"])
    takeover = takeovers.start(
        partner, company_uuid=elsewhere, country="FI", business_id="2000005-9", name="Toisen Talon Oy"
    )
    runner.run_until_idle(partner, timeout=5)
    takeover.refresh_from_db()
    simulator.control("POST", f"/takeovers/{takeover.remote_id}/documents")

    takeovers.documents_sent(takeover, None)
    takeovers.act(takeovers.COMPLETE, takeover, None)
    runner.run_until_idle(partner, timeout=5)
    ours = Company.objects.get(uuid=elsewhere)
    outcome = Case.objects.get().outcome
    takeover.refresh_from_db()
    takeover.case.refresh_from_db()
    takeovers.act(takeovers.REVERT, takeover, None)
    runner.run_until_idle(partner, timeout=5)

    case = Case.objects.get()
    assert (ours.state, ours.vendor_state, outcome) == ("VERIFIED", "linked", "completed")
    assert case.outcome == "reverted"
    assert set(Operation.objects.filter(kind__contains="takeover").values_list("state", flat=True)) == {"DONE"}


def _status(service: str) -> str:
    return ServiceState.objects.get(service=service).status


def _looked(account: PartnerAccount, watch: str, model: Any) -> bool:
    """Have everything that waits for a look looked at now."""
    model.objects.exclude(next_check_at=None).update(next_check_at=timezone.now())
    Cursor.objects.filter(source=watch).update(next_at=timezone.now())
    runs.run_due(budget=2)
    return True
