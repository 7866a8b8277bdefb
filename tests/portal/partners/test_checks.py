"""The answers of "Test connection", against the simulator."""

import dataclasses
from uuid import UUID

import pytest

from portal import maventa
from portal.partners import clients
from portal.partners.checks import ConnectionReport, Level, check_connection


@pytest.fixture
def credentials(simulated_account):
    return clients.credentials_of(simulated_account)


def texts(report: ConnectionReport, level: Level) -> str:
    return " ".join(str(finding.text) for finding in report.findings if finding.level is level)


def test_good_account_is_named_with_all_its_rights(credentials):
    report = check_connection(credentials)

    assert report.ok
    assert "Connected as" in texts(report, Level.GOOD)
    assert "All rights" in texts(report, Level.GOOD)
    assert texts(report, Level.WARN) == ""


def test_missing_right_is_named_with_what_cannot_be_done(credentials, simulator):
    simulator.change(str(credentials.partner_company), withheld_scopes=["partner:lookups"])
    try:
        report = check_connection(credentials)
    finally:
        simulator.change(str(credentials.partner_company), withheld_scopes=[])

    assert report.ok
    assert "partner:lookups is missing" in texts(report, Level.WARN)
    assert "partner:invoice_delivery_actions" not in texts(report, Level.WARN)


def test_swapped_keys_are_recognised(credentials):
    swapped = dataclasses.replace(credentials, user_key=credentials.vendor_key, vendor_key=credentials.user_key)

    report = check_connection(swapped)

    assert not report.ok
    assert "keys are swapped" in texts(report, Level.BAD)


def test_company_in_the_place_of_the_key_is_recognised(credentials, simulator, monkeypatch):
    """A user key may look like a UUID; the simulator's does not, so the attempt is watched."""
    tried = []
    monkeypatch.setattr("portal.partners.checks._works", lambda given, log: tried.append(given) or len(tried) == 2)
    key = UUID(int=77)
    wrong = dataclasses.replace(credentials, user_key=str(key))

    report = check_connection(wrong)

    assert "company UUID and the user API key are swapped" in texts(report, Level.BAD)
    assert (tried[1].partner_company, tried[1].user_key) == (key, str(credentials.partner_company))


@pytest.mark.parametrize("part", ["user_key", "vendor_key", "partner_company"])
def test_values_of_another_environment_are_explained(credentials, part):
    wrong = dataclasses.replace(credentials, **{part: UUID(int=5) if part == "partner_company" else "elsewhere"})

    report = check_connection(wrong)

    assert not report.ok
    assert "does not accept this company with these keys" in texts(report, Level.BAD)
    assert "Sandbox" in texts(report, Level.BAD)


def test_address_where_nothing_listens_is_named(credentials):
    nowhere = dataclasses.replace(credentials, urls=maventa.hosts("SANDBOX", {"ax": "http://127.0.0.1:9/ax"}))

    report = check_connection(nowhere)

    assert not report.ok
    assert "Nothing answers at http://127.0.0.1:9/ax" in texts(report, Level.BAD)


def test_address_that_is_not_the_api_is_named(credentials, httpserver):
    httpserver.expect_request("/ax/oauth2/token").respond_with_data("<html>Hello</html>", content_type="text/html")
    url = f"http://127.0.0.1:{httpserver.port}/ax"
    other = dataclasses.replace(credentials, urls=maventa.hosts("SANDBOX", {"ax": url}))

    report = check_connection(other)

    assert "does not look like AutoInvoice" in texts(report, Level.BAD)


def test_every_test_asks_for_a_new_token(credentials):
    """One from the cache would hide that the keys were withdrawn."""
    told = []

    check_connection(credentials, told.append)
    first = [record.path for record in told].count("/oauth2/token")
    check_connection(credentials, told.append)

    assert first > 0
    assert [record.path for record in told].count("/oauth2/token") == 2 * first


def test_report_shows_no_key(credentials):
    wrong = dataclasses.replace(credentials, vendor_key="vendor-key-of-another")

    shown = repr(check_connection(wrong))

    assert credentials.user_key not in shown
    assert "vendor-key-of-another" not in shown
