"""Accounts of others, departments and suppliers."""

from typing import Any

import pytest

from tests.portal.sandbox.clients import Ax, refusal
from tests.sandbox import Sandbox

GLN = "6410000000001"
TAKEOVERS = "/v1/partner/takeovers"


@pytest.fixture
def partner(manual: Sandbox) -> Ax:
    return Ax(manual, scope="eui partner:lookups partner:takeovers")


@pytest.fixture
def elsewhere(manual: Sandbox) -> str:
    fields = {"bid": "2000005-9", "country": "FI", "name": "Toisen Talon Oy"}
    made: str = manual.control("POST", "/companies", fields)["company_id"]
    manual.control("POST", "/clock", {"advance": 3600})
    return made


def request(partner: Ax, company: str) -> str:
    return str(partner.post(TAKEOVERS, {"company_id": company}, expected=201)["id"])


def later(partner: Ax, days: float) -> Ax:
    partner.simulator.control("POST", "/clock", {"advance": days * 86400})
    return Ax(partner.simulator, scope=partner.scope)


def companies(partner: Ax) -> list[str]:
    return [company["id"] for company in partner.get("/v1/companies")]


def receivers(partner: Ax) -> list[Any]:
    found: list[Any] = partner.get("/v1/lookup/receivers?network[]=VISMA&network[]=PEPPOL&bid=2000005-9&country[]=FI")
    return found


def test_a_company_elsewhere_is_reserved_and_receives(partner: Ax, elsewhere: str) -> None:
    [answer] = partner.get("/v1/partner/lookups/companies?country=FI&bids[]=2000005-9")

    assert answer["company_status"] == "RESERVED"
    assert refusal(partner.register_raw("FI", "2000005-9"))[0] == 422
    assert {item["participant"]["id"] for item in receivers(partner)} == {elsewhere}
    assert elsewhere not in companies(partner)


def test_a_takeover_is_completed_once_its_documents_are_there(partner: Ax, elsewhere: str) -> None:
    takeover = request(partner, elsewhere)
    too_early = partner.call("POST", f"{TAKEOVERS}/{takeover}/complete")
    partner = later(partner, 4)

    answer = partner.call("POST", f"{TAKEOVERS}/{takeover}/complete")

    assert refusal(too_early) == (409, "conflict")
    assert answer.status_code == 200
    assert elsewhere in companies(partner)
    assert partner.as_company(elsewhere).get("/v1/company/vendors") == {"state": "linked"}


def test_a_completed_takeover_ends_what_the_former_holder_had(partner: Ax, elsewhere: str) -> None:
    takeover = request(partner, elsewhere)
    partner.simulator.control("POST", f"/takeovers/{takeover}/documents")

    partner.call("POST", f"{TAKEOVERS}/{takeover}/complete")

    company = partner.as_company(elsewhere)
    assert company.get("/v1/company/profiles") == []
    assert [user["role"] for user in company.get("/v1/company/users")] == ["ADMIN"]
    assert receivers(partner) == []


def test_a_reverted_takeover_gives_the_account_back_as_it_was(partner: Ax, elsewhere: str) -> None:
    takeover = request(partner, elsewhere)
    partner.simulator.control("POST", f"/takeovers/{takeover}/documents")
    partner.call("POST", f"{TAKEOVERS}/{takeover}/complete")

    answer = partner.call("DELETE", f"{TAKEOVERS}/{takeover}")

    assert answer.status_code == 204
    assert elsewhere not in companies(partner)
    assert {item["network"] for item in receivers(partner)} == {"VISMA", "PEPPOL"}


def test_a_takeover_called_off_is_gone(partner: Ax, elsewhere: str) -> None:
    takeover = request(partner, elsewhere)

    answers = [partner.call("DELETE", f"{TAKEOVERS}/{takeover}").status_code for _ in range(2)]

    assert answers == [204, 404]
    assert refusal(partner.call("POST", f"{TAKEOVERS}/{takeover}/complete")) == (404, "not_found")


def test_an_account_is_taken_over_by_one_request_at_a_time(partner: Ax, elsewhere: str) -> None:
    request(partner, elsewhere)

    assert refusal(partner.call("POST", TAKEOVERS, json={"company_id": elsewhere})) == (409, "conflict")


def test_an_account_of_ones_own_or_of_nobody_is_not_taken_over(partner: Ax) -> None:
    own = partner.register("FI", "2000006-7")

    assert refusal(partner.call("POST", TAKEOVERS, json={"company_id": own})) == (409, "conflict")
    assert refusal(partner.call("POST", TAKEOVERS, json={"company_id": "nobody"})) == (404, "not_found")


