"""The atlas of invoices: what AutoInvoice is known to say finds its entry, and the simulator can say all of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from companies.remedies import ENTRIES as OF_COMPANIES
from invoices import remedies
from invoices.enums import Mover, Status
from invoices.models import Invoice
from invoices.remedies.catalogue import ENTRIES
from invoices.sending import submitting
from invoices.sending.archives import GivenFile
from invoices.services import SendingOptions
from portal.atlas import advice, catalogue
from portal.operations import queueing, runner
from portal.operations.models import Operation
from tests.invoices.conftest import World
from tests.invoices.documents import Who, finvoice, without_address
from tests.invoices.test_end_to_end import STRANGER, settled, until

# What AutoInvoice is known to say, and what the simulator says by its rules.
KNOWN = {
    ("action_route_failed", "Not enough information about the recipient"): "receiver_information_missing",
    ("action_route_failed", "No routing found"): "receiver_unknown",
    ("action_error", "Invoice number has been used before"): "duplicate_number",
    ("action_route_failed", "The consumer does not receive e-invoices"): "consumer_not_reached",
    ("action_trx_fail", "Receiver does not receive e-invoices at the moment"): "receiver_not_active",
    ("action_trx_fail", "Bank network is not open for the sender"): "bank_closed",
    ("action_trx_fail", "Operator not known"): "operator_unknown",
    ("action_trx_fail", "Receiver address not known"): "receiver_unknown",
    ("action_sent_email_failed", "Recipient e-mail address is not valid"): "email_invalid",
    ("action_send_fail", "Printing service is not enabled"): "print_unavailable",
    ("action_send_fail", "Recipient postal address is incomplete"): "address_incomplete",
    ("action_delivery_failed", "Recipient's operator could not deliver the invoice"): "refused_by_receiver",
    ("action_sent_email_failed", "E-mail was returned by the recipient's server"): "email_invalid",
    ("unauthorized", "Unauthorized"): "company_unverified",
    ("invoice_create_api_error", "ERROR: INVOICE DATE NOT FOUND"): "content_missing",
    ("invoice_create_api_error", "ERROR: NO CUSTOMER INFORMATION FOUND"): "receiver_information_missing",
    ("invoice_create_api_error", "ERROR: MORE THAN ONE XML IN THE ZIP"): "file_unreadable",
    ("invoice_create_api_error", "ERROR: DOCTYPE NOT ALLOWED"): "file_unreadable",
    ("invoice_create_api_error", "ERROR: CUSTOMER COUNTRY CODE INVALID"): "content_missing",
    ("", "DAILY INVOICE LIMIT reached for user"): "daily_limit",
    ("action_expired", ""): "not_collected",
    ("action_declined", "No"): "refused_by_receiver",
    ("action_trx_fail", ""): "transfer_failed",
    ("action_error", "[BR-CO-10]-Sum of Invoice line net amount"): "format_rules",
}


@pytest.mark.parametrize(("said", "key"), KNOWN.items())
def test_known_failure_has_its_entry(said: tuple[str, str], key: str) -> None:
    found = catalogue.match(remedies.AREA, *said)

    assert found is not None
    assert found.key == key


def test_every_entry_says_whose_move_and_has_its_own_key() -> None:
    assert all(entry.by in Mover.values for entry in ENTRIES)
    assert len({entry.key for entry in ENTRIES}) == len(ENTRIES)


# Over HTTP: every entry of the catalogue is produced by the simulator


@dataclass(frozen=True)
class Case:
    """How the simulator is brought to it: what is sent, how, and what is steered before and after."""

    content: Callable[[], bytes] = finvoice
    options: SendingOptions | None = None
    before: Callable[[World], None] | None = None
    failing: dict[str, str] | None = None  # the delivered invoice fails afterwards with these words


def _refuse(**said: Any) -> Callable[[World], None]:
    return lambda world: _add_refusal(world, "/v1/invoices", **said)


def _add_refusal(world: World, path: str, **said: Any) -> None:
    world.simulator.fault("refusal", method="POST", path=path, **said)


def _settings(**blocks: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        token = world.simulator.token(company=str(world.seller.uuid))
        url = f"{world.simulator.credentials['ax_url']}/v1/company/settings"
        headers = {"Authorization": f"Bearer {token}"}
        requests.patch(url, json=blocks, headers=headers, timeout=10).raise_for_status()

    return change


def _stop_doubles(world: World) -> None:
    _settings(send_invoice_general={"stop_duplicate_numbers": True})(world)
    submitting.send_files(world.seller, [GivenFile("first.xml", finvoice())], actor=None)
    until(lambda: Invoice.objects.filter(status=Status.DELIVERED).exists() and settled(world), world)


def _nobody(**fields: str) -> Callable[[], bytes]:
    who = Who("Nobody Oy", "FI", fields.get("business_id", "2077474-0"), fields.get("endpoint", STRANGER.endpoint))
    return lambda: finvoice(buyer=who)


CASES = {
    "company_unverified": Case(
        before=lambda world: world.simulator.change(str(world.seller.uuid), company_state="UNVERIFIED")
    ),
    "bank_closed": Case(options=SendingOptions(recipient_eia="FI2112345600000785", recipient_operator="NDEAFIHH")),
    "email_invalid": Case(
        options=SendingOptions(recipient_email="nobody@nowhere.invalid", disabled_routes=("einvoice", "print"))
    ),
    "print_unavailable": Case(
        before=_settings(send_invoice_print={"enabled": False}),
        options=SendingOptions(disabled_routes=("einvoice", "email")),
    ),
    "address_incomplete": Case(
        content=lambda: without_address(finvoice()),
        before=_settings(send_invoice_print={"enabled": True}),
        options=SendingOptions(disabled_routes=("einvoice", "email")),
    ),
    "consumer_not_reached": Case(
        before=_settings(send_invoice_print={"enabled": True}),
        options=SendingOptions(recipient_type="consumer", disabled_routes=("email", "print")),
    ),
    "receiver_not_active": Case(before=lambda world: world.simulator.change(str(world.buyer.uuid), disabled=True)),
    "operator_unknown": Case(options=SendingOptions(recipient_eia="003701120389", recipient_operator="NOBODY1")),
    "receiver_unknown": Case(content=_nobody()),
    "receiver_information_missing": Case(
        content=lambda: without_address(finvoice(buyer=Who("No Address Ab", "FI", "", "")))
    ),
    "duplicate_number": Case(content=lambda: finvoice(gross="125,51"), before=_stop_doubles),
    "format_rules": Case(failing={"key": "action_error", "message": "[BR-CO-10]-Sum of Invoice line net amount"}),
    "file_unreadable": Case(
        before=_refuse(code="invoice_create_api_error", details=["ERROR: MORE THAN ONE XML IN THE ZIP"])
    ),
    "content_missing": Case(content=lambda: finvoice(date="")),
    "daily_limit": Case(before=_refuse(code="invoice_create_api_error", details=["ERROR: DAILY INVOICE LIMIT"])),
    "refused_by_receiver": Case(failing={}),
    "not_collected": Case(failing={"key": "action_expired", "message": ""}),
    "transfer_failed": Case(failing={"key": "action_trx_fail", "message": ""}),
}


def test_every_entry_has_a_case() -> None:
    assert set(CASES) == {entry.key for entry in ENTRIES}


@pytest.mark.slow
@pytest.mark.parametrize("key", CASES)
def test_simulator_produces_it_and_staff_read_its_advice(world: World, key: str) -> None:
    case = CASES[key]
    if case.before:
        case.before(world)

    files = [GivenFile("a.xml", case.content())]
    given = submitting.send_files(world.seller, files, actor=None, options=case.options)[0]
    assert given.upload is not None
    sent = Invoice.objects.filter(uuid=given.upload.uuid)
    if case.failing is not None:
        until(lambda: sent.filter(status=Status.DELIVERED).exists(), world)
        world.simulator.control("POST", f"/invoices/{given.upload.uuid}/fail", case.failing)
    until(lambda: sent.filter(status=Status.FAILED, next_check_at=None).exists() or _is_refused(), world)

    row: Any = sent.first()
    if row is None:
        row = given.upload
        row.refresh_from_db()
    assert row.remedy_key == key
    assert row.remedy_by == remedies.by_key(key).by
    assert remedies.by_key(key).name


def _is_refused() -> bool:
    return Operation.objects.filter(kind="invoices.send", state="REFUSED").exists()


REFUSALS: dict[str, dict[str, Any]] = {
    "bid_taken": {"status": 400, "message": "BID ALREADY TAKEN"},
    "visma_first": {"status": 422, "code": "unprocessable_entity", "message": "VISMA network must be enabled first"},
    "endpoint_needed": {"status": 422, "code": "unprocessable_entity", "message": "Please give scheme and endpoint_id"},
    "company_unverified": {"status": 401, "code": "unauthorized", "message": "Unauthorized"},
    "profile_name_conflict": {"status": 422, "code": "profile_name_conflict"},
    "profile_eia_conflict": {"status": 422, "code": "profile_eia_conflict"},
    "profile_eia_bid_conflict": {"status": 422, "code": "profile_eia_bid_conflict"},
    "profile_not_supported": {"status": 422, "code": "profile_not_supported"},
    "profile_registry_not_supported": {"status": 422, "code": "profile_registry_not_supported"},
    "profile_deletion_not_allowed": {"status": 409, "code": "profile_deletion_not_allowed"},
    "invalid_parameters": {"status": 400, "code": "invalid_parameters", "message": "invalid parameters"},
    "conflict": {"status": 409, "code": "conflict", "message": "not possible in this state"},
}


def test_every_entry_of_companies_has_a_refusal() -> None:
    assert set(REFUSALS) == {entry.key for entry in OF_COMPANIES}


@pytest.mark.slow
@pytest.mark.parametrize("key", REFUSALS)
def test_refusal_of_a_company_s_act_is_answered_with_its_advice(world: World, key: str) -> None:
    _add_refusal(world, "/v1/company/keep_active", **REFUSALS[key])

    queueing.queue("companies.keep_active", world.buyer, account=world.account, company_uuid=world.buyer.uuid)
    runner.run_until_idle(world.account, timeout=5)

    operation = Operation.objects.get()
    assert operation.state == "REFUSED"
    entry = catalogue.entry_of("companies", key)
    assert (operation.remedy_by, entry.key) == (entry.by, key)
    assert operation.remedy == advice.of_entry("companies", entry, "en").text
