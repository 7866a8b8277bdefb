"""Finnish bank messages against the simulator: sent once, answered, and what consumers send back."""

from typing import Any
from uuid import uuid4

import pytest
import requests
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from invoices.bank import accounts, writing
from invoices.bank.accounts import Account
from invoices.bank.writing import SenderInfo
from invoices.enums import Direction
from invoices.files import storing
from invoices.models import BankMessage
from invoices.services.bank_messages import ERROR, RECEIVER_INFO, RECEIVER_PROPOSAL, SENDER_INFO
from portal.operations import runner
from portal.operations.models import Operation
from portal.sync import runs
from portal.sync.models import Cursor
from tests.invoices.conftest import World
from tests.invoices.documents import SELLER
from tests.waiting import until as wait_until

IBAN = "FI2112345600000785"
FORM = {"action": "ADD", "invoice_name": "Vesilasku", "iban": "FI21 1234 5600 0007 85", "bic": "NDEAFIHH",
        "banks": ["OKOYFIHH"]}  # fmt: skip
PROPOSAL = {
    "invoice_name": "Vesilasku", "iban": IBAN, "subject": "17", "consumer": "Möttönen Maija", "identifier": "4711",
    "street": "Katu 1", "postcode": "00100", "town": "Helsinki", "bank": "OKOYFIHH",
}  # fmt: skip


@pytest.fixture
def browser(world: World) -> Client:
    user = User.objects.create_superuser("lead", password="x")
    world.account.staff.add(user)
    client = Client()
    client.force_login(user)
    return client


def tell(browser: Client, company: Company, **fields: Any) -> Any:
    address = reverse("admin:bank_message_new", args=[company.pk])
    return browser.post(address, FORM | {"token": str(uuid4())} | fields)


def propose(browser: Client, company: Company, **fields: Any) -> Any:
    address = reverse("admin:bank_message_propose", args=[company.pk])
    return browser.post(address, PROPOSAL | {"token": str(uuid4())} | fields)


def content_of(message: BankMessage) -> bytes:
    with storing.opened(message.sha256) as stream:
        return stream.read()


def until(world: World, condition: Any) -> None:
    def work() -> None:
        world.simulator.settle()
        runner.run_until_idle(world.account, timeout=2)
        BankMessage.objects.filter(next_check_at__isnull=False).update(next_check_at=world.account.created_at)
        Cursor.objects.update(next_at=world.account.created_at)
        runs.run_due(budget=2)

    wait_until(condition, work)


