"""Proof of reception by look-up: what the world says of a company, network by network."""

from typing import Any

import pytest

from companies.models import Company, NetworkProfile, ProofOfReception
from companies.networks import proof
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from tests.companies.fakes import FakeAutoInvoice
from tests.companies.running import profile, run

RECEIVERS = "/v1/lookup/receivers"
OWN, OTHER = "003721291126", "003723327487"


@pytest.fixture
def company(make_company: Any) -> Company:
    found: Company = make_company(state="VERIFIED")
    profile(found, "VISMA")
    profile(found, "PEPPOL")
    return found


def answer(network: str, operator: str = OWN, eia: str = "003712345671") -> dict[str, Any]:
    kinds = [{"document_type": "INVOICE"}, {"document_type": "CREDIT_NOTE"}]
    participant = {"name": "Example Oy", "country": "FI"}
    return {
        "eia": eia, "network": network, "operator": operator, "participant": participant, "document_types": kinds,
    }  # fmt: skip


def outcomes() -> dict[str, tuple[str, str]]:
    rows = ProofOfReception.objects.values_list("network", "state", "text")
    return {network: (state, text) for network, state, text in rows}


def test_each_network_is_proven_by_what_the_world_finds(autoinvoice: FakeAutoInvoice, company: Company) -> None:
    autoinvoice.on("GET", RECEIVERS, [answer("VISMA"), answer("PEPPOL")])

    operation = run("companies.prove_reception", company)

    assert operation.state == "DONE"
    assert {network: state for network, (state, _text) in outcomes().items()} == {
        "VISMA": "PROVEN",
        "PEPPOL": "PROVEN",
    }
    assert "CREDIT_NOTE, INVOICE" in outcomes()["PEPPOL"][1]
    assert proof.is_proven(proof.latest(company))
    assert len(autoinvoice.called("GET", RECEIVERS)) == 1


def test_another_operator_at_the_address_is_no_proof(autoinvoice: FakeAutoInvoice, company: Company) -> None:
    autoinvoice.on("GET", RECEIVERS, [answer("VISMA"), answer("PEPPOL", OTHER)])

    run("companies.prove_reception", company)

    assert outcomes()["PEPPOL"][0] == "STOPPED"
    assert OTHER in outcomes()["PEPPOL"][1]
    assert not proof.is_proven(proof.latest(company))


def test_a_network_in_which_nobody_finds_the_company_says_so(autoinvoice: FakeAutoInvoice, company: Company) -> None:
    NetworkProfile.objects.filter(network="PEPPOL").update(status="pending")
    autoinvoice.on("GET", RECEIVERS, [answer("VISMA")])

    run("companies.prove_reception", company)

    assert outcomes()["PEPPOL"] == ("STOPPED", "Nobody is found at the address: the registration is not active.")


def test_the_newest_answer_counts(autoinvoice: FakeAutoInvoice, company: Company) -> None:
    autoinvoice.on("GET", RECEIVERS, [], [answer("VISMA"), answer("PEPPOL")])

    run("companies.prove_reception", company)
    before = proof.is_proven(proof.latest(company))
    run("companies.prove_reception", company)

    assert (before, proof.is_proven(proof.latest(company))) == (False, True)


def test_a_company_without_a_network_cannot_be_proven(make_company: Any) -> None:
    company = make_company()

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.prove_reception", company, account=company.account)

    assert "no address" in str(caught.value.reason)


def test_a_test_invoice_needs_a_network_that_is_open(company: Company) -> None:
    company.profiles.update(status="pending")

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.prove_reception", company, {"with_invoice": True}, account=company.account)

    assert "could not arrive" in str(caught.value.reason)
