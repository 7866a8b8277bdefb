"""Company settings and users."""

import pytest

from tests.portal.sandbox.clients import Ax, refusal


def test_settings_begin_with_what_the_company_was_registered_with(ax: Ax) -> None:
    company = ax.as_company(ax.register("SE"))

    settings = company.get("/v1/company/settings")

    assert settings["details"] == {
        "name": "Company of SE",
        "email": "office@example.test",
        "country": "SE",
        "bid": "5560125790",
    }
    assert settings["address"]["post_code"] == "00100"
    assert settings["email_reports"]["report_interval"] == "off"


def test_only_the_blocks_asked_for_are_answered(ax: Ax) -> None:
    assert set(ax.get("/v1/company/settings?fields[]=details&fields[]=address")) == {"details", "address"}


def test_only_what_is_named_changes(ax: Ax) -> None:
    company = ax.as_company(ax.register("SE"))
    before = company.get("/v1/company/settings")

    answer = company.call(
        "PATCH",
        "/v1/company/settings",
        json={
            "details": {"name": "New Name AB", "website": "https://example.test"},
            "send_invoice_print": {"enabled": False},
            "invoice_notifications": {"on_receiving": {"enabled": True, "other_email": "in@example.test"}},
        },
    )

    after = company.get("/v1/company/settings")
    assert answer.status_code == 204
    assert after["details"] == before["details"] | {"name": "New Name AB", "website": "https://example.test"}
    assert after["send_invoice_print"] == before["send_invoice_print"] | {"enabled": False}
    assert after["invoice_notifications"]["on_receiving"]["enabled"] is True
    assert after["invoice_notifications"]["on_send_errors"] == before["invoice_notifications"]["on_send_errors"]
    assert company.get("/oauth2/current")["company"]["name"] == "New Name AB"


def test_country_and_business_id_never_change(ax: Ax) -> None:
    company = ax.as_company(ax.register("SE"))

    company.call("PATCH", "/v1/company/settings", json={"details": {"bid": "1", "country": "NO"}})

    assert company.get("/v1/company/settings")["details"]["bid"] == "5560125790"
    assert company.get("/v1/company/settings")["details"]["country"] == "SE"


