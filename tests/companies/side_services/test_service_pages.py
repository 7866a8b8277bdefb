"""Pages of services, departments, suppliers, takeovers, consumers and changes of business id."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.life import takeovers
from companies.models import Case, Company, IdentityChange, IdentityTick, ServiceState, Supplier, Takeover
from companies.side_services import catalogue, consumers
from portal.operations.models import Operation
from portal.partners.models import ApiCall, PartnerAccount
from tests.companies.conftest import make_account
from tests.companies.fakes import FakeAutoInvoice
from tests.companies.staff import LogIn

CONSUMERS = "/v1/lookup/consumers"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def state(company: Company, service: str, status: str = "active", **fields: Any) -> ServiceState:
    return ServiceState.objects.create(
        account=company.account, company=company, service=service, status=status, fact_at=company.created_at, **fields
    )


def tab(client: Client, company: Company) -> str:
    return text_of(client.get(reverse("admin:companies_company_change", args=[company.pk]), {"tab": "services"}))


def test_the_tab_shows_what_fits_the_country_and_names_the_rest(log_in: LogIn, make_company: Any) -> None:
    norwegian = make_company("923609016", "NO", state="VERIFIED")

    shown = tab(log_in("lead"), norwegian)

    assert "service-ATG" in shown
    assert "service-B2CSE" not in shown
    assert "Only for companies of SE." in shown


def test_the_tab_warns_of_autoscan_that_will_be_closed(log_in: LogIn, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    state(company, catalogue.AUTOSCAN)

    client = log_in("lead")
    listed = text_of(client.get(reverse("admin:companies_company_changelist"), {"risk": "autoscan"}))
    services = text_of(client.get(reverse("admin:companies_servicestate_changelist"), {"risk": "autoscan"}))

    assert "AutoInvoice closes AutoScan without one" in tab(client, company)
    assert "Example Oy" in listed
    assert "Example Oy" in services
    assert "AutoScan without return e-mail" in text_of(client.get(reverse("admin:index")))


def test_a_word_of_autoinvoice_that_nobody_knows_is_shown(log_in: LogIn, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    state(company, "HOLOGRAM", "glowing")

    assert "HOLOGRAM glowing" in tab(log_in("lead"), company)


def test_the_tab_asks_the_database_a_few_times_however_much_there_is(log_in: LogIn, make_company: Any) -> None:
    company, client = make_company("923609016", "NO", state="VERIFIED"), log_in("lead")
    for number in range(30):
        state(company, catalogue.ATG, key=str(number))
    tab(client, company)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        tab(client, company)

    assert len(queries) <= 20


def test_viewers_see_services_and_may_not_change_them(log_in: LogIn, make_company: Any) -> None:
    company, client = make_company(state="VERIFIED"), log_in("viewer")

    answer = client.get(reverse("admin:company_service_act", args=[company.pk, "companies.activate_scan"]))

    assert "Activate<" not in tab(client, company)
    assert answer.status_code == 403


def test_services_of_other_accounts_are_not_there(log_in: LogIn, make_company: Any) -> None:
    company = make_company()
    stranger = log_in("lead", accounts=(make_account("Other"),))

    pages = ("company_services_live", "company_departments", "company_suppliers", "company_identity")

    assert {stranger.get(reverse(f"admin:{name}", args=[company.pk])).status_code for name in pages} == {404}


def test_an_act_that_a_policy_refuses_says_so_in_its_form(log_in: LogIn, make_company: Any) -> None:
    company = make_company("923609016", "NO", state="VERIFIED")
    url = reverse("admin:company_service_act", args=[company.pk, "companies.activate_scan"])

    answer = log_in("lead").post(url, {"return_email": ""})

    assert "no return e-mail" in text_of(answer)
    assert not Operation.objects.exists()


def test_unlinking_says_what_is_lost_before_it_is_queued(log_in: LogIn, make_company: Any) -> None:
    company, client = make_company(state="VERIFIED"), log_in("lead")
    url = reverse("admin:company_service_act", args=[company.pk, "companies.unlink_vendor"])

    shown = text_of(client.get(url))
    client.post(url)

    assert "no webhooks, no bill, no support" in shown
    assert Operation.objects.get().kind == "companies.unlink_vendor"


def test_a_wrong_gln_stays_at_its_field(log_in: LogIn, make_company: Any) -> None:
    company = make_company(state="VERIFIED")

    answer = log_in("lead").post(reverse("admin:company_departments", args=[company.pk]), {"gln": "6410000000002"})

    assert "should be 1" in str(answer.context["form"].errors["gln"])


@pytest.fixture
def supplier(make_company: Any) -> Supplier:
    company = make_company(state="VERIFIED")
    row = Supplier(
        account=company.account, company=company, name="Paper Oy", country="FI", email="p@example.com",
        fact_at=company.created_at,
    )  # fmt: skip
    row.set_business_id("FI", "0112038-9")
    row.save()
    return row


def test_nothing_is_sent_to_suppliers_before_the_second_press(log_in: LogIn, supplier: Supplier) -> None:
    client, url = log_in("lead"), reverse("admin:company_suppliers_write", args=[supplier.company.pk])
    chosen = {"supplier": supplier.pk, "language": "fi"}

    preview = text_of(client.post(url, chosen))
    before = Operation.objects.count()
    client.post(url, chosen | {"send": "1"})

    assert "p@example.com" in preview
    assert "Write to 1 supplier" in preview
    assert (before, Operation.objects.count()) == (0, 1)


def test_a_supplier_without_address_gets_the_one_that_staff_typed(log_in: LogIn, supplier: Supplier) -> None:
    Supplier.objects.update(email="")
    client, url = log_in("lead"), reverse("admin:company_suppliers_write", args=[supplier.company.pk])
    chosen = {"supplier": supplier.pk, "language": "fi"}

    wrong = text_of(client.post(url, chosen))
    client.post(url, chosen | {f"email-{supplier.pk}": "typed@example.com", "send": "1"})

    assert "has no e-mail address" in wrong
    assert Operation.objects.get().parameters["suppliers"][0]["email_address"] == "typed@example.com"


def test_consumers_are_looked_up_and_forgotten(log_in: LogIn, make_company: Any, autoinvoice: FakeAutoInvoice) -> None:
    company = make_company("923609016", "NO", state="VERIFIED")
    autoinvoice.on("GET", CONSUMERS, {"routes": {"yes2all": {"status": "RECEIVING"}, "new": {"status": "ODD"}}})
    keys = "kari@example.com\n40000001\n17058012345\nnobody\nkari@example.com"

    answer = log_in("agent").post(reverse("admin:consumers"), {"company": company.business_id, "keys": keys})

    asked = [given["params"] for given in autoinvoice.called("GET", CONSUMERS)]
    assert sorted(next(iter(params)) for params in asked) == ["email", "phone_number", "ssn"]
    assert "170580•••••" in text_of(answer)
    assert "170580" not in str(list(ApiCall.objects.values()))
    assert answer["Cache-Control"].find("no-store") >= 0
    assert answer.context["receiving"] == 3


@pytest.mark.parametrize(
    ("line", "parameters"),
    [
        ("kari@example.com", {"email": "kari@example.com"}),
        ("+47 400 00 001", {"phone_number": "+4740000001"}),
        ("170580 12345", {"ssn": "17058012345"}),
        ("123456789", {"efaktura_identifier": "123456789"}),
        ("Kari", {}),
        ("1234", {}),
    ],
)
def test_a_pasted_line_is_understood_by_its_form(line: str, parameters: dict[str, str]) -> None:
    asked = consumers.read_key(line)

    assert asked.parameters == parameters
    assert bool(asked.error) is not bool(parameters)


def test_a_takeover_begins_with_what_the_refused_onboarding_knew(
    log_in: LogIn, make_onboarding: Any, autoinvoice: FakeAutoInvoice
) -> None:
    row, client, elsewhere = make_onboarding(state="REFUSED", problem_code="bid_taken"), log_in("lead"), uuid4()
    found = {"participant": {"id": str(elsewhere), "name": "Example Oy", "bid": "FI12345671", "country": "FI"}}
    autoinvoice.on("GET", "/v1/lookup/receivers", [found])
    url = f"{reverse('admin:takeover_new')}?onboarding={row.pk}"
    given = {"account": row.account_id, "country": "FI", "business_id": "1234567-1", "name": "Example Oy"}

    first = client.get(url).context["form"].initial
    looked = client.post(url, given | {"find": "1"}).context["form"].initial
    client.post(url, given | {"company_uuid": looked["company_uuid"]})

    takeover = Takeover.objects.get()
    assert first["name"] == "Example Oy"
    assert (takeover.company_uuid, takeover.case.onboarding) == (elsewhere, row)
    assert Operation.objects.get().kind == "companies.request_takeover"


def test_a_takeovers_case_drafts_both_letters(log_in: LogIn, account: PartnerAccount, make_onboarding: Any) -> None:
    client = log_in("lead")
    given = {
        "account": account.pk, "country": "FI", "business_id": "1234567-1", "name": "Example Oy",
        "company_uuid": str(uuid4()),
    }  # fmt: skip
    client.post(reverse("admin:takeover_new"), given)

    shown = text_of(client.get(reverse("admin:companies_case_change", args=[Case.objects.get().pk])))

    assert given["company_uuid"] in shown
    assert shown.count("mailto:?subject=") == 2


def test_agents_may_not_take_accounts_over(log_in: LogIn) -> None:
    assert log_in("agent").get(reverse("admin:takeover_new")).status_code == 403


@pytest.mark.parametrize(
    ("country", "business_id", "new", "steps"),
    [("FI", "1234567-1", "0112038-9", 12), ("NO", "923609016", "974760673", 7)],
)
def test_a_change_of_business_id_is_worked_off_step_by_step(
    log_in: LogIn, make_company: Any, country: str, business_id: str, new: str, steps: int
) -> None:
    company, client = make_company(business_id, country), log_in("lead")
    page = reverse("admin:company_identity", args=[company.pk])
    client.post(page, {"country": country, "business_id": new})

    rows = client.get(page).context["rows"]
    too_early = client.post(reverse("admin:company_identity_tick", args=[company.pk, "end"]), follow=True)
    for row in rows:
        client.post(reverse("admin:company_identity_tick", args=[company.pk, row["step"].name]))
    client.post(reverse("admin:company_identity_tick", args=[company.pk, "end"]))

    assert len(rows) == steps == IdentityTick.objects.count()
    assert "not done yet" in text_of(too_early)
    assert IdentityChange.objects.get().ended_at is not None


def test_a_tick_can_be_taken_back(log_in: LogIn, make_company: Any) -> None:
    company, client = make_company(), log_in("lead")
    client.post(reverse("admin:company_identity", args=[company.pk]), {"country": "FI", "business_id": "0112038-9"})
    url = reverse("admin:company_identity_tick", args=[company.pk, "register"])

    client.post(url)
    client.post(url, {"undo": "1"})

    assert not IdentityTick.objects.exists()


def test_the_business_id_that_a_company_has_is_no_change(log_in: LogIn, make_company: Any) -> None:
    company = make_company()

    answer = log_in("lead").post(
        reverse("admin:company_identity", args=[company.pk]), {"country": "FI", "business_id": "FI12345671"}
    )

    assert "has now" in str(answer.context["form"].errors["business_id"])


@pytest.mark.parametrize("kind", ["companies.complete_takeover", "companies.revert_takeover"])
def test_an_act_on_a_takeover_says_what_it_does_before_it_is_queued(
    log_in: LogIn, account: PartnerAccount, kind: str
) -> None:
    takeover = takeovers.start(
        account, company_uuid=uuid4(), country="FI", business_id="1234567-1", name="Elsewhere Oy"
    )
    Takeover.objects.update(remote_id="t1")
    client, url = log_in("lead"), reverse("admin:takeover_act", args=[takeover.pk, kind])

    shown = text_of(client.get(url))
    client.post(url)

    assert "former holder" in shown
    assert Operation.objects.filter(kind=kind).count() == 1
