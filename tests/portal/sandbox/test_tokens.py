"""POST /oauth2/token, and what a token opens."""

import base64
from typing import Any

import pytest
import requests

from tests.portal.sandbox.clients import Ax, refusal
from tests.sandbox import Sandbox


def fields(simulator: Sandbox, **changes: str) -> dict[str, str]:
    keys = simulator.credentials
    return {
        "grant_type": "client_credentials",
        "client_id": keys["company_uuid"],
        "client_secret": keys["user_api_key"],
        "vendor_api_key": keys["vendor_api_key"],
    } | changes


def ask(simulator: Sandbox, **options: Any) -> requests.Response:
    return requests.post(f"{simulator.credentials['ax_url']}/oauth2/token", timeout=10, **options)


@pytest.mark.parametrize("form", ["urlencoded", "multipart", "json"])
def test_a_token_is_given_for_every_kind_of_body(simulator: Sandbox, form: str) -> None:
    sent = fields(simulator, scope="eui")
    kinds: dict[str, dict[str, Any]] = {
        "urlencoded": {"data": sent},
        "multipart": {"files": {name: (None, value) for name, value in sent.items()}},
        "json": {"json": sent},
    }

    answer = ask(simulator, **kinds[form])

    assert answer.status_code == 200
    assert {"token_type": "bearer", "expires_in": 3600, "scope": "eui"}.items() <= answer.json().items()


def test_company_and_key_may_come_by_http_basic(simulator: Sandbox) -> None:
    keys = simulator.credentials

    answer = ask(
        simulator, data={"grant_type": "client_credentials"}, auth=(keys["company_uuid"], keys["user_api_key"])
    )

    assert answer.status_code == 200


def test_a_basic_header_that_is_no_base64_is_a_wrong_login(simulator: Sandbox) -> None:
    answer = ask(simulator, data={"grant_type": "client_credentials"}, headers={"Authorization": "Basic ###"})

    assert refusal(answer) == (401, "unauthorized")


def test_a_token_without_scope_has_the_default_ones(simulator: Sandbox) -> None:
    answer = ask(simulator, data=fields(simulator))

    assert answer.json()["scope"] == "global company"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_secret": "wrong"},
        {"client_id": "3f1c7c7e-0000-4000-8000-000000000000"},
        {"client_id": "", "client_secret": ""},
        {"vendor_api_key": "unknown"},
    ],
)
def test_a_wrong_login_is_refused(simulator: Sandbox, changes: dict[str, str]) -> None:
    answer = ask(simulator, data=fields(simulator, **changes))

    assert refusal(answer) == (401, "unauthorized")


def test_swapped_keys_are_a_wrong_login(simulator: Sandbox) -> None:
    keys = simulator.credentials

    answer = ask(simulator, data=fields(simulator, client_id=keys["user_api_key"], client_secret=keys["company_uuid"]))

    assert refusal(answer) == (401, "unauthorized")


@pytest.mark.parametrize("changes", [{"grant_type": "password"}, {"scope": "eui no:such"}])
def test_an_unknown_word_is_a_bad_request(simulator: Sandbox, changes: dict[str, str]) -> None:
    answer = ask(simulator, data=fields(simulator, **changes))

    assert refusal(answer) == (400, "invalid_parameters")


def test_a_new_token_leaves_older_ones_valid(simulator: Sandbox) -> None:
    tokens = [simulator.token() for _ in range(5)]

    answers = [bearer(simulator, token).status_code for token in tokens]

    assert len(set(tokens)) == 5
    assert answers == [200] * 5


def test_a_token_expires_after_an_hour(simulator: Sandbox) -> None:
    token = simulator.token()

    simulator.advance(3599)
    before = bearer(simulator, token).status_code
    simulator.advance(2)
    after = bearer(simulator, token)

    assert before == 200
    assert refusal(after) == (401, "unauthorized")


def test_a_missing_scope_answers_401(simulator: Sandbox) -> None:
    token = simulator.token("invoice:send")

    answer = bearer(simulator, token, "/v1/company/profiles")

    assert refusal(answer) == (401, "unauthorized")


@pytest.mark.parametrize("scope", ["eui", "company", "company:read", "global"])
def test_a_bundle_opens_what_its_single_scopes_open(simulator: Sandbox, scope: str) -> None:
    token = simulator.token(scope)

    answer = bearer(simulator, token, "/v1/company/profiles")

    assert answer.status_code == 200


def test_a_company_that_is_no_partner_gets_no_partner_scope(ax: Ax) -> None:
    company = ax.register()

    token = ax.simulator.token("eui partner:lookups", company)

    current = bearer(ax.simulator, token, "/oauth2/current").json()
    assert current["scopes"] == ["eui"]
    assert refusal(bearer(ax.simulator, token, "/v1/partner/lookups/companies?bids=1&country=FI"))[0] == 401


def test_a_partner_scope_can_be_withheld_for_training(simulator: Sandbox) -> None:
    simulator.change(simulator.credentials["company_uuid"], withheld_scopes=["partner:lookups"])

    token = simulator.token("eui partner:lookups")

    assert bearer(simulator, token, "/oauth2/current").json()["scopes"] == ["eui"]


def test_the_token_tells_whom_it_speaks_for(ax: Ax) -> None:
    current = ax.get("/oauth2/current")
    status = ax.get("/status/authenticated")

    assert current["company"]["id"] == ax.simulator.credentials["company_uuid"]
    assert (current["company"]["wizard_done"], current["company"]["disabled"]) == (True, False)
    assert current["user"]["email"] == "integration@example.test"
    assert status["client_id"] == ax.simulator.credentials["company_uuid"]
    assert status["expires_at"].endswith("Z")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic " + base64.b64encode(b"a:b").decode()]
)
def test_nonsense_instead_of_a_token_answers_401(simulator: Sandbox, header: str) -> None:
    answer = requests.get(
        f"{simulator.credentials['ax_url']}/oauth2/current", headers={"Authorization": header}, timeout=10
    )

    assert refusal(answer) == (401, "unauthorized")


def bearer(simulator: Sandbox, token: str, path: str = "/oauth2/current") -> requests.Response:
    url = simulator.credentials["ax_url"] + path
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10)
