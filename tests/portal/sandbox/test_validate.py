"""The Validator: what is right passes, one fault is found where it stands, advice is told apart."""

from typing import Any

import pytest
from lxml import etree

from tests.portal.sandbox.clients import Ax
from tests.portal.sandbox.invoice_files import cii, finvoice, peppol, transmission

FRAMED = finvoice(transmission=transmission("003715728600", "NDEAFIHH"))


def validate(ax: Ax, content: bytes, path: str = "/v1/validate", scope: str = "validate") -> Any:
    headers = {"Authorization": f"Bearer {ax.simulator.token(scope)}"}
    url = ax.simulator.credentials["validator_url"] + path
    return ax.http.post(url, files={"file": ("invoice.xml", content)}, headers=headers, timeout=20)


def report(ax: Ax, content: bytes) -> dict[str, Any]:
    answer = validate(ax, content)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def failing(report: dict[str, Any]) -> set[str]:
    return {item["id"] for item in report["assertions"] if item["status"] == "ERROR" and not item["phasein"]}


def changed(content: bytes, old: str, new: str) -> bytes:
    assert old.encode() in content
    return content.replace(old.encode(), new.encode(), 1)


@pytest.mark.parametrize(
    ("content", "word"), [(peppol(), "PEPPOLBIS30"), (cii(), "XRECHNUNG30CII"), (FRAMED, "FINVOICE30")]
)
def test_a_right_file_passes_and_is_named(ax: Ax, content: bytes, word: str) -> None:
    found = report(ax, content)

    assert (found["result"], found["document_format"], found["document_source"]) == ("OK", word, "invoice.xml")
    assert failing(found) == set()


@pytest.mark.parametrize("path", ["/v1/validate", "/validate"])
def test_both_paths_want_a_token_with_the_scope_and_a_file(ax: Ax, path: str) -> None:
    url, token = ax.simulator.credentials["validator_url"] + path, ax.simulator.token("validate")

    answers = [
        validate(ax, peppol(), path),
        validate(ax, peppol(), path, scope="eui"),
        ax.http.post(url, headers={"Authorization": f"Bearer {token}"}, timeout=20),
    ]

    assert [answer.status_code for answer in answers] == [200, 401, 400]
    assert answers[2].json()["code"] == "invalid_parameters"


@pytest.mark.parametrize(
    ("content", "rule", "element"),
    [
        (changed(peppol(), '<cbc:PriceAmount currencyID="NOK">', '<cbc:PriceAmount currencyID="NOK">-'), "BR-27",
         "InvoiceLine"),
        (changed(FRAMED, "<InvoiceNumber>1001", "<InvoiceNumber>"), "FIN-01", "Finvoice"),
        (changed(cii(), "<ram:GrandTotalAmount>119.00", "<ram:GrandTotalAmount>118.00"), "BR-CO-15",
         "SpecifiedTradeSettlementHeaderMonetarySummation"),
        (changed(cii(), "<ram:LineTotalAmount>100.00", "<ram:LineTotalAmount>99.00"), "BR-CO-10",
         "SpecifiedTradeSettlementHeaderMonetarySummation"),
    ],
)  # fmt: skip
def test_a_fault_is_found_at_its_element(ax: Ax, content: bytes, rule: str, element: str) -> None:
    found = report(ax, content)

    [assertion] = [item for item in found["assertions"] if item["id"] == rule]
    [node] = etree.fromstring(content).xpath(assertion["location"])
    assert found["result"] == "ERROR"
    assert etree.QName(node).localname == element
    assert assertion["title"]
    assert assertion["test"]


def test_a_rule_that_is_not_in_force_yet_fails_nothing(ax: Ax) -> None:
    found = report(ax, changed(FRAMED, 'Version="3.0"', 'Version="2.01"'))

    advice = [item for item in found["assertions"] if item["phasein"]]
    assert found["result"] == "OK"
    assert [item["id"] for item in advice] == ["FIN-11"]


@pytest.mark.parametrize("content", [b"%PDF-1.4", b"<a>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_xml_gets_a_report(ax: Ax, content: bytes) -> None:
    found = report(ax, content)

    assert (found["result"], found["document_format"]) == ("ERROR", "UNKNOWN")
    assert failing(found) == {"XML-01"}


def test_a_format_without_rules_is_not_called_right(ax: Ax) -> None:
    found = report(ax, b"<InterchangeFile/>")

    assert (found["result"], found["document_format"], found["assertions"]) == ("NOT_VALIDATED", "E2B", [])


def test_the_next_reports_say_what_was_ordered(ax: Ax) -> None:
    ax.simulator.control("POST", "/validator/next", {"result": "PERHAPS", "assertions": [{"id": "NEW-1"}], "count": 2})

    words = [report(ax, FRAMED)["result"] for _ in range(3)]

    assert words == ["PERHAPS", "PERHAPS", "OK"]