def department(company: Ax, **fields: str) -> Any:
    form = {
        "name": "Varasto", "bid": "0112038-9", "id_type": "GLN", "eaid": GLN, "no_vat": "true", "address1": "Street 1",
        "post_code": "00100", "post_office": "Town", "city": "Town", "country": "FI", "email": "store@example.test",
    } | fields  # fmt: skip
    return company.call("POST", "/v1/company/departments", files={name: (None, text) for name, text in form.items()})


def test_a_department_is_an_account_below_the_company(ax: Ax) -> None:
    company = ax.verified("FI")

    made = department(company).json()["id"]

    below = ax.as_company(made)
    assert company.get("/v1/company/departments") == [{"id": made}]
    assert below.get("/oauth2/current")["company"]["bid"] == "0112038-9"
    below.until(lambda: ax.get(f"/v1/lookup/receivers?network[]=VISMA&eia={GLN}"))
    assert made not in [item["id"] for item in ax.get("/v1/companies")]


@pytest.mark.parametrize(
    "fields", [{"eaid": "6410000000002"}, {"eaid": "641"}, {"bid": "2000006-7"}, {"email": "nobody"}]
)
def test_a_department_needs_a_gln_and_the_business_id_of_its_company(ax: Ax, fields: dict[str, str]) -> None:
    assert refusal(department(ax.verified("FI"), **fields)) == (400, "invalid_parameters")


def test_a_gln_is_given_once_and_departments_have_none_below(ax: Ax) -> None:
    company = ax.verified("FI")
    made = department(company).json()["id"]

    again, below = department(company), department(ax.as_company(made), eaid="6410000000018")

    assert [refusal(again)[0], refusal(below)[0]] == [400, 400]


def test_suppliers_are_told_when_the_question_is_asked_again(manual: Sandbox) -> None:
    company = Ax(manual).verified("FI")
    question = {"oldest_invoice_time": manual.control("GET", "/clock")["now"]}

    first = company.post("/v1/company/suppliers/query", question, expected=201)
    manual.control("POST", "/clock", {"advance": 600})
    again = company.post("/v1/company/suppliers/query", question, expected=201)

    assert (first["status"], first["suppliers"]) == ("pending", [])
    assert (again["status"], again["query_id"]) == ("completed", first["query_id"])


def test_suppliers_of_one_question_come_with_invoices_and_address(ax: Ax) -> None:
    company = ax.verified("FI")
    supplier = {"bid": "2000006-7", "country": "FI", "name": "Paperi Oy", "email": "p@example.test", "invoices": 4}
    ax.simulator.control("POST", f"/companies/{company.company}/suppliers", supplier)
    body = {"oldest_invoice_time": ax.simulator.control("GET", "/clock")["now"]}

    company.until(lambda: company.post("/v1/company/suppliers/query", body)["status"] == "completed")

    found = company.post("/v1/company/suppliers/query", body)["suppliers"]
    assert found[-1] == {
        "company_bid": "2000006-7", "company_country": "FI", "company_name": "Paperi Oy",
        "email_address": "p@example.test", "invoice_count": 4,
    }  # fmt: skip


def test_suppliers_are_asked_for_a_month_at_most(ax: Ax) -> None:
    answer = ax.verified("FI").call(
        "POST", "/v1/company/suppliers/query", json={"oldest_invoice_time": "2020-01-01T00:00:00Z"}
    )

    assert refusal(answer) == (400, "invalid_parameters")


def test_suppliers_that_cannot_be_written_to_are_named(ax: Ax) -> None:
    company = ax.verified("FI")
    suppliers = [
        {"email_address": "bounce@example.test", "name": "Gone Oy", "language": "fi"},
        {"email_address": "there@example.test", "name": "There Oy", "language": "en"},
    ]

    answer = company.post("/v1/company/suppliers/notifications", {"suppliers": suppliers}, expected=201)

    mails = ax.simulator.control("GET", f"/companies/{company.company}/supplier_mails")
    assert [failure["email"] for failure in answer["failures"]] == ["bounce@example.test"]
    assert [mail["email"] for mail in mails] == ["there@example.test"]


def test_a_company_without_address_cannot_write_to_suppliers(ax: Ax) -> None:
    company = ax.as_company(ax.register("FI", address1=" "))
    ax.simulator.change(company.company, company_state="VERIFIED")
    body = {"suppliers": [{"email_address": "a@example.test", "name": "A", "language": "en"}]}

    assert refusal(company.call("POST", "/v1/company/suppliers/notifications", json=body)) == (409, "conflict")
