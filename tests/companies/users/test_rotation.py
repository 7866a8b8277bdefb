"""Changing the key of a partner account: both keys work until the end, and each step can be taken up again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from companies.models import Company, KeyRotation
from companies.users import rotation
from portal.operations import batches, decisions, runner
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Batch, Operation
from portal.partners.models import ApiCall, PartnerAccount
from tests.companies.conftest import make_account
from tests.companies.running import run
from tests.companies.staff import LogIn
from tests.portal.sandbox.clients import Ax
from tests.sandbox import Sandbox

EMAIL = "integration+2@example.test"


@pytest.fixture
def account(partner: PartnerAccount) -> PartnerAccount:
    """The simulator's partner company, in the place of the account that other fixtures use."""
    return partner


@pytest.fixture
def actor(account: PartnerAccount) -> User:
    return User.objects.create_superuser("boss")


@pytest.fixture
def company(account: PartnerAccount, simulator: Sandbox) -> Company:
    """A customer at the simulator; the integration user is its admin."""
    uuid = UUID(Ax(simulator).register())
    company = Company.objects.create(account=account, uuid=uuid, name="Customer Oy", country="FI")
    run("companies.refresh", company)
    return company


def made(account: PartnerAccount, actor: User) -> KeyRotation:
    current = rotation.begin(account, EMAIL, actor)
    run("companies.make_own_user", current)
    current.refresh_from_db()
    return current


def admitted(company: Company, current: KeyRotation) -> Operation:
    return run("companies.admit_own_user", company, {"user": current.new_user, "email": EMAIL})


def switched(company: Company, actor: User) -> KeyRotation:
    current = made(company.account, actor)
    admitted(company, current)
    run("companies.test_own_key", current)
    rotation.switch(current, actor)
    current.refresh_from_db()
    return current


def fresh(account: PartnerAccount) -> PartnerAccount:
    return PartnerAccount.objects.get(pk=account.pk)


def works(account: PartnerAccount, company: Company, simulator: Sandbox, key: str) -> bool:
    """Tell whether AutoInvoice gives a token for the company with this key."""
    try:
        simulator.token("company", str(company.uuid), key)
    except AssertionError:
        return False
    return True


def test_a_new_user_is_made_and_its_key_kept_where_nobody_sees_it(company: Company, actor: User) -> None:
    current = made(company.account, actor)

    operation = Operation.objects.get(kind="companies.make_own_user")
    assert (current.new_key, current.new_user) != ("", "")
    assert current.old_email == "integration@example.test"
    assert fresh(company.account).user_remote_id == current.old_user
    assert current.new_key not in f"{operation.parameters}{operation.result}{operation.attempt.before}"


def test_an_address_that_autoinvoice_knows_gives_no_key_and_leaves_nobody_behind(
    company: Company, actor: User, simulator: Sandbox
) -> None:
    Ax(simulator).as_company(str(company.uuid)).post("/v1/company/users", {"email": EMAIL, "first_name": "Known"})

    current = made(company.account, actor)

    operation = Operation.objects.get(kind="companies.make_own_user")
    assert (operation.state, operation.error_code, current.made_at) == ("REFUSED", "user_known", None)
    assert [user["email"] for user in Ax(simulator).get("/v1/company/users")] == ["integration@example.test"]


def test_a_lost_new_user_ends_the_change_when_a_person_finds_it(
    company: Company, actor: User, simulator: Sandbox
) -> None:
    simulator.fault("drop_after", api="ax", method="POST", path="/v1/company/users", count=1)
    current = made(company.account, actor)
    operation = Operation.objects.get(kind="companies.make_own_user")
    assert operation.named_case

    decisions.it_happened(operation, actor)

    current.refresh_from_db()
    assert current.state == "ABANDONED"
    rotation.begin(company.account, "integration+3@example.test", actor)


def test_only_one_change_is_under_way(company: Company, actor: User) -> None:
    rotation.begin(company.account, EMAIL, actor)

    with pytest.raises(NotQueueableError):
        rotation.begin(company.account, "other@example.test", actor)


def test_the_key_is_let_into_a_company_and_a_lost_answer_is_looked_up(
    company: Company, actor: User, simulator: Sandbox
) -> None:
    current = made(company.account, actor)
    simulator.fault("drop_after", api="ax", method="POST", path="/v1/company/users", count=1)

    operation = admitted(company, current)

    assert (operation.state, operation.attempts) == ("DONE", 1)
    assert not rotation.lacking(current).exists()
    assert works(company.account, company, simulator, current.new_key)


def test_a_key_that_is_not_let_in_everywhere_fails_its_trial(company: Company, actor: User) -> None:
    current = made(company.account, actor)

    run("companies.test_own_key", current)

    current.refresh_from_db()
    assert current.tested_at is None
    assert [found["level"] for found in current.tests] == ["good", "bad", "bad"]


