"""Documents written for these tests, and two companies at the simulator that exchange them."""

from collections.abc import Callable

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client

from companies.models import Company, NetworkProfile
from invoices.models import BusinessDocument, DocumentDraft
from invoices.operations import SendDocument, SendDocumentParameters
from invoices.trade import drafting
from invoices.trade.drafting import GivenFile
from portal.operations import queueing, runner
from portal.operations.models import Operation
from portal.sync import runs
from portal.sync.models import Cursor
from tests.invoices.conftest import World
from tests.invoices.documents import BUYER, SELLER, Who
from tests.waiting import until as wait_until

OUTSIDE = "0192:987654325"  # a Peppol participant that the simulator knows
_ORDER = """<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID>
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-11-02</cbc:IssueDate>
<cac:BuyerCustomerParty>{buyer}</cac:BuyerCustomerParty>
<cac:SellerSupplierParty>{seller}</cac:SellerSupplierParty>
</Order>
"""
_PARTY = """<cac:Party><cbc:EndpointID schemeID="{scheme}">{endpoint}</cbc:EndpointID>
<cac:PostalAddress><cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName><cbc:CompanyID>{business_id}</cbc:CompanyID>
</cac:PartyLegalEntity></cac:Party>"""


def order(number: str = "O-1", *, buyer: Who = SELLER, seller: Who = BUYER) -> bytes:
    """An order; who buys sends it."""
    parties = {"buyer": _party(buyer), "seller": _party(seller)}
    return _ORDER.format(number=number, **parties).encode()


def _party(who: Who) -> str:
    return _PARTY.format(
        scheme=who.scheme, endpoint=who.endpoint, country=who.country, name=who.name, business_id=who.business_id
    )


def keep(
    company: Company, content: bytes = b"", *, kind: str = "", attachments: tuple[GivenFile, ...] = ()
) -> DocumentDraft:
    return drafting.keep(company, GivenFile("order.xml", content or order()), attachments, kind, actor=None)


def send(draft: DocumentDraft, eia: str = OUTSIDE, operator: str = "PEPPOL", copy: int = 0) -> Operation:
    parameters = SendDocumentParameters(recipient_eia=eia, recipient_operator=operator, copy=copy)
    company = draft.company
    return queueing.queue(SendDocument.kind, draft, parameters, account=company.account, company_uuid=company.uuid)


def open_for(world: World, company: Company, *profiles: str) -> None:
    """Register a company on Peppol for some types, as its page would."""
    keys = world.simulator.credentials
    headers = {"Authorization": f"Bearer {world.simulator.token(company=str(company.uuid))}"}
    body = {"network": "PEPPOL", "profiles": [*profiles], "profile_version": "PEPPOLBIS30"}
    answer = requests.post(f"{keys['ax_url']}/v1/company/profiles", json=body, headers=headers, timeout=10)
    assert answer.ok, answer.text
    world.simulator.advance(60)
    world.simulator.settle()
    who = BUYER if company == world.buyer else SELLER
    NetworkProfile.objects.create(
        account=company.account, company=company, remote_id=answer.json()["id"], network="PEPPOL", profiles=[*profiles],
        status="active", scheme=who.scheme, endpoint_id=who.endpoint, fact_at=company.created_at,
    )  # fmt: skip


def at_autoinvoice(world: World, company: Company) -> list[dict[str, object]]:
    """The company's documents there."""
    token = world.simulator.token("document:send document:receive", company=str(company.uuid))
    url = f"{world.simulator.credentials['ax_url']}/v1/documents?per_page=100"
    found: list[dict[str, object]] = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10).json()
    return found


def work(world: World) -> None:
    """Do once what worker and beat do."""
    world.simulator.settle()
    runner.run_until_idle(world.account, timeout=2)
    BusinessDocument.objects.filter(next_check_at__isnull=False).update(next_check_at=world.account.created_at)
    Cursor.objects.update(next_at=world.account.created_at)
    runs.run_due(budget=2)


def until(world: World, condition: Callable[[], bool]) -> None:
    wait_until(condition, lambda: work(world))


@pytest.fixture
def lead(world: World) -> User:
    user = User.objects.create_superuser("lead", password="x")
    world.account.staff.add(user)
    return user


@pytest.fixture
def browser(lead: User) -> Client:
    client = Client()
    client.force_login(lead)
    return client