def open_bank(world: World) -> None:
    token = world.simulator.token(company=str(world.seller.uuid))
    url = f"{world.simulator.credentials['ax_url']}/v1/company/profiles"
    body = {"network": "BANK", "profiles": ["INVOICE_AND_CREDIT_NOTE"]}
    requests.post(url, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    world.simulator.advance(60)
    world.simulator.settle()


def sent_there(world: World) -> list[Any]:
    token = world.simulator.token("fi_bank_message:send", company=str(world.seller.uuid))
    url = f"{world.simulator.credentials['ax_url']}/v1/fi_bank_messages/sent_messages"
    always = {"timestamp_start": "2020-01-01T00:00:00Z", "timestamp_end": "2099-01-01T00:00:00Z"}
    asked = {"message_type": SENDER_INFO, **always}
    found: list[Any] = requests.get(url, params=asked, headers={"Authorization": f"Bearer {token}"}, timeout=10).json()
    return found


@pytest.mark.slow
def test_a_sender_info_is_taken_and_a_consumer_answers(browser: Client, world: World) -> None:
    open_bank(world)

    tell(browser, world.seller)
    until(world, lambda: BankMessage.objects.exclude(remote_id="").exists())
    world.simulator.advance(60)
    until(world, lambda: BankMessage.objects.filter(kind=RECEIVER_INFO).exclude(sha256="").exists())

    assert BankMessage.objects.get(kind=SENDER_INFO).status == "OK"
    html = browser.get(reverse("admin:companies_company_change", args=[world.seller.pk]), {"tab": "banks"})
    assert "Taken by the banks" in html.content.decode()
    received = BankMessage.objects.get(kind=RECEIVER_INFO)
    file = browser.get(reverse("admin:bank_message_file", args=[received.pk]))
    assert b"FinvoiceReceiverInfo" in b"".join(file.streaming_content)  # type: ignore[attr-defined]
    assert received.bank == "OKOYFIHH"


@pytest.mark.slow
def test_a_consumer_accepts_what_was_proposed_and_the_page_says_who(browser: Client, world: World) -> None:
    open_bank(world)

    propose(browser, world.seller)
    until(world, lambda: BankMessage.objects.exclude(remote_id="").exists())
    world.simulator.advance(60)
    until(world, lambda: BankMessage.objects.filter(kind=RECEIVER_INFO).exclude(sha256="").exists())

    assert BankMessage.objects.get(kind=RECEIVER_PROPOSAL).status == "OK"
    received = BankMessage.objects.get(kind=RECEIVER_INFO)
    html = browser.get(reverse("admin:bank_message", args=[received.pk])).content.decode()
    assert [said in html for said in ("Möttönen Maija", "4711", "OKOYFIHH (OP)", "Begin")] == [True] * 4


@pytest.mark.slow
def test_a_refusal_of_the_bank_network_is_told_in_its_own_words(browser: Client, world: World) -> None:
    tell(browser, world.seller)
    until(world, lambda: BankMessage.objects.exclude(remote_id="").exists())

    until(world, lambda: BankMessage.objects.filter(kind=ERROR).exclude(sha256="").exists())

    message = BankMessage.objects.get(kind=SENDER_INFO)
    assert (message.status, message.error_text) == ("ERROR", "BANK NETWORK IS NOT OPEN FOR THE SENDER")


@pytest.mark.slow
def test_a_lost_answer_and_a_doubled_form_make_one_message(browser: Client, world: World) -> None:
    world.simulator.fault("drop_after", api="ax", method="POST", path="/v1/fi_bank_messages", count=1)
    token = str(uuid4())

    tell(browser, world.seller, token=token)
    tell(browser, world.seller, token=token)
    until(world, lambda: BankMessage.objects.exclude(remote_id="").exists())
    tell(browser, world.seller, token=token)

    assert len(sent_there(world)) == 1
    assert BankMessage.objects.get().remote_id == sent_there(world)[0]["id"]
    assert Operation.objects.get().looks >= 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"iban": "FI2112345600000786"}, "This is no IBAN"),
        ({"iban": ""}, "Give the account"),
        ({"invoice_name": ""}, "Give the name"),
        ({"bic": "XX"}, "8 or 11 letters"),
        ({"subject": "A1"}, "Digits only"),
        ({"banks": []}, "Tick at least one bank"),
        ({"banks": ["NOBANK"]}, "NOBANK"),
        ({"file": SimpleUploadedFile("a.xml", b"<Finvoice/>")}, "neither a sender info nor"),
        ({"file": SimpleUploadedFile("a.xml", b"<!DOCTYPE x []><x/>")}, "DOCTYPE"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(browser: Client, world: World, fields: dict[str, Any], said: str) -> None:
    assert said in tell(browser, world.seller, **fields).content.decode()
    assert not BankMessage.objects.exists()


def test_the_account_comes_from_whoever_knows_it(
    browser: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "_sources", [])
    accounts.register_source(lambda company: None)
    accounts.register_source(lambda company: Account(IBAN, "NDEAFIHH"))

    html = browser.get(reverse("admin:bank_message_new", args=[world.seller.pk])).content.decode()

    assert f'value="{IBAN}"' in html


def test_a_sender_info_says_who_what_and_where() -> None:
    info = SenderInfo(
        action="ADD", business_id=SELLER.business_id, name="Äänekosken Vesi & Lämpö", address="003712345671",
        operator="003721291126", invoice_name="Vesilasku", iban=IBAN, bic="NDEAFIHH",
    )  # fmt: skip
    identity = uuid4()

    content = writing.write(info, identity, timezone.now())

    assert writing.kind_of(content) == SENDER_INFO
    assert writing.texts_of(content, "MessageIdentifier", "SellerOrganisationName", "SellerAccountID") == [
        str(identity), "Äänekosken Vesi & Lämpö", IBAN,
    ]  # fmt: skip
    assert str(identity).encode() in content


def test_each_bank_gets_a_sender_info_of_its_own_once(browser: Client, world: World) -> None:
    token = str(uuid4())
    for _click in range(2):
        tell(browser, world.seller, token=token, banks=["OKOYFIHH", "NDEAFIHH"], subject="17", action="CHANGE")

    kept = {message.bank: content_of(message) for message in BankMessage.objects.all()}
    assert set(kept) == {"OKOYFIHH", "NDEAFIHH"}
    assert Operation.objects.count() == 2
    names = ("ToIntermediator", "MessageActionCode", "PaymentInstructionIdentifier")
    assert writing.texts_of(kept["NDEAFIHH"], *names) == ["NDEAFIHH", "CHANGE", "17"]


def test_the_form_begins_with_what_was_said_last(browser: Client, world: World) -> None:
    tell(browser, world.seller, subject="17")

    html = browser.get(reverse("admin:bank_message_propose", args=[world.seller.pk])).content.decode()

    assert [f'value="{said}"' in html for said in ("Vesilasku", IBAN, "NDEAFIHH", "17")] == [True] * 4


def test_a_doubled_proposal_is_one_and_says_who_only_in_its_file(browser: Client, world: World) -> None:
    token = str(uuid4())
    for _click in range(2):
        propose(browser, world.seller, token=token)

    message, operation = BankMessage.objects.get(), Operation.objects.get()
    content = content_of(message)
    assert (message.kind, message.bank, writing.kind_of(content)) == (RECEIVER_PROPOSAL, "OKOYFIHH", RECEIVER_PROPOSAL)
    assert token.encode() in content
    names = ("BuyerOrganisationName", "BuyerPostCodeIdentifier", "SellerInvoiceIdentifier")
    assert writing.texts_of(content, *names) == ["Möttönen Maija", "00100", "4711"]
    assert "Möttönen" not in str(operation.parameters) + str(operation.result) + str(vars(message))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"consumer": ""}, "Give the consumer&#x27;s name"),
        ({"identifier": ""}, "Give the customer number or reference"),
        ({"bank": ""}, "Choose the bank"),
        ({"bank": "other"}, "Give the BIC of the consumer&#x27;s bank"),
        ({"bank": "other", "other_bank": "XX"}, "8 or 11 letters"),
        ({"postcode": "100"}, "Five digits"),
        ({"iban": "FI2112345600000786"}, "This is no IBAN"),
        ({"iban": ""}, "Give the account"),
    ],
)
def test_what_is_wrong_with_a_proposal_is_told_at_its_field(
    browser: Client, world: World, fields: dict[str, Any], said: str
) -> None:
    assert said in propose(browser, world.seller, **fields).content.decode()
    assert not BankMessage.objects.exists()


