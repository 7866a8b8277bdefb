"""What the Validator says of a file: its format, and every rule of `rules` that does not hold."""

import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.documents.formats import detect
from portal.sandbox.documents.tree import Element, name_of, namespace_of, parse
from portal.sandbox.validator.rules import NAMESPACES, Rule, family_of, rules_of

OK, WARNING, ERROR, NOT_VALIDATED = "OK", "WARNING", "ERROR", "NOT_VALIDATED"
MOST_ASSERTIONS = 500
Assertion = dict[str, Any]


@dataclass(slots=True)
class Report:
    """`result` is OK, WARNING, ERROR, or NOT_VALIDATED for a format without rules."""

    result: str
    assertions: list[Assertion]
    format: str = ""
    version: str = ""
    title: str = ""
    identifier: str = ""


def report_on(content: bytes) -> Report:
    """A file that is no XML gets a report too: one error at its root."""
    try:
        root = parse(content)
    except DocumentError as error:
        text = " ".join(error.details)
        broken = _assertion("XML-01", ERROR, text, "/", "well-formed XML without DOCTYPE", phase_in=False)
        return Report(ERROR, [broken], "UNKNOWN")
    word = detect(root) or "UNKNOWN"
    rules = rules_of(root, word)
    if not rules:
        return Report(NOT_VALIDATED, [], word, "", name_of(root)[:200])
    found = list(itertools.islice(_findings(root, rules), MOST_ASSERTIONS))
    statuses = {finding["status"] for finding in found if not finding["phasein"]}
    result = ERROR if ERROR in statuses else WARNING if WARNING in statuses else OK
    return Report(result, found, word, _version(root), name_of(root), _identifier(root))


def _findings(root: Element, rules: list[Rule]) -> Iterator[Assertion]:
    envelope = root.getparent()
    around = "" if envelope is None else location_of(envelope)
    document = root if envelope is None else copy.deepcopy(root)  # rules begin at the root of the document
    for rule in rules:
        contexts = document.xpath(rule.context, namespaces=NAMESPACES)
        for context in contexts if isinstance(contexts, list) else ():
            if isinstance(context, etree._Element) and not rule.holds(context):  # noqa: SLF001
                where = around + location_of(context)
                yield _assertion(rule.id, rule.status, rule.title, where, rule.test, phase_in=rule.phase_in)


def location_of(element: Element) -> str:
    """An absolute XPath 1.0 without prefixes, as ISO Schematron writes it."""
    steps = []
    for node in [element, *element.iterancestors()]:
        name, namespace = name_of(node), namespace_of(node)
        position = 1 + sum(1 for _ in node.itersiblings(node.tag, preceding=True))
        test = f"local-name()='{name}' and namespace-uri()='{namespace}'"
        steps.append(f"/*[{test}][{position}]")
    return "".join(reversed(steps))


def _assertion(rule_id: str, status: str, title: str, location: str, test: str, *, phase_in: bool) -> Assertion:
    return {
        "id": rule_id,
        "status": status,
        "title": title,
        "location": location,
        "test": test,
        "phasein": phase_in,
    }


def _version(root: Element) -> str:
    if family_of(root) == "FINVOICE":
        return root.get("Version", "")
    return "2.1" if family_of(root) == "UBL" else "D16B"


def _identifier(root: Element) -> str:
    paths = {
        "UBL": "cbc:CustomizationID",
        "CII": "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",
        "FINVOICE": "InvoiceDetails/InvoiceNumber",
    }
    return (root.findtext(paths[family_of(root)], namespaces=NAMESPACES) or "").strip()
