"""Writing a Peppol Invoice Response 3.0 for a received invoice, and keeping it as a document to be sent."""

import uuid as uuids
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from lxml import etree

from companies.networks import peppol
from invoices.files import storing
from invoices.models import BusinessDocument, DocumentDraft, Invoice
from invoices.trade.kinds import DocumentStatus, DocumentType

CUSTOMIZATION = "urn:fdc:peppol.eu:poacc:trns:invoice_response:3"
PROFILE = "urn:fdc:peppol.eu:poacc:bis:invoice_response:3"
_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"
_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_INVOICE_CODE, _CREDIT_NOTE_CODE = "380", "381"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What is answered."""

    code: str  # of `answers.PEPPOL`
    reasons: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    note: str = ""
    effective: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    name: str
    eia: str  # scheme:value
    business_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Who answers whom about which invoice."""

    number: str
    issued: date | None
    is_credit_note: bool = False
    sender: Party = field(default_factory=lambda: Party(name="", eia=""))
    receiver: Party = field(default_factory=lambda: Party(name="", eia=""))


def facts_of(invoice: Invoice) -> Facts:
    """Return what an answer to a received invoice has to say: its receiver is the invoice's sender."""
    company = invoice.company
    registered = company.profiles.filter(network="PEPPOL", status="active").exclude(endpoint_id="").first()
    own = f"{registered.scheme}:{registered.real_endpoint_id}" if registered else _expected(invoice)
    return Facts(
        number=invoice.number,
        issued=invoice.invoice_date,
        is_credit_note=(invoice.total_amount or 0) < 0,
        sender=Party(name=company.name, eia=own, business_id=company.real_business_id),
        receiver=Party(
            name=invoice.counterparty_name, eia=invoice.counterparty_address, business_id=invoice.real_business_id
        ),
    )


def _expected(invoice: Invoice) -> str:
    endpoint = peppol.expected_endpoint(invoice.company.country, invoice.company.real_business_id)
    return f"{endpoint.scheme}:{endpoint.endpoint_id}" if endpoint else ""


def place_of_next(invoice: Invoice) -> int:
    """Return which answer the next one is: a form sent twice names the same place, and so the same answer."""
    return invoice.answers.count() + 1


def last_of(invoice: Invoice) -> str:
    """Return the code of the last answer that AutoInvoice took, "" for none."""
    sent = BusinessDocument.objects.filter(invoice=invoice, type=DocumentType.INVOICE_RESPONSE)
    sent = sent.exclude(status=DocumentStatus.FAILED)  # the supplier does not have it
    numbers = list(sent.order_by("-created_at", "-pk").values_list("number", flat=True)[:1])
    return numbers[0].rpartition("-")[2] if numbers else ""


def keep(invoice: Invoice, response: Response, place: int, *, actor: Any) -> DocumentDraft:
    """Write and store the answer, and return its row: the one that is there already for a place that is taken."""
    facts, now = facts_of(invoice), timezone.now()
    number = f"IR-{invoice.uuid.hex[:12]}-{place}-{response.code}"
    content = write(facts, response, number, now)
    stored = storing.store(content)
    about = {
        "company": invoice.company,
        "type": DocumentType.INVOICE_RESPONSE.value,
        "name": f"{number}.xml",
        "sha256": stored.sha256,
        "size": stored.size,
        "number": number,
        "receiver": facts.receiver.name[:300],
        "invoice": invoice,
        "created_by": actor,
    }
    identity = uuids.uuid5(invoice.account.key, f"answer:{invoice.company.uuid}:{invoice.uuid}:{place}")
    draft, _new = DocumentDraft.objects.get_or_create(account=invoice.account, uuid=identity, defaults=about)
    return draft


def write(facts: Facts, response: Response, number: str, now: datetime) -> bytes:
    """Return the document. Elements stand in the order of UBL 2.1."""
    root = etree.Element(
        f"{{{_ROOT}}}ApplicationResponse",
        nsmap={
            None: _ROOT,  # type: ignore[dict-item]  # the stubs know no default namespace
            "cac": _CAC,
            "cbc": _CBC,
        },
    )
    _text(root, "CustomizationID", CUSTOMIZATION)
    _text(root, "ProfileID", PROFILE)
    _text(root, "ID", number)
    _text(root, "IssueDate", now.date().isoformat())
    _text(root, "IssueTime", now.strftime("%H:%M:%S"))
    _text(root, "Note", response.note)
    _party(root, "SenderParty", facts.sender)
    _party(root, "ReceiverParty", facts.receiver)
    answer = _part(root, "DocumentResponse")
    _response(answer, response)
    about = _part(answer, "DocumentReference")
    _text(about, "ID", facts.number)
    _text(about, "IssueDate", facts.issued.isoformat() if facts.issued else "")
    _text(about, "DocumentTypeCode", _CREDIT_NOTE_CODE if facts.is_credit_note else _INVOICE_CODE)
    etree.cleanup_namespaces(root, keep_ns_prefixes=["cac", "cbc"])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _response(parent: etree._Element, response: Response) -> None:
    said = _part(parent, "Response")
    _text(said, "ResponseCode", response.code, listID="UNCL4343OpSubset")
    _text(said, "EffectiveDate", response.effective.isoformat() if response.effective else "")
    for code in response.reasons:
        status = _part(said, "Status")
        _text(status, "StatusReasonCode", code, listID="OPStatusReason")
        _text(status, "StatusReason", response.note)
    for code in response.actions:
        status = _part(said, "Status")
        _text(status, "StatusReasonCode", code, listID="OPStatusAction")


def _party(parent: etree._Element, name: str, party: Party) -> None:
    scheme, _colon, value = party.eia.rpartition(":")
    element = _part(parent, name)
    _text(element, "EndpointID", value, **({"schemeID": scheme} if scheme else {}))
    legal = _part(element, "PartyLegalEntity")
    _text(legal, "RegistrationName", party.name)


def _part(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_CAC}}}{name}")


def _text(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    """Add an element; what says nothing is left out, characters that XML cannot hold too."""
    clean = "".join(char for char in text if char.isprintable() or char in "\n\t").strip()
    if clean:
        etree.SubElement(parent, f"{{{_CBC}}}{name}", attributes).text = clean