@pytest.mark.parametrize(
    "body",
    [
        {"email_reports": {"report_interval": "hourly"}},
        {"send_invoice_email": {"how_to_send": "PIGEON"}},
        {"details": "text"},
    ],
)
def test_an_unknown_word_changes_nothing(ax: Ax, body: dict[str, object]) -> None:
    before = ax.get("/v1/company/settings")

    assert refusal(ax.call("PATCH", "/v1/company/settings", json=body)) == (400, "invalid_parameters")
    assert ax.get("/v1/company/settings") == before


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"details": {"name": "AB"}}, "details.name: at least 3"),
        ({"details": {"email": "nobody"}}, "details.email: nobody is not"),
        ({"address": {"post_code": " "}}, "address.post_code: is required"),
        ({"invoice_notifications": {"on_receiving": {"enabled": True}}}, "on_receiving.other_email: is required"),
        ({"send_invoice_email": {"reminder_frequency": -1}}, "reminder_frequency: must not be negative"),
        ({"send_invoice_print": {"marketing_page": True}}, "marketing_page: is available in Finland only"),
        ({"logos": {"pdf": {"content": "no base64"}}}, "logos.pdf.content: is not base64"),
        ({"logos": {"pdf": {"content": "JVBERi0xLjc="}}}, "logos.pdf.content: must be PNG or JPEG"),
        ({"logos": {"email_header": {"content": "/9j/4AAQ"}}}, "logos.email_header.content: must be PNG"),
        ({"email_reports": {"report_interval": "daily"}}, "email_reports.email_reports: at least one"),
        ({"billing_details": {"billing_company_id": "me"}}, "billing_company_id: is not a uuid"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_with_its_field(ax: Ax, body: dict[str, object], fault: str) -> None:
    company = ax.as_company(ax.register("SE"))
    before = company.get("/v1/company/settings")

    answer = company.call("PATCH", "/v1/company/settings", json=body)

    assert refusal(answer) == (400, "invalid_parameters")
    assert fault in answer.json()["details"][0]
    assert company.get("/v1/company/settings") == before


def test_logos_are_read_back_as_they_were_sent(ax: Ax) -> None:
    content = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

    answer = ax.call("PATCH", "/v1/company/settings", json={"logos": {"email_header": {"content": content}}})

    assert answer.status_code == 204
    assert ax.get("/v1/company/settings?fields=logos") == {"logos": {"email_header": {"content": content}}}


def test_detect_checks_are_one_setting_in_two_places(ax: Ax) -> None:
    ax.call("PATCH", "/v1/services/detect/checks?on_invoice_receive[]=VAT&on_invoice_receive[]=BANK_ACCOUNT_CHANGED")
    in_settings = ax.get("/v1/company/settings?fields=checks")
    ax.call("PATCH", "/v1/company/settings", json={"checks": {"on_invoice_receive": ["VAT"]}})
    in_service = ax.get("/v1/services/detect/checks")
    ax.call("PATCH", "/v1/services/detect/checks")

    assert in_settings == {"checks": {"on_invoice_receive": ["VAT", "BANK_ACCOUNT_CHANGED"]}}
    assert in_service == {"on_invoice_receive": "VAT"}
    assert ax.get("/v1/company/settings?fields=checks") == {"checks": {"on_invoice_receive": []}}


def test_a_new_user_gets_a_key_once(ax: Ax) -> None:
    company = ax.as_company(ax.register())

    made = company.post(
        "/v1/company/users", {"email": "new@example.test", "first_name": "New", "user_role": "ADMIN"}, expected=201
    )

    shown = company.get(f"/v1/company/users/{made['id']}")
    assert made["api_key"]
    assert shown == {name: value for name, value in made.items() if name != "api_key"}
    assert ax.as_company(company.company, made["api_key"]).get("/oauth2/current")["user"]["id"] == made["id"]


def test_a_known_user_is_added_without_a_key(ax: Ax) -> None:
    first, second = ax.as_company(ax.register("FI")), ax.as_company(ax.register("SE"))
    body = {"email": "same@example.test", "first_name": "Same"}
    made = first.post("/v1/company/users", body, expected=201)

    added = second.post("/v1/company/users", body, expected=200)

    assert added == {name: value for name, value in made.items() if name != "api_key"}


@pytest.mark.parametrize(
    "body",
    [{"email": "a@example.test"}, {"first_name": "A"}, {"email": " ", "first_name": "A"},
     {"email": "nobody", "first_name": "A"}, {"email": "a@example.test", "first_name": "A", "user_role": "OWNER"}],
)  # fmt: skip
def test_a_user_without_name_or_with_an_unknown_role_is_refused(ax: Ax, body: dict[str, str]) -> None:
    assert refusal(ax.call("POST", "/v1/company/users", json=body)) == (400, "invalid_parameters")


def test_names_flags_and_roles_of_a_user_are_changed(ax: Ax) -> None:
    company = ax.as_company(ax.register())
    user = company.post("/v1/company/users", {"email": "u@example.test", "first_name": "U"})["id"]

    company.call("PATCH", f"/v1/company/users/{user}", json={"last_name": "Last", "emails_disabled": True})
    company.call("POST", f"/v1/company/users/{user}/roles", json={"user_role": "ADMIN"})

    shown = company.get(f"/v1/company/users/{user}")
    assert (shown["first_name"], shown["last_name"], shown["role"]) == ("U", "Last", "ADMIN")
    assert (shown["emails_disabled"], shown["notifications_disabled"]) == (True, False)


def test_the_last_admin_stays(ax: Ax) -> None:
    company = ax.as_company(ax.register())
    [admin] = company.get("/v1/company/users")

    assert refusal(company.call("DELETE", f"/v1/company/users/{admin['id']}")) == (409, "conflict")


def test_a_removed_user_loses_its_way_in(ax: Ax) -> None:
    company = ax.as_company(ax.register())
    made = company.post("/v1/company/users", {"email": "x@example.test", "first_name": "X"})
    leaving = ax.as_company(company.company, made["api_key"])
    leaving.get("/oauth2/current")

    answer = company.call("DELETE", f"/v1/company/users/{made['id']}")

    assert answer.status_code == 204
    assert refusal(leaving.call("GET", "/oauth2/current")) == (401, "unauthorized")
    assert refusal(company.call("GET", f"/v1/company/users/{made['id']}")) == (404, "not_found")