def test_the_switch_needs_a_tried_key_that_opens_every_company(company: Company, actor: User) -> None:
    current = made(company.account, actor)
    before = fresh(company.account)

    with pytest.raises(NotQueueableError, match="not been tried"):
        rotation.switch(current, actor)
    KeyRotation.objects.update(tested_at=timezone.now())
    with pytest.raises(NotQueueableError, match="1 companies"):
        rotation.switch(current, actor)

    assert fresh(company.account).user_key == before.user_key


def test_after_the_switch_both_keys_work_and_the_portal_uses_the_new_one(
    company: Company, actor: User, simulator: Sandbox
) -> None:
    before = fresh(company.account)

    current = switched(company, actor)

    account = fresh(company.account)
    assert (account.user_key, account.key_version) == (current.new_key, before.key_version + 1)
    assert account.user_remote_id == current.new_user
    assert works(account, company, simulator, before.user_key)
    assert run("companies.refresh", Company.objects.get()).state == "DONE"


def test_the_way_back_is_open_until_the_traffic_is_confirmed(company: Company, actor: User) -> None:
    before = fresh(company.account)
    current = switched(company, actor)

    rotation.switch_back(current, actor)

    account = fresh(company.account)
    assert (account.user_key, account.key_version) == (before.user_key, before.key_version + 2)
    rotation.switch(current, actor)


def test_traffic_is_confirmed_when_it_flowed_and_no_worker_can_have_the_old_key(company: Company, actor: User) -> None:
    current = switched(company, actor)
    with pytest.raises(NotQueueableError, match="Workers"):
        rotation.confirm(current, actor)
    KeyRotation.objects.update(switched_at=timezone.now() - timedelta(minutes=3))
    ApiCall.objects.all().delete()
    with pytest.raises(NotQueueableError, match="No call"):
        rotation.confirm(current, actor)
    run("companies.refresh", Company.objects.get())
    rotation.confirm(current, actor)

    assert KeyRotation.objects.get().verified_at is not None


def test_the_old_user_goes_last_and_its_key_opens_nothing_more(
    company: Company, actor: User, simulator: Sandbox
) -> None:
    before = fresh(company.account)
    current = switched(company, actor)
    KeyRotation.objects.update(switched_at=timezone.now() - timedelta(minutes=3), verified_at=timezone.now())

    run("companies.dismiss_own_user", Company.objects.get(), {"user": current.old_user})
    run("companies.retire_own_user", KeyRotation.objects.get())

    done = KeyRotation.objects.get()
    assert (done.state, done.new_key, done.old_key) == ("DONE", "", "")
    assert not works(before, company, simulator, before.user_key)
    assert run("companies.refresh", Company.objects.get()).state == "DONE"


def test_the_old_user_is_not_removed_before_the_new_key_has_proven_itself(company: Company, actor: User) -> None:
    current = switched(company, actor)

    with pytest.raises(NotQueueableError, match="not proven"):
        run("companies.retire_own_user", current)


def test_decisions_are_kept_without_keys(company: Company, actor: User) -> None:
    current = switched(company, actor)

    said = [entry.change_message for entry in LogEntry.objects.order_by("pk")]
    assert said == [f"Change of key begun with {EMAIL}", f"Switched to the key of {EMAIL}"]
    assert current.new_key not in "".join(said)


def test_the_page_leads_through_the_steps_and_shows_no_key(company: Company, log_in: LogIn) -> None:
    client, account = log_in("admin"), company.account
    url = reverse("admin:account_key", args=[account.pk])

    def post(**typed: str) -> str:
        client.post(url, typed)
        runner.run_until_idle(account, timeout=10)
        return str(client.get(url).content.decode())

    pages = [post(email=EMAIL)]
    to_batch = client.post(url, {"step": "admit"})
    batches.start(Batch.objects.get())
    pages += [post(step="test"), post(step="switch"), post(step="confirm")]

    current = KeyRotation.objects.get()
    assert to_batch.status_code == 302
    assert current.switched_at is not None
    assert current.verified_at is None
    assert "Workers may still use the old key" in pages[-1]
    assert not any(key in page for page in pages for key in (current.new_key, current.old_key))


def test_the_page_is_for_administrators_of_the_account(account: PartnerAccount, log_in: LogIn) -> None:
    url = reverse("admin:account_key", args=[account.pk])

    assert log_in("lead").get(url).status_code == 403
    assert log_in("admin", accounts=(make_account("Other"),)).get(url).status_code == 404


def test_the_accounts_page_leads_to_it(account: PartnerAccount, log_in: LogIn) -> None:
    page: Any = log_in("admin").get(reverse("admin:partners_partneraccount_change", args=[account.pk]))

    assert reverse("admin:account_key", args=[account.pk]) in page.content.decode()
