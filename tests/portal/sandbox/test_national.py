"""AvtaleGiro, invoices to consumers, and ODP."""

import pytest

from tests.portal.sandbox.clients import Ax, refusal

ATG, B2CSE = "/v1/services/atg", "/v1/services/b2cse/agreement"
AGREEMENT = {
    "account_number": "12345678903", "kid_length": 10, "reference_position": "1-7", "signer_email": "boss@example.test",
    "notification_by_email": True,
}  # fmt: skip


@pytest.fixture
def norwegian(ax: Ax) -> Ax:
    return ax.verified("NO")


def test_an_agreement_comes_into_force_when_its_signer_has_signed(norwegian: Ax) -> None:
    asked = norwegian.post(ATG, AGREEMENT, expected=201)
    norwegian.until(lambda: norwegian.get(f"{ATG}/12345678903")["status"] == "ACTIVE")

    assert (asked["status"], asked["kid_length"]) == ("PENDING", "10")
    assert [item["account_number"] for item in norwegian.get(ATG)] == ["12345678903"]


def test_an_agreement_in_force_has_consents_to_page_and_search(norwegian: Ax) -> None:
    norwegian.post(ATG, AGREEMENT)
    norwegian.until(lambda: norwegian.get(f"{ATG}/mandates"))

    answer = norwegian.call("GET", f"{ATG}/mandates?per_page=2")

    assert (len(answer.json()), answer.headers["X-Total"]) == (2, "3")
    assert [item["reference_nr"] for item in norwegian.get(f"{ATG}/mandates?query=P0002")] == ["P0002"]
    assert norwegian.get(f"{ATG}/mandates?status=INACTIVE") == []


def test_a_changed_agreement_is_signed_anew(norwegian: Ax) -> None:
    norwegian.post(ATG, AGREEMENT)
    norwegian.until(lambda: norwegian.get(f"{ATG}/12345678903")["status"] == "ACTIVE")
    change = {"kid_length": 12, "reference_position": "1-8", "signer_email": "new@example.test"}

    answer = norwegian.call("PATCH", f"{ATG}/12345678903", json=change)

    assert answer.status_code == 204
    assert norwegian.get(f"{ATG}/12345678903")["kid_length"] == "12"


@pytest.mark.parametrize(
    "change",
    [
        {"account_number": "12345678904"},
        {"kid_length": 26},
        {"reference_position": "1-11"},
        {"reference_position": "first"},
        {"signer_email": "boss"},
    ],
)
def test_an_agreement_that_makes_no_sense_is_refused(norwegian: Ax, change: dict[str, object]) -> None:
    assert refusal(norwegian.call("POST", ATG, json=AGREEMENT | change)) == (400, "invalid_parameters")
    assert norwegian.get(ATG) == []


def test_an_account_has_one_agreement(norwegian: Ax) -> None:
    norwegian.post(ATG, AGREEMENT)

    assert refusal(norwegian.call("POST", ATG, json=AGREEMENT)) == (400, "invalid_parameters")


def test_direct_debit_is_norwegian(ax: Ax) -> None:
    assert refusal(ax.verified("SE").call("POST", ATG, json=AGREEMENT)) == (400, "invalid_parameters")


def test_an_agreement_of_others_is_not_found(norwegian: Ax) -> None:
    assert refusal(norwegian.call("GET", f"{ATG}/12345678903")) == (404, "not_found")


def test_norwegian_consumers_are_reached_once_the_company_is_on_visma(norwegian: Ax) -> None:
    before = norwegian.get("/v1/services/b2cno")["status"]
    norwegian.on_network("VISMA")

    assert (before, norwegian.get("/v1/services/b2cno")["status"]) == ("FREE", "ACTIVE")
    assert len(norwegian.get("/v1/services/b2cno/consumers")) == 3
    assert [item["name"] for item in norwegian.get("/v1/company/consumers?status=REJECTED")] == ["Nina Berg"]


def test_norwegian_consumers_may_be_held_by_another_sender(norwegian: Ax) -> None:
    norwegian.simulator.control("POST", f"/companies/{norwegian.company}/b2cno", {"status": "RESERVED"})

    assert norwegian.get("/v1/services/b2cno") == {"status": "RESERVED"}


def test_norwegian_consumers_are_no_matter_of_a_finnish_company(ax: Ax) -> None:
    assert refusal(ax.verified("FI").call("GET", "/v1/services/b2cno")) == (404, "not_found")


def test_the_swedish_agreement_comes_into_force_after_a_while(ax: Ax) -> None:
    swedish = ax.verified("SE")
    missing = swedish.call("GET", B2CSE)

    swedish.post(B2CSE, {"account_number": "5050-1055", "account_type": "BankGiro"}, expected=204)
    first = swedish.get(B2CSE)["status"]
    swedish.until(lambda: swedish.get(B2CSE)["status"] == "ACTIVE")

    assert refusal(missing) == (404, "not_found")
    assert first == "PENDING"


@pytest.mark.parametrize(
    ("country", "number", "status"), [("FI", "50501055", 422), ("SE", "giro", 422), ("SE", "", 422)]
)
def test_the_swedish_agreement_needs_a_swedish_company_and_a_giro(
    ax: Ax, country: str, number: str, status: int
) -> None:
    answer = ax.verified(country).call("POST", B2CSE, json={"account_number": number, "account_type": "BankGiro"})

    assert answer.status_code == status


def test_odp_knows_a_company_by_its_number_and_whether_it_is_trusted(norwegian: Ax) -> None:
    number = norwegian.simulator.control("GET", f"/companies/{norwegian.company}/odp")["number"]
    odp = Ax(norwegian.simulator, norwegian.company, scope="global")
    before = odp.get(f"/odp/companies/{number}")

    answer = odp.call("PATCH", f"/odp/companies/{number}", files={"trusted": (None, "true")})

    assert (before["state"], answer.status_code) == ("CREATED", 204)
    assert odp.get(f"/odp/companies/{number}")["state"] == "TRUSTED"


def test_odp_hides_companies_of_others(norwegian: Ax) -> None:
    odp = Ax(norwegian.simulator, norwegian.company, scope="global")

    assert refusal(odp.call("GET", "/odp/companies/17")) == (404, "not_found")
