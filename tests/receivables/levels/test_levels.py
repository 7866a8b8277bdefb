"""Service levels: looked up, set once or for many, followed; only where Kassavirta works."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Batch, Operation
from portal.partners.models import PartnerAccount
from portal.sync import runs
from portal.sync.models import Cursor
from receivables.levels import listing as levels
from receivables.levels import sync as levels_sync
from receivables.models import CollectionService, ServiceLevel
from tests.companies.conftest import make_account
from tests.companies.fakes import FakeAutoInvoice
from tests.companies.running import run
from tests.companies.staff import LogIn
from tests.receivables.collecting import creditor_at
from tests.receivables.talking import receivables_of
from tests.sandbox import Sandbox

CUSTOMER = "20000059"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def creditor(simulator: Sandbox, partner: PartnerAccount) -> Company:
    """With Kassavirta at the simulator."""
    return creditor_at(simulator, partner, service_type="full")


@pytest.fixture
def company(make_company: Any) -> Company:
    """With Kassavirta as far as the mirror knows."""
    made: Company = make_company(state="VERIFIED")
    CollectionService.objects.create(
        account=made.account, company=made, agency="amili", status="ACTIVE", service_type="full"
    )
    return made


def level_there(simulator: Sandbox, company: Company) -> str:
    return str(receivables_of(simulator, company).get(f"/v1/service_levels/{CUSTOMER}")["service_level"])


def read_levels() -> None:
    Cursor.objects.filter(source="receivables.service_levels").update(next_at=timezone.now())
    runs.run_due(budget=2)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["", "drop_after", "500_after"])
def test_a_level_is_set_and_known(simulator: Sandbox, creditor: Company, fault: str) -> None:
    if fault:
        simulator.fault(fault, api="receivables", method="PATCH", path="*", count=1)

    operation = run("receivables.set_service_level", creditor, {"business_id": CUSTOMER, "level": "vip"})

    assert (operation.state, level_there(simulator, creditor)) == ("DONE", "vip")
    assert ServiceLevel.objects.get().level == "vip"


@pytest.mark.slow
def test_the_list_is_read_and_who_left_it_is_dropped(simulator: Sandbox, creditor: Company) -> None:
    api = receivables_of(simulator, creditor)
    for bid in (CUSTOMER, "01120389"):
        api.call("PATCH", f"/v1/service_levels/{bid}", json={"service_level": "premium"})
    levels_sync.follow_companies(creditor.account)
    read_levels()
    before = set(ServiceLevel.objects.values_list("business_id", flat=True))

    api.call("PATCH", f"/v1/service_levels/{CUSTOMER}", json={"service_level": "default"})
    read_levels()

    assert before == {CUSTOMER, "01120389"}
    assert set(ServiceLevel.objects.values_list("business_id", flat=True)) == {"01120389"}


def test_without_kassavirta_nothing_is_set(make_company: Any) -> None:
    with pytest.raises(NotQueueableError, match="part of Kassavirta"):
        run("receivables.set_service_level", make_company(), {"business_id": CUSTOMER, "level": "vip"})


def look(client: Client, company: Company, **query: str) -> str:
    return text_of(client.get(reverse("admin:company_levels", args=[company.pk]), query))


def test_a_customer_that_is_not_listed_has_the_default(
    log_in: LogIn, company: Company, autoinvoice: FakeAutoInvoice
) -> None:
    autoinvoice.on("GET", "/v1/service_levels/{customer_bid}", {"customer_bid": CUSTOMER, "service_level": "default"})

    shown = look(log_in(), company, customer="2000005-9")

    assert "<strong>Default</strong>" in shown
    assert autoinvoice.calls[0][3]["customer_bid"] == CUSTOMER


def test_a_level_that_nobody_knows_is_shown_as_it_came(
    log_in: LogIn, company: Company, autoinvoice: FakeAutoInvoice
) -> None:
    autoinvoice.on("GET", "/v1/service_levels/{customer_bid}", {"customer_bid": CUSTOMER, "service_level": "platinum"})
    ServiceLevel.objects.create(account=company.account, company=company, business_id="1", level="diamond")

    shown = look(log_in(), company, customer=CUSTOMER)

    assert "platinum" in shown
    assert "diamond" in shown


@pytest.mark.parametrize(
    ("given", "words"), [("2000005-8", "digit"), ("131052-308T", "Consumers have no"), ("?", "no business id")]
)
def test_a_wrong_business_id_is_said(log_in: LogIn, company: Company, given: str, words: str) -> None:
    assert words in look(log_in(), company, customer=given)


def test_setting_one_is_queued(log_in: LogIn, company: Company) -> None:
    url, client = reverse("admin:company_levels", args=[company.pk]), log_in()

    client.post(url, {"business_id": CUSTOMER, "level": "vip"})
    client.post(url, {"business_id": CUSTOMER, "level": "gold"})

    assert [operation.parameters for operation in Operation.objects.all()] == [
        {"business_id": CUSTOMER, "level": "vip"}
    ]


def test_a_pasted_list_is_shown_first_and_then_set(log_in: LogIn, company: Company) -> None:
    url, client = reverse("admin:company_levels_many", args=[company.pk]), log_in()
    given = {"level": "premium", "text": "2000005-9\n0112038-9; vip\n2000005-9\n2000005-8\n0112038-9;gold"}

    preview = text_of(client.post(url, given))
    queued = Operation.objects.count()
    client.post(url, given | {"confirmed": "1"})

    assert queued == 0
    assert "Set 2 levels" in preview
    assert "earlier line already" in preview
    assert "There is no level gold" in preview
    parameters = Operation.objects.values_list("parameters", flat=True)
    assert {item["business_id"]: item["level"] for item in parameters} == {"01120389": "vip", CUSTOMER: "premium"}


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe1", "no text in UTF-8"), (b"1\n" * 60_000, "too large"), (b"1\n" * 1001, "At most 1000 lines")],
)
def test_a_file_that_cannot_be_taken_says_why(log_in: LogIn, company: Company, content: bytes, words: str) -> None:
    url = reverse("admin:company_levels_many", args=[company.pk])

    shown = text_of(log_in().post(url, {"level": "vip", "file": SimpleUploadedFile("levels.csv", content)}))

    assert words in shown
    assert 'role="alert"' in shown


def test_a_file_is_read_like_a_pasted_list(log_in: LogIn, company: Company) -> None:
    url = reverse("admin:company_levels_many", args=[company.pk])
    file = SimpleUploadedFile("levels.csv", "\ufeff2000005-9;vip\r\n".encode())

    assert "Set 1 level" in text_of(log_in().post(url, {"level": "premium", "file": file}))


def test_customers_of_the_list_get_another_level_as_a_batch(log_in: LogIn, company: Company) -> None:
    row = ServiceLevel.objects.create(account=company.account, company=company, business_id=CUSTOMER, level="vip")
    client = log_in()

    answer = client.post(
        reverse("admin:receivables_servicelevel_changelist"),
        {"action": "bulk_receivables_set_service_levels", "_selected_action": [row.pk]},
    )

    batch = Batch.objects.get()
    assert answer.status_code == 302
    assert (batch.kind, batch.targets.count()) == ("receivables.set_service_levels", 1)
    assert "Show what would happen" in text_of(client.get(answer["Location"]))


def test_other_accounts_see_nothing(log_in: LogIn, company: Company) -> None:
    ServiceLevel.objects.create(account=company.account, company=company, business_id=CUSTOMER, level="vip")
    client = log_in("lead", accounts=(make_account("Other"),))

    assert client.get(reverse("admin:company_levels", args=[company.pk])).status_code == 404
    assert CUSTOMER not in text_of(client.get(reverse("admin:receivables_servicelevel_changelist")))


def test_a_business_id_is_kept_as_autoinvoice_does() -> None:
    given = ("2000005-9", "FI20000059", " 2000005 9", "SE556012579001")

    assert [levels.compact(text, "FI") for text in given[:2]] == [CUSTOMER, CUSTOMER]
    assert levels.compact(given[3], "FI") == "SE556012579001"
