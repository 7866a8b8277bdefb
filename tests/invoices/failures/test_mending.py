"""Mending failures in place: what is proposed, what is refused at its field, and that the old attempt stays."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from invoices import links
from invoices.enums import Status
from invoices.failures import mending
from invoices.failures import queue as failures
from invoices.models import Invoice, Upload
from invoices.sending import submitting
from invoices.sending.archives import GivenFile
from portal.operations import runner
from portal.operations.models import Operation
from tests.invoices.conftest import MakeCompany, World
from tests.invoices.documents import BUYER, Who, finvoice, ubl, zipped
from tests.invoices.failures.test_failures import refused
from tests.invoices.failures.test_rerouting import failed
from tests.invoices.test_end_to_end import STRANGER, send, settled, until


@pytest.fixture
def mender(staff: User, browser: Client) -> Client:
    staff.user_permissions.add(Permission.objects.get(codename="reroute_invoice"))
    return browser


def page_of(row: Invoice) -> str:
    return reverse("admin:invoice_mend", args=[row.pk])


def values(browser: Client, row: Invoice) -> dict[str, str]:
    answer = browser.get(page_of(row))
    rows = [*answer.context["about"], *answer.context["others"]]
    return {one.value.name: str(field.value()) for one, field in rows}


def test_cause_is_named_and_its_values_stand_first(mender: Client, company: Company) -> None:
    row = failed(company, finvoice(), remedy_key="operator_unknown", error_text="Operator not known")

    answer = mender.get(page_of(row))

    assert [one.value.name for one, _field in answer.context["about"]] == ["operator", "receiver_address"]
    assert "Operator not known" in answer.text
    assert "Other values" in answer.text


def test_wrong_value_stands_beside_the_proposed_one(
    mender: Client, company: Company, make_company: MakeCompany
) -> None:
    make_company(BUYER)
    wrong = Who(BUYER.name, "FI", BUYER.business_id, "003799999999")
    row = failed(company, finvoice(buyer=wrong), remedy_key="receiver_unknown")

    answer = mender.get(page_of(row))

    assert "003799999999" in answer.text
    assert values(mender, row)["receiver_address"] == "003701120389"


def test_nothing_is_proposed_that_is_there_already(mender: Client, company: Company) -> None:
    row = failed(company, ubl(), remedy_key="receiver_unknown")

    assert all(not one.proposed for one, _field in mender.get(page_of(row)).context["about"])


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("iban", "FI2112345600000786", "check digits"),
        ("due_date", "31.12.2026", "2026-11-30"),
        ("country", "Finland", "two letters"),
        ("receiver_email", "nobody", "valid email"),
        ("receiver_address", "0037 2077", "no blanks"),
        ("operator", "", "cannot be taken out"),
    ],
)
def test_bad_value_is_an_error_at_its_field(mender: Client, company: Company, field: str, text: str, says: str) -> None:
    row = failed(company, finvoice())
    given = {**values(mender, row), field: text}

    answer = mender.post(page_of(row), given)

    assert says in answer.text
    assert f'id="id_{field}_error"' in answer.text
    assert not Operation.objects.exists()


def test_mended_invoice_is_a_new_one_that_names_the_old_and_what_changed(mender: Client, company: Company) -> None:
    row = failed(company, finvoice(), remedy_key="operator_unknown")

    mender.post(page_of(row), {**values(mender, row), "operator": "NDEAFIHH", "due_date": "2026-12-24"})

    new = Upload.objects.get()
    row.refresh_from_db()
    assert new.replaces == row.uuid
    assert new.uuid != row.uuid
    assert sorted((one["field"], one["was"], one["now"]) for one in new.changes) == [
        ("due_date", "2026-11-15", "2026-12-24"), ("operator", "003721291126", "NDEAFIHH"),
    ]  # fmt: skip
    assert (row.status, Operation.objects.get().target) == (Status.FAILED, new)


def test_second_click_sends_nothing_more(mender: Client, company: Company) -> None:
    row = failed(company, finvoice())
    given = {**values(mender, row), "operator": "NDEAFIHH"}

    answers = [mender.post(page_of(row), given, follow=True).text for _click in range(2)]

    assert (Upload.objects.count(), Operation.objects.count()) == (1, 1)
    assert "on its way" in answers[0]
    assert "being sent already" in answers[1]


def test_unchanged_form_sends_nothing(mender: Client, company: Company) -> None:
    row = failed(company, finvoice())

    answer = mender.post(page_of(row), values(mender, row))

    assert "Nothing was changed" in answer.text
    assert not Upload.objects.exists()


def test_file_that_cannot_be_mended_says_why(mender: Client, company: Company) -> None:
    row = failed(company, b'<Faktura xmlns="urn:x"><Invoice/></Faktura>')

    assert "cannot be mended here" in mender.get(page_of(row), follow=True).text
    assert "not here" in mender.get(page_of(failed(company, number="2")), follow=True).text


def test_address_in_the_sending_options_does_not_overrule_the_mended_one(mender: Client, company: Company) -> None:
    options = submitting.SendingOptions(recipient_eia="wrong", recipient_operator="wrong", lang="FI")
    file = GivenFile("a.xml", finvoice())
    upload = submitting.send_files(company, [file], actor=None, options=options)[0].upload
    assert upload is not None
    Operation.objects.update(state="DONE", settled_at=timezone.now())
    row = failed(company, uuid=upload.uuid)

    mender.post(page_of(row), {**values(mender, row), "operator": "NDEAFIHH"})

    sent = Operation.objects.latest("pk").parameters["options"]
    assert (sent["recipient_eia"], sent["recipient_operator"], sent["lang"]) == ("", "", "FI")


def test_refused_file_is_mended_too(mender: Client, company: Company) -> None:
    upload = refused(company, "77")
    page = reverse("admin:upload_mend", args=[upload.pk])
    rows = mender.get(page)
    given = {one.value.name: str(field.value()) for one, field in (*rows.context["about"], *rows.context["others"])}

    mender.post(page, {**given, "date": "2026-11-02"})

    assert Upload.objects.get(replaces=upload.uuid).number == "77"
    assert not failures.files([company.account]).exists()


def test_personal_number_is_masked_where_changes_are_kept(mender: Client, company: Company) -> None:
    swede = Who("Erik", "SE", "640823-3234", "0007:6408233234")
    row = failed(company, finvoice(buyer=swede), counterparty_country="SE")

    mender.post(page_of(row), {**values(mender, row), "receiver_business_id": "640823-3242"})

    assert "3234" not in str(Upload.objects.get().changes)
    assert "3242" not in str(Upload.objects.get().changes)


def test_who_may_not_send_may_not_mend(staff: User, browser: Client, company: Company) -> None:
    staff.user_permissions.remove(Permission.objects.get(codename="send_invoice"))
    row = failed(company, finvoice())

    assert browser.get(page_of(row)).status_code == 403
    assert "Mend" not in browser.get(links.page_of(row)).text


@pytest.mark.parametrize(
    ("content", "address"),
    [(finvoice(), {"receiver_address": "0216:003711111111", "operator": "PEPPOL"}),
     (ubl(), {"receiver_address": "0216:003711111111"})],
)  # fmt: skip
def test_address_that_was_looked_up_is_filled_in_and_the_rest_stays(
    mender: Client, company: Company, content: bytes, address: dict[str, str]
) -> None:
    row = failed(company, content, remedy_key="receiver_unknown")
    typed = {**values(mender, row), "due_date": "2026-12-24"}

    answer = mender.post(page_of(row), {**typed, "use": "0216:003711111111 PEPPOL"})

    rows = [*answer.context["about"], *answer.context["others"]]
    assert {one.value.name: str(field.value()) for one, field in rows} == {**typed, **address}
    assert not Upload.objects.exists()


@pytest.mark.slow
def test_receiver_is_looked_up_by_the_business_id_that_was_typed(world: World) -> None:
    send(world, finvoice(buyer=STRANGER))
    until(lambda: settled(world), world)
    body = {"scheme": "0216", "endpoint_id": "003711111111", "name": "Somebody Oy", "bid": "11111111"}
    world.simulator.control("POST", "/receivers", body)
    client = Client()
    client.force_login(User.objects.create_superuser("lead", password="x"))
    row = Invoice.objects.sent().get()
    typed = {**values(client, row), "receiver_business_id": "1111111-1"}

    answer = client.post(page_of(row), {**typed, "find": "1"})

    assert [(one.eia, one.operator) for one in answer.context["addresses"]] == [("0216:003711111111", "PEPPOL")]
    assert 'value="1111111-1"' in answer.text
    assert not Upload.objects.exclude(uuid=row.uuid).exists()


@pytest.mark.slow
def test_mended_invoice_is_delivered_and_the_old_attempt_stays(world: World) -> None:
    wrong = Who(BUYER.name, "FI", "2077474-0", STRANGER.endpoint)
    send(world, zipped({"a.xml": finvoice(buyer=wrong), "terms.pdf": b"%PDF-1.4 terms"}))
    until(lambda: settled(world), world)
    old = Invoice.objects.sent().get()

    given, changes = mending.send(old, {"receiver_address": BUYER.endpoint}, actor=None)
    until(lambda: Invoice.objects.sent().filter(status=Status.DELIVERED).exists() and settled(world), world)

    old.refresh_from_db()
    new = Invoice.objects.sent().get(status=Status.DELIVERED)
    assert [change.name for change in changes] == ["receiver_address"]
    assert (old.status, new.uuid, new.number) == (Status.FAILED, given.upload.uuid, old.number)  # type: ignore[union-attr]
    assert not failures.invoices([world.account]).exists()


@pytest.mark.slow
def test_mended_invoice_that_is_refused_stands_in_the_queue_itself(world: World) -> None:
    send(world, finvoice(buyer=STRANGER))
    until(lambda: settled(world), world)
    world.simulator.change(str(world.seller.uuid), company_state="UNVERIFIED")

    given, _changes = mending.send(Invoice.objects.sent().get(), {"operator": "NDEAFIHH"}, actor=None)
    runner.run_until_idle(world.account, timeout=5)

    assert failures.files([world.account]).get() == given.upload
    assert not failures.invoices([world.account]).exists()
