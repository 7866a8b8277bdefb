"""Takeovers as cases, suppliers and departments: no blind repeat, and what becomes of answers."""

from typing import Any
from uuid import uuid4

import pytest

from companies import cases
from companies.enums import OnboardingState
from companies.life import takeovers
from companies.models import Case, Company, Department, Supplier, Takeover
from companies.operations.departments import AddDepartment
from portal.operations import decisions, outcomes, runner
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from tests.companies.fakes import LOST, FakeAutoInvoice, refusal
from tests.companies.running import run

TAKEOVERS = "/v1/partner/takeovers"
COMPLETE, REVERT = f"{TAKEOVERS}/{{takeover_id}}/complete", f"{TAKEOVERS}/{{takeover_id}}"
NOTIFY, DEPARTMENTS = "/v1/company/suppliers/notifications", "/v1/company/departments"
DEPARTMENT = {
    "name": "Varasto", "gln": "6410000000001", "email": "store@example.com", "address1": "Street 1",
    "post_code": "00100", "city": "Helsinki",
}  # fmt: skip


def begin(account: PartnerAccount, **more: Any) -> Takeover:
    takeover = takeovers.start(
        account, company_uuid=uuid4(), country="FI", business_id="1234567-1", name="Elsewhere Oy", **more
    )
    runner.run_until_idle(account, timeout=5)
    return fresh(takeover)


def fresh(takeover: Takeover) -> Takeover:
    return Takeover.objects.select_related("account", "case").get(pk=takeover.pk)


def act(kind: str, takeover: Takeover) -> Operation:
    takeovers.act(kind, takeover, None)
    runner.run_until_idle(takeover.account, timeout=5)
    return Operation.objects.get(kind=kind)


def test_a_takeover_goes_through_its_steps_and_keeps_their_days(
    autoinvoice: FakeAutoInvoice, account: PartnerAccount
) -> None:
    autoinvoice.on("POST", TAKEOVERS, {"id": "t1"})

    takeover = begin(account)
    takeovers.documents_sent(takeover, None)

    steps = list(takeover.case.entries.values_list("step", flat=True))
    assert takeover.remote_id == "t1"
    assert steps == [takeovers.PREPARED, takeovers.REQUESTED, takeovers.DOCUMENTS]
    assert fresh(takeover).case.whose == "support"


def test_a_completed_takeover_brings_the_company_to_its_onboarding(
    autoinvoice: FakeAutoInvoice, account: PartnerAccount, make_onboarding: Any
) -> None:
    row = make_onboarding(state=OnboardingState.REFUSED, problem_code="bid_taken", problem_text="Taken")
    autoinvoice.on("POST", TAKEOVERS, {"id": "t1"})
    autoinvoice.on("POST", COMPLETE, None)
    autoinvoice.on("GET", "/v1/companies/{id}/status", refusal("unauthorized", status=401))
    takeover = begin(account, onboarding=row)

    operation = act(takeovers.COMPLETE, takeover)

    row.refresh_from_db()
    company = Company.objects.get()
    assert operation.state == "DONE"
    assert (row.state, row.company, row.problem_text) == (OnboardingState.REGISTERED, company, "")
    assert (company.uuid, company.business_id) == (takeover.company_uuid, "12345671")
    assert fresh(takeover).case.outcome == takeovers.COMPLETED


def test_a_request_whose_answer_was_lost_is_never_sent_again_by_itself(
    autoinvoice: FakeAutoInvoice, account: PartnerAccount
) -> None:
    autoinvoice.on("POST", TAKEOVERS, LOST)

    takeover = begin(account)

    operation = Operation.objects.get()
    assert (operation.state, len(autoinvoice.called("POST", TAKEOVERS))) == ("UNKNOWN", 1)
    assert "support" in operation.named_case
    assert takeover.case.step == takeovers.PREPARED


def test_a_request_that_did_happen_waits_for_the_id_that_support_tells(
    autoinvoice: FakeAutoInvoice, account: PartnerAccount
) -> None:
    autoinvoice.on("POST", TAKEOVERS, LOST)
    autoinvoice.on("DELETE", REVERT, None)
    takeover = begin(account)
    decisions.it_happened(Operation.objects.get(), None)
    takeover = fresh(takeover)

    with pytest.raises(NotQueueableError):
        takeovers.act(takeovers.COMPLETE, takeover, None)
    takeovers.note_id(takeover, "told-by-support", None)
    operation = act(takeovers.REVERT, takeover)

    assert takeover.case.step == takeovers.REQUESTED
    assert operation.state == "DONE"
    assert fresh(takeover).case.outcome == takeovers.REVERTED


def test_a_refused_request_closes_the_case_so_that_another_can_begin(
    autoinvoice: FakeAutoInvoice, account: PartnerAccount
) -> None:
    autoinvoice.on("POST", TAKEOVERS, refusal("not_found", status=404))

    takeover = begin(account)

    assert takeover.case.outcome == takeovers.REFUSED
    assert "knows no such account" in Operation.objects.get().remedy
    assert begin(account).pk != takeover.pk


def test_completing_without_documents_is_refused_and_the_case_goes_on(
    autoinvoice: FakeAutoInvoice, account: PartnerAccount
) -> None:
    autoinvoice.on("POST", TAKEOVERS, {"id": "t1"})
    autoinvoice.on("POST", COMPLETE, refusal("conflict", "documents are missing", status=409))

    operation = act(takeovers.COMPLETE, begin(account))

    assert (operation.state, operation.remedy_by) == ("REFUSED", "support")
    assert Case.objects.get().is_open
    assert not Company.objects.exists()