def test_another_bank_is_named_by_its_bic(browser: Client, world: World) -> None:
    propose(browser, world.seller, bank="other", other_bank="itel fihh xxx")

    assert BankMessage.objects.get().bank == "ITELFIHHXXX"


def test_a_message_whose_content_is_not_here_yet_says_so_and_leads_nowhere(browser: Client, world: World) -> None:
    message = BankMessage.objects.create(
        account=world.account, company=world.seller, uuid=uuid4(), kind=RECEIVER_INFO, direction=Direction.RECEIVED
    )
    address = reverse("admin:companies_company_change", args=[world.seller.pk])
    listed = browser.get(address, {"tab": "banks"}).content.decode()
    BankMessage.objects.filter(pk=message.pk).update(sha256=storing.store(b"<a/>").sha256)
    fetched = browser.get(address, {"tab": "banks"}).content.decode()

    opened = reverse("admin:bank_message", args=[message.pk])
    assert ("Being fetched" in listed, opened in listed) == (True, False)
    assert ("Being fetched" in fetched, opened in fetched) == (False, True)


def test_messages_of_other_accounts_and_such_without_content_are_not_there(browser: Client, world: World) -> None:
    tell(browser, world.seller)
    message = BankMessage.objects.get()
    addresses = [reverse(f"admin:{name}", args=[message.pk]) for name in ("bank_message", "bank_message_file")]
    mine = [browser.get(address).status_code for address in addresses]
    BankMessage.objects.update(sha256="")
    empty = [browser.get(address).status_code for address in addresses]
    stranger = User.objects.create_user("stranger", password="x", is_staff=True)
    stranger.user_permissions.set(Permission.objects.filter(codename="send_bank_message"))
    browser.force_login(stranger)
    address = reverse("admin:bank_message_propose", args=[world.seller.pk])

    assert (mine, empty, browser.get(address).status_code) == ([200, 200], [404, 404], 404)
