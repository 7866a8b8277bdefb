"""Invoices that arrive from outside: made up on demand for training, tests and the demo, with real content."""

import uuid
from datetime import timedelta
from decimal import Decimal

from portal.sandbox.api import companies
from portal.sandbox.api.invoices_rows import NewInvoice
from portal.sandbox.company import Company
from portal.sandbox.delivery.carrying import arrive
from portal.sandbox.delivery.outside import PARTICIPANTS, Participant
from portal.sandbox.delivery.receivers import Receivers
from portal.sandbox.documents.addresses import derived_endpoint
from portal.sandbox.documents.content_check import check
from portal.sandbox.documents.convert import convert, read
from portal.sandbox.documents.image import draw
from portal.sandbox.documents.model import Address, Attachment, Document, Line, Party, Payment
from portal.sandbox.world import World

NETWORKS = ("PEPPOL", "VISMA", "BANK", "SCAN")
CURRENCIES = {"NO": "NOK", "SE": "SEK", "DK": "DKK", "PL": "PLN"}
VAT_RATE = Decimal(25)


class NotReceivingError(Exception):
    """The company is not verified, disabled or without an active VISMA profile, so nothing can arrive for it."""


def receive(
    world: World,
    company_id: str,
    *,
    xml: bytes | None = None,
    network: str = "PEPPOL",
    number: str = "",
    sender_name: str = "",
    net: Decimal = Decimal(1250),
    with_attachment: bool = False,
) -> str:
    """
    Let an invoice arrive for a company and return its id.

    :param xml: the invoice itself; by default one is made up from the other arguments, addressed to the company
    :param network: a word of NETWORKS; SCAN brings an image and no e-invoice sender
    :raises LookupError: no such company
    :raises NotReceivingError: the company does not receive
    :raises portal.sandbox.documents.errors.DocumentError: `xml` is no invoice
    """
    company = companies.get(world.db, company_id)
    if company is None:
        raise LookupError(f"no company {company_id}")
    if not Receivers(world.db, company_id).receives(company_id):
        raise NotReceivingError(f"{company.name} does not receive: not verified, disabled, or VISMA not active")
    content = xml if xml is not None else _made_up(world, company, number, sender_name, net)
    document = read(content)
    check(document)
    scanned = network == "SCAN"
    attachment = Attachment(filename="specification.pdf", mimetype="application/pdf", content=draw(document))
    new = NewInvoice(
        id=str(uuid.uuid4()),
        company_id=company_id,
        direction="RECEIVED",
        document=document,
        xml=content,
        image=draw(document) if scanned else None,
        attachments=[*document.attachments, *([attachment] if with_attachment else [])],
        origin="SCAN" if scanned else "INTERNAL" if network == "VISMA" else "EXTERNAL",
        origin_type="SCAN_PDF" if scanned else None,
    )
    arrive(world, new, network)
    return new.id


def _made_up(world: World, company: Company, number: str, sender_name: str, net: Decimal) -> bytes:
    count = world.db.execute("select count(*) from invoices where company_id = ?", (company.id,)).fetchone()[0]
    sender = PARTICIPANTS[count % len(PARTICIPANTS)]
    today = world.day()
    document = Document(
        format="PEPPOLBIS30",
        kind="INVOICE",
        number=number or f"{today:%y%m}{count + 1:05d}",
        issue_date=today,
        due_date=today + timedelta(days=14),
        currency=CURRENCIES.get(company.country, "EUR"),
        buyer_reference="Training",
        payment_terms="14 days net",
        seller=_seller(sender, sender_name),
        buyer=_buyer(company),
        lines=_lines(net),
        payment=Payment(means="30", reference=f"{count + 1:06d}", account="NO9386011117947"),
    )
    return convert(document, "PEPPOLBIS30")


def _lines(net: Decimal) -> list[Line]:
    freight = min(Decimal(50), net)
    return [_line("1", "Goods by order", net - freight), _line("2", "Freight", freight)]


def _line(number: str, name: str, net: Decimal) -> Line:
    return Line(
        id=number, name=name, quantity=Decimal(1), unit="C62", price=net, net=net, vat_rate=VAT_RATE, vat_category="S"
    )


def _seller(sender: Participant, name: str) -> Party:
    prefixed = sender.endpoint if sender.endpoint.startswith(sender.country) else f"{sender.country}{sender.endpoint}"
    return Party(
        name=name or sender.name,
        bid=sender.endpoint,
        vat=f"{prefixed}MVA" if sender.country == "NO" else prefixed,
        endpoint_id=sender.endpoint,
        endpoint_scheme=sender.scheme,
        email="billing@outside.example",
        address=Address(streets=["Harbour street 1"], city="Harbour", post_code="10001", country=sender.country),
    )


def _buyer(company: Company) -> Party:
    scheme, endpoint = derived_endpoint(company.country, company.bid, company.vat or "")
    return Party(
        name=company.name,
        bid=company.bid,
        vat=company.vat or "",
        endpoint_id=endpoint,
        endpoint_scheme=scheme,
        address=Address(
            streets=[company.address1] if company.address1 else [],
            city=company.city or "",
            post_code=company.post_code or "",
            country=company.country,
        ),
    )
