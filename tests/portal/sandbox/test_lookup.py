"""Look-ups, operators, keys and definitions."""

import requests

from tests.portal.sandbox.clients import Ax, refusal


def test_a_receiver_is_found_once_it_is_active(ax: Ax) -> None:
    company = ax.verified("FI")
    before = ax.get("/v1/lookup/receivers?network=PEPPOL&bid=0112038-9")
    company.on_network("VISMA")
    company.on_network("PEPPOL")

    [found] = ax.get("/v1/lookup/receivers?network=PEPPOL&bid=FI01120389")

    assert before == []
    assert found["eia"] == "003701120389"
    assert found["identifier"] == {
        "scheme": "0216",
        "eaid_name": "FI:OVT2",
        "eaid_code": "0216",
        "endpoint_id": "003701120389",
    }
    assert found["operator"] == "003721291126"
    assert [item["document_type"] for item in found["document_types"]] == ["INVOICE", "CREDIT_NOTE"]
    assert found["participant"]["id"] == company.company


def test_receivers_are_filtered(ax: Ax) -> None:
    for country in ("FI", "SE"):
        company = ax.verified(country)
        company.on_network("VISMA")
    lookup = "/v1/lookup/receivers?network=VISMA"

    def names(query: str) -> list[str]:
        return [entry["participant"]["country"] for entry in ax.get(lookup + query)]

    assert names("") == ["FI", "SE"]
    assert names("&country[]=SE") == ["SE"]
    assert names("&name=company+of+fi") == ["FI"]
    assert names("&eia=003701120389") == ["FI"]
    assert names("&eia=V154:003701120389") == ["FI"]
    assert names("&eia=01120389") == []
    assert names("&eia=01120389&allow_eia_variants=true") == ["FI"]
    assert names("&document_type=ORDER") == []


def test_receivers_need_a_network(ax: Ax) -> None:
    assert refusal(ax.call("GET", "/v1/lookup/receivers?bid=1")) == (400, "invalid_parameters")


def test_receivers_outside_are_found_too(ax: Ax) -> None:
    found = ax.get("/v1/lookup/receivers?network=PEPPOL&eia=987654325")

    assert [(entry["participant"]["name"], entry["operator"]) for entry in found] == [("Fjordhandel AS", "PEPPOL")]


def test_senders_are_those_that_are_verified(ax: Ax) -> None:
    ax.verified("SE")
    ax.register("NO")

    found = ax.get("/v1/lookup/endpoints?business_ids=5560125790,923609016,1")

    assert found == [{"bid": "5560125790", "sending": ["invoice"]}]


def test_more_than_ten_business_ids_are_refused(ax: Ax) -> None:
    ids = ",".join(str(number) for number in range(11))

    assert refusal(ax.call("GET", f"/v1/lookup/endpoints?business_ids={ids}")) == (400, "invalid_parameters")


def test_a_consumer_is_reached_by_number_but_not_by_name(ax: Ax) -> None:
    by_phone = ax.get("/v1/lookup/consumers?phone_number=91234567")
    by_name = ax.get("/v1/lookup/consumers?first_name=Kari&last_name=Nordmann&routes=dpi")

    assert {route["status"] for route in by_phone["routes"].values()} == {"RECEIVING"}
    assert by_name["routes"] == {"dpi": {"status": "NOT_AVAILABLE"}}


def test_operators_are_the_same_on_the_old_path(ax: Ax) -> None:
    operators = ax.get("/v1/definitions/operators")

    assert operators[0]["operator_id"] == "003721291126"
    assert ax.get("/v1/entities/operators") == operators


def test_keys_and_definitions_are_open_to_all(ax: Ax) -> None:
    keys = requests.get(f"{ax.url}/v1/jwk", timeout=10).json()
    checks = requests.get(
        f"{ax.url}/v1/definitions/detect/checks?checks=VAT&check_attributes=titles", timeout=10
    ).json()
    reasons = requests.get(f"{ax.url}/v1/invoices/reports/definitions", timeout=10).json()
    old = requests.get(f"{ax.url}/v1/analysis/definitions", timeout=10).json()

    assert {"kty", "n", "e", "kid"} <= set(keys[0]["keys"][0])
    assert [set(check) for check in checks["checks"]] == [{"name", "titles"}]
    assert {title["lang"] for title in checks["checks"][0]["titles"]} == {"EN", "FI", "SE", "NO", "DK", "NL"}
    assert len(old["checks"]) == 5
    assert len(reasons["criteria"]) == 10
    assert reasons["disclaimer_text"]