def test_an_account_is_taken_over_once_and_not_when_it_is_ours(
    autoinvoice: FakeAutoInvoice, account: PartnerAccount, make_company: Any
) -> None:
    autoinvoice.on("POST", TAKEOVERS, {"id": "t1"})
    under_way, ours = begin(account), make_company("0112038-9")

    for uuid in (under_way.company_uuid, ours.uuid):
        with pytest.raises(NotQueueableError):
            takeovers.start(account, company_uuid=uuid, country="FI", business_id="1234567-1", name="Again Oy")


def test_a_personal_business_id_is_nowhere_in_plain(autoinvoice: FakeAutoInvoice, account: PartnerAccount) -> None:
    autoinvoice.on("POST", TAKEOVERS, {"id": "t1"})

    takeover = takeovers.start(account, company_uuid=uuid4(), country="SE", business_id="6408233234", name="Anna Firma")

    told = f"{takeover.case.subject} {takeover.case.key} {takeover.case.facts} {takeover.business_id}"
    assert "3234" not in told
    assert takeover.real_business_id.endswith("3234")


def test_the_kind_of_case_has_words_for_every_step() -> None:
    kind = next(kind for kind in cases.kinds() if kind.name == takeovers.KIND)

    assert [str(takeovers.word(name)) for name in (*kind.steps, *kind.outcomes)] == [
        "Request on its way", "Requested, documents to be collected", "Documents sent", "Completed", "Reverted",
        "Refused",
    ]  # fmt: skip


@pytest.fixture
def supplier(make_company: Any) -> Supplier:
    company = make_company(state="VERIFIED")
    row = Supplier(
        account=company.account, company=company, name="Paper Oy", country="FI", email="p@example.com",
        fact_at=company.created_at,
    )  # fmt: skip
    row.set_business_id("FI", "0112038-9")
    row.save()
    return row


def write_to(supplier: Supplier, **more: Any) -> Operation:
    addressee = {"email_address": supplier.email, "name": supplier.name, "language": "fi"}
    return run("companies.notify_suppliers", supplier.company, {"suppliers": [addressee], **more})


def test_suppliers_are_written_to_once_unless_staff_say_again(autoinvoice: FakeAutoInvoice, supplier: Supplier) -> None:
    autoinvoice.on("POST", NOTIFY, {"failures": []})
    first = write_to(supplier)

    with pytest.raises(NotQueueableError) as caught:
        write_to(supplier)
    again = write_to(supplier, again=True)

    assert (first.state, again.state) == ("DONE", "DONE")
    assert "Paper Oy" in str(caught.value.reason)


def test_a_mail_whose_answer_was_lost_is_a_named_case_and_not_repeated(
    autoinvoice: FakeAutoInvoice, supplier: Supplier
) -> None:
    autoinvoice.on("POST", NOTIFY, LOST)

    operation = write_to(supplier)

    assert (operation.state, bool(operation.named_case)) == ("UNKNOWN", True)
    assert len(autoinvoice.called("POST", NOTIFY)) == 1


def test_a_supplier_that_could_not_be_written_to_says_why(autoinvoice: FakeAutoInvoice, supplier: Supplier) -> None:
    autoinvoice.on("POST", NOTIFY, {"failures": [{"email": supplier.email, "reason": "no such mailbox"}]})

    write_to(supplier)

    supplier.refresh_from_db()
    assert (supplier.notified_at, supplier.failure) == (None, "no such mailbox")


def test_a_company_without_data_for_the_mail_is_told_what_to_complete(
    autoinvoice: FakeAutoInvoice, supplier: Supplier
) -> None:
    autoinvoice.on("POST", NOTIFY, refusal("conflict", status=409))

    assert "settings" in write_to(supplier).remedy


@pytest.mark.parametrize(("listed", "posts"), [(["there"], 1), ([], 2)])
def test_a_department_whose_answer_was_lost_is_found_by_its_name(
    autoinvoice: FakeAutoInvoice, make_company: Any, listed: list[str], posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AddDepartment, "deadline", 0.05)
    company, new = make_company(state="VERIFIED"), str(uuid4())
    autoinvoice.on("POST", DEPARTMENTS, LOST, {"id": new})
    autoinvoice.on("GET", DEPARTMENTS, [{"id": new} for _ in listed])
    autoinvoice.on("GET", "/v1/company/settings", {"details": {"name": "Varasto"}})

    operation = run("companies.add_department", company, DEPARTMENT)

    assert (operation.state, len(autoinvoice.called("POST", DEPARTMENTS))) == ("DONE", posts)
    assert list(Department.objects.values_list("gln", flat=True)) == ["6410000000001"]


def test_departments_that_cannot_be_told_apart_are_a_persons_matter(
    autoinvoice: FakeAutoInvoice, make_company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "MOST_LOOKS", 1)
    company = make_company(state="VERIFIED")
    autoinvoice.on("POST", DEPARTMENTS, LOST)
    autoinvoice.on("GET", DEPARTMENTS, [{"id": str(uuid4())}, {"id": str(uuid4())}])
    autoinvoice.on("GET", "/v1/company/settings", {"details": {"name": "Varasto"}})

    operation = run("companies.add_department", company, DEPARTMENT)

    assert (operation.state, bool(operation.named_case)) == ("UNKNOWN", True)
