"""The pages: signing, faults and clock, Swagger UI."""

import re

import pytest
import requests

from tests.portal.sandbox.clients import BIDS, Ax
from tests.sandbox import Sandbox


def invitation(ax: Ax, *companies: str) -> str:
    """The link of a new request to sign."""
    body = {"auth_email": "boss@example.test", "locale": "FI", "company_ids": companies}
    ax.post("/v1/companies/authorizations", body)
    return str(ax.simulator.invitations()[0]["url"])


def press(url: str, decision: str) -> requests.Response:
    return requests.post(url, data={"decision": decision}, timeout=10)


def test_the_signing_page_lists_the_companies_of_that_request(ax: Ax) -> None:
    companies = [ax.register("FI", bid, name=f"Firm <{bid}> Oy") for bid in BIDS["FI"][:3]]

    page = requests.get(invitation(ax, *companies[:2]), timeout=10)

    assert "Firm &lt;0112038-9&gt; Oy" in page.text
    assert "Firm &lt;2000005-9&gt; Oy" in page.text
    assert "2000006-7" not in page.text
    assert re.search(r"<button[^>]*>Sign</button>", page.text)
    assert "boss@example.test" in page.text


def test_the_sign_button_settles_the_request(ax: Ax) -> None:
    company = ax.register("SE")
    url = invitation(ax, company)

    page = press(url, "sign")

    assert (page.status_code, page.url) == (200, url)
    assert "Signed." in page.text
    assert ">Sign</button>" not in page.text
    assert ax.get(f"/v1/companies/{company}/status")["company_state"] == "VERIFIED"


def test_the_decline_button_leaves_the_company_unverified(ax: Ax) -> None:
    company = ax.register("SE")

    page = press(invitation(ax, company), "decline")

    assert "Declined." in page.text
    assert ax.get(f"/v1/companies/{company}/status")["company_state"] == "UNVERIFIED"


def test_a_second_press_shows_how_it_stands(ax: Ax) -> None:
    company = ax.register("SE")
    url = invitation(ax, company)
    press(url, "sign")

    page = press(url, "decline")

    assert "Signed." in page.text
    assert ax.get(f"/v1/companies/{company}/status")["company_state"] == "VERIFIED"


def test_an_expired_link_can_not_be_signed(ax: Ax) -> None:
    company = ax.register("SE")
    url = invitation(ax, company)
    ax.simulator.advance(7 * 86400 + 1)

    page = press(url, "sign")

    assert "expired" in page.text
    assert Ax(ax.simulator).get(f"/v1/companies/{company}/status")["company_state"] == "UNVERIFIED"


@pytest.mark.parametrize(("decision", "status"), [("shred", 400), ("", 400)])
def test_another_decision_is_refused(ax: Ax, decision: str, status: int) -> None:
    url = invitation(ax, ax.register("SE"))

    assert press(url, decision).status_code == status
    assert ax.simulator.invitations()[0]["state"] == "open"


def test_an_unknown_link_is_not_found(simulator: Sandbox) -> None:
    assert requests.get(f"{simulator.url}/sign/nothing", timeout=10).status_code == 404


def test_another_site_can_not_sign(ax: Ax) -> None:
    url = invitation(ax, ax.register("SE"))

    answer = requests.post(url, data={"decision": "sign"}, headers={"Origin": "https://elsewhere.example"}, timeout=10)

    assert answer.status_code == 403
    assert ax.simulator.invitations()[0]["state"] == "open"


def test_the_console_sets_faults_and_clock(simulator: Sandbox) -> None:
    console = f"{simulator.url}/_sandbox/page"

    requests.post(f"{console}/fault", data={"kind": "503", "path": "/v1/invoices*", "count": "3"}, timeout=10)
    requests.post(f"{console}/latency", data={"seconds": "0.01"}, timeout=10)
    page = requests.post(f"{console}/clock", data={"advance": "86400"}, timeout=10)

    state = simulator.state()
    assert "/v1/invoices*" in page.text
    assert [(rule["kind"], rule["path"], rule["count"]) for rule in state["faults"]] == [("503", "/v1/invoices*", 3)]
    assert state["latency"] == 0.01


def test_a_wrong_form_of_the_console_says_why(simulator: Sandbox) -> None:
    answer = requests.post(f"{simulator.url}/_sandbox/page/fault", data={"kind": "flood"}, timeout=10)

    assert answer.status_code == 400
    assert "kind must be one of" in answer.text


def test_the_root_leads_to_the_console(simulator: Sandbox) -> None:
    assert "Faults and clock" in requests.get(simulator.url, timeout=10).text


def test_swagger_ui_comes_from_local_files(simulator: Sandbox) -> None:
    page = requests.get(f"{simulator.url}/docs/", timeout=10).text
    links = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert "validatorUrl: null" in page
    assert all(link.startswith(("/static/", "data:")) for link in links)
    for link in links:
        if link.startswith("/"):
            assert requests.get(simulator.url + link, timeout=10).status_code == 200


@pytest.mark.parametrize("api", ["ax", "receivables", "validator", "payslip", "billing"])
def test_the_contract_files_point_at_the_simulator(simulator: Sandbox, api: str) -> None:
    document = requests.get(f"{simulator.url}/docs/{api}.openapi.json", timeout=10).json()

    assert document["servers"] == [{"url": f"/{api}"}]
    assert "maventa.com" not in str(document["components"].get("securitySchemes"))
