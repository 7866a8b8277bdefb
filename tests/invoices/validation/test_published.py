"""The published rules, applied here. Skipped only where the extra is not installed."""

import re
import subprocess
from typing import Any

import pytest

from invoices import validation
from invoices.files.xml import parse
from invoices.validation import Meaning, published
from tests.invoices.documents import finvoice, samples

needs_rules = pytest.mark.skipif(not published.is_installed(), reason="extra einvoice is not installed")


def good() -> bytes:
    """A Peppol invoice that keeps the rules: the sample, without its representative and its made-up GLN."""
    content = samples.content("peppol3")
    for name in (b"TaxRepresentativeParty", b"PartyIdentification"):
        content = re.sub(rb"<cac:%b>.*?</cac:%b>" % (name, name), b"", content, flags=re.DOTALL)
    return content


@needs_rules
@pytest.mark.slow
def test_a_good_peppol_invoice_keeps_both_sets_of_rules() -> None:
    found = validation.by_published_rules(good(), "invoice.xml")

    assert (found.problem, found.verdict, found.groups) == ("", Meaning.FINE, ())
    assert found.facts[0][1] == "EN 16931 (CEN), Peppol BIS Billing 3.0"


@needs_rules
@pytest.mark.slow
def test_a_wrong_total_and_a_missing_reference_are_named_at_their_lines() -> None:
    broken = re.sub(rb"(<cbc:PayableAmount[^>]*>)", rb"\g<1>7", good())
    broken = re.sub(rb"\s*<cbc:BuyerReference>.*?</cbc:BuyerReference>", b"", broken)
    broken = re.sub(rb"\s*<cac:OrderReference>.*?</cac:OrderReference>", b"", broken, flags=re.DOTALL)

    found = validation.by_published_rules(broken, "invoice.xml")

    assert found.verdict == Meaning.ERROR
    points = {point.rule: point for group in found.groups for point in group.points}
    assert {"BR-CO-16", "PEPPOL-EN16931-R003"} <= points.keys()
    (meant,) = [line for line in points["BR-CO-16"].places[0].lines if line.is_meant]
    assert "LegalMonetaryTotal" in meant.text or "PayableAmount" in meant.text


@pytest.mark.usefixtures("_installed")
def test_other_formats_have_no_rules_here() -> None:
    found = validation.by_published_rules(finvoice(), "invoice.xml")

    assert "UBL" in str(found.problem)
    assert found.verdict == Meaning.UNKNOWN


def test_a_doctype_never_reaches_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "findings", _must_not_be_called)
    hostile = b'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + good().partition(b"?>")[2]

    found = validation.by_published_rules(hostile, "invoice.xml")

    assert "DOCTYPE" in str(found.problem)


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "is_installed", lambda: False)

    found = validation.by_published_rules(good(), "invoice.xml")

    assert "make install-einvoice" in str(found.remedy)


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize(
    "ending",
    [
        subprocess.TimeoutExpired("saxon", 1),
        subprocess.CalledProcessError(-9, "saxon"),
        subprocess.CompletedProcess("saxon", 0, stdout=b"no json"),
    ],
    ids=["too slow", "killed", "garbage"],
)
def test_a_process_that_gives_no_verdict_is_no_success(monkeypatch: pytest.MonkeyPatch, ending: Any) -> None:
    def run(*_command: Any, **_options: Any) -> Any:
        if isinstance(ending, Exception):
            raise ending
        return ending

    monkeypatch.setattr(subprocess, "run", run)

    found = validation.by_published_rules(good(), "invoice.xml")

    assert found.problem
    assert found.verdict == Meaning.UNKNOWN


def test_a_flag_that_is_not_known_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = b'[{"rule": "X", "flag": "severe", "location": "/", "test": "", "text": "t"}]'
    monkeypatch.setattr(published, "is_installed", lambda: True)
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess("x", 0, stdout=odd))

    assert {finding.meaning for finding in published.findings(parse(good()))} == {Meaning.UNKNOWN}


@pytest.fixture
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "is_installed", lambda: True)


def _must_not_be_called(_root: Any) -> Any:
    raise AssertionError("a file with a DOCTYPE was let through")
