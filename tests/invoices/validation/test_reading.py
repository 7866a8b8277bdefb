"""What a report becomes: one verdict, groups by meaning, each rule once."""

import json
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from invoices import validation
from invoices.validation import Checked, Meaning
from portal import maventa
from portal.maventa import tokens
from tests.contract.conftest import COMPANY, PARTNER
from tests.invoices.documents import finvoice, ubl, zipped

LINE = "/Invoice/cac:InvoiceLine[%d]"


@pytest.fixture
def client(httpserver: HTTPServer) -> maventa.Client:
    tokens.forget_all()
    httpserver.expect_request("/ax/oauth2/token").respond_with_json({"access_token": "t", "expires_in": 3600})
    root = httpserver.url_for("").rstrip("/")
    credentials = maventa.Credentials(
        account_id=8,
        version=1,
        environment=maventa.Environment.SANDBOX,
        urls=maventa.hosts("SANDBOX", {"ax_url": f"{root}/ax", "validator_url": f"{root}/validator"}),
        partner_company=PARTNER,
        user_key="user-key",
        vendor_key="vendor-key",
        calls_per_second=1000.0,
        parallel_calls=16,
    )
    return maventa.Client(credentials, COMPANY, log=lambda record: None, deadline=5.0)


class Ask:
    def __init__(self, server: HTTPServer, client: maventa.Client) -> None:
        self.server, self.client = server, client

    def __call__(self, *asserts: dict[str, Any], result: str | None = "OK", content: bytes | None = None) -> Checked:
        report = {"result": result, "assertions": list(asserts), "document_format": "PEPPOLBIS30", "new_field": 1}
        return self.raw(json.dumps(report).encode(), content=content)

    def raw(self, body: bytes, content_type: str = "application/json", content: bytes | None = None) -> Checked:
        self.server.clear_all_handlers()
        self.server.expect_request("/ax/oauth2/token").respond_with_json({"access_token": "t", "expires_in": 3600})
        self.server.expect_request("/validator/v1/validate").respond_with_data(body, content_type=content_type)
        return validation.by_autoinvoice(self.client, ubl() if content is None else content, "invoice.xml")


@pytest.fixture
def ask(httpserver: HTTPServer, client: maventa.Client) -> Ask:
    return Ask(httpserver, client)


def rule(status: str | None, **fields: Any) -> dict[str, Any]:
    return {"id": "R1", "status": status, "title": "A rule", "location": "/Invoice", "phasein": False} | fields


@pytest.mark.parametrize(
    ("result", "statuses", "verdict"),
    [
        ("OK", [], Meaning.FINE),
        ("valid", ["ok", "PASSED"], Meaning.FINE),
        ("WARNING", ["WARNING"], Meaning.WARNING),
        ("ERROR", [], Meaning.ERROR),
        ("OK", ["fatal"], Meaning.ERROR),  # a good word does not outweigh a broken rule
        ("OK", ["SPLENDID"], Meaning.UNKNOWN),
        ("NOT_VALIDATED", [], Meaning.UNKNOWN),
        ("WARNING", ["ODD"], Meaning.UNKNOWN),
        ("ODD", ["ERROR"], Meaning.ERROR),
        ("", [], Meaning.UNKNOWN),
        (None, [None], Meaning.UNKNOWN),
    ],
)
def test_the_gravest_word_decides_and_an_unknown_one_is_no_success(
    ask: Ask, result: str | None, statuses: list[str | None], verdict: Meaning
) -> None:
    found = ask(*(rule(status) for status in statuses), result=result)

    assert found.verdict == verdict
    assert found.word == (result or "")


def test_rules_that_are_not_in_force_are_advice_however_grave_their_word(ask: Ask) -> None:
    found = ask(rule("ERROR", id="NEW", phasein=True), rule("WARNING"))

    assert found.verdict == Meaning.WARNING
    assert [(group.meaning, [point.rule for point in group.points]) for group in found.groups] == [
        (Meaning.WARNING, ["R1"]),
        (Meaning.ADVICE, ["NEW"]),
    ]


def test_advice_alone_breaks_no_rule(ask: Ask) -> None:
    found = ask(rule("ERROR", phasein=True))

    assert (found.verdict, found.tone) == (Meaning.ADVICE, "info")


def test_unknown_words_are_shown_as_they_came(ask: Ask) -> None:
    found = ask(rule("SPLENDID"))

    assert [(group.meaning, group.points[0].word) for group in found.groups] == [(Meaning.UNKNOWN, "SPLENDID")]


def test_a_rule_is_named_once_with_its_places_and_their_lines(ask: Ask) -> None:
    content = ubl(lines=("1.00",) * 15)

    found = ask(*(rule("ERROR", location=LINE % at) for at in range(1, 16)), result="ERROR", content=content)

    (point,) = found.groups[0].points
    assert (len(point.places), point.more) == (10, 5)
    assert all(place.number for place in point.places)


def test_assertions_without_fields_do_no_harm(ask: Ask) -> None:
    found = ask({}, {"id": None, "status": None, "location": None, "phasein": None})

    assert found.verdict == Meaning.UNKNOWN


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", "application/json"),
        ("utf-8-sig", "application/json; charset=utf-8"),
        ("iso-8859-15", "application/json; charset=ISO-8859-15"),
        ("iso-8859-15", "application/json"),
        ("windows-1252", 'application/json; charset="windows-1252"'),
        ("utf-8", "application/json; charset=no-such-thing"),
    ],
)
def test_answers_are_read_in_the_charset_they_come_in(ask: Ask, encoding: str, content_type: str) -> None:
    body = '{"result": "ERROR", "assertions": [{"status": "ERROR", "title": "Määrä € puuttuu"}]}'

    found = ask.raw(body.encode(encoding), content_type)

    assert found.groups[0].points[0].text == "Määrä € puuttuu"


@pytest.mark.parametrize("body", [b"", b"<html>Maintenance</html>", b'{"assertions": 7}', b"[]"])
def test_an_answer_that_is_no_report_is_told_and_is_no_verdict(ask: Ask, body: bytes) -> None:
    found = ask.raw(body)

    assert found.problem
    assert found.verdict == Meaning.UNKNOWN
    assert found.groups == ()


def test_a_refusal_is_told(httpserver: HTTPServer, client: maventa.Client) -> None:
    httpserver.expect_request("/validator/v1/validate").respond_with_json(
        {"code": "unauthorized", "message": "no", "details": []}, status=401
    )

    found = validation.by_autoinvoice(client, ubl(), "invoice.xml")

    assert "validate" in str(found.problem)  # the right that is missing


def test_of_a_zip_the_xml_inside_is_asked_about(ask: Ask, httpserver: HTTPServer) -> None:
    packed = zipped({"folder/bill.xml": finvoice(), "folder/bill.pdf": b"%PDF-1.4"})

    ask(content=packed)

    sent = httpserver.log[-1][0]
    assert sent.files["file"].filename == "bill.xml"


def test_what_the_portal_cannot_read_is_asked_about_without_lines(ask: Ask) -> None:
    found = ask(rule("ERROR", location="/"), result="ERROR", content=b"%PDF-1.4 no xml")

    assert found.verdict == Meaning.ERROR
    assert found.groups[0].points[0].places[0].number is None
    assert len(found.notes) == 2


def test_an_empty_file_is_not_asked_about(ask: Ask, httpserver: HTTPServer) -> None:
    found = ask(content=b"")

    assert "empty" in str(found.problem)
    assert [request.path for request, _answer in httpserver.log] == []
