"""Users of a company: roles, mails, removal, and a key that is seen once."""

from typing import Any

import pytest
from django.urls import reverse

from companies.models import Company, CompanyUser
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Attempt, Operation
from tests.companies.conftest import MakeCompany
from tests.companies.fakes import LOST, FakeAutoInvoice, refusal
from tests.companies.running import run
from tests.companies.staff import LogIn

USERS, USER = "/v1/company/users", "/v1/company/users/{user_id}"
ROLES, CURRENT = "/v1/company/users/{user_id}/roles", "/oauth2/current"
NEW = {"id": "u9", "email": "api@example.com", "role": "USER", "api_key": "top-secret-key"}


@pytest.fixture
def company(make_company: MakeCompany, autoinvoice: FakeAutoInvoice) -> Company:
    company = make_company(state="VERIFIED")
    for remote_id, role in (("admin", "ADMIN"), ("other", "ADMIN"), ("reader", "USER")):
        CompanyUser.objects.create(
            account=company.account, company=company, remote_id=remote_id, email=f"{remote_id}@example.com", role=role,
            first_name=remote_id.title(), fact_at=company.created_at,
        )  # fmt: skip
    autoinvoice.on("GET", CURRENT, {"user": {"id": "integration"}, "company": {"id": str(company.uuid)}})
    return company


def user(company: Company, remote_id: str) -> CompanyUser:
    return company.users.get(remote_id=remote_id)


def test_a_role_is_changed_and_remembered(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("POST", ROLES, None)

    operation = run("companies.set_user_role", company, {"user": "reader", "user_role": "ADMIN"})

    (given,) = autoinvoice.called("POST", ROLES)
    assert (given["user_id"], given["json"]) == ("reader", {"user_role": "ADMIN"})
    assert (operation.state, user(company, "reader").role) == ("DONE", "ADMIN")


def test_names_and_mails_are_changed_field_by_field(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("PATCH", USER, None)

    run("companies.change_user", company, {"user": "reader", "emails_disabled": True})

    (given,) = autoinvoice.called("PATCH", USER)
    assert given["json"] == {"emails_disabled": True}
    assert user(company, "reader").emails_disabled is True


@pytest.mark.parametrize(
    ("kind", "method", "path", "parameters", "after"),
    [
        ("companies.set_user_role", "POST", ROLES, {"user_role": "ADMIN"}, {"role": "ADMIN"}),
        ("companies.change_user", "PATCH", USER, {"last_name": "Last"}, {"last_name": "Last"}),
    ],
)
def test_a_lost_change_of_a_user_is_looked_up(
    company: Company, autoinvoice: FakeAutoInvoice, kind: str, method: str, path: str,
    parameters: dict[str, Any], after: dict[str, Any],
) -> None:  # fmt: skip
    autoinvoice.on(method, path, LOST)
    autoinvoice.on("GET", USER, {"id": "reader", "email": "reader@example.com", **after})

    operation = run(kind, company, {"user": "reader", **parameters})

    assert (operation.state, operation.attempts) == ("DONE", 1)


def test_a_user_is_removed_and_its_key_forgotten(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    CompanyUser.objects.filter(remote_id="reader").update(api_key="kept")
    autoinvoice.on("DELETE", USER, None)

    run("companies.remove_user", company, {"user": "reader"})

    gone = user(company, "reader")
    assert gone.removed_at is not None
    assert not gone.has_key


def test_one_person_is_removed_by_address_where_ids_are_not_at_hand(
    company: Company, autoinvoice: FakeAutoInvoice
) -> None:
    autoinvoice.on("DELETE", USER, None)

    run("companies.remove_user", company, {"email": "Reader@example.com"})

    assert autoinvoice.called("DELETE", USER)[0]["user_id"] == "reader"
    assert user(company, "reader").removed_at is not None


def test_the_portals_own_user_is_never_removed_though_our_record_does_not_know_it(
    company: Company, autoinvoice: FakeAutoInvoice
) -> None:
    autoinvoice.on("GET", CURRENT, {"user": {"id": "reader"}, "company": {"id": "x"}})

    operation = run("companies.remove_user", company, {"user": "reader"})

    assert (operation.state, operation.error_code) == ("REFUSED", "own_user")
    assert "step by step" in operation.remedy
    assert autoinvoice.called("DELETE", USER) == []


@pytest.mark.parametrize(
    ("kind", "parameters"), [("companies.remove_user", {}), ("companies.set_user_role", {"user_role": "USER"})]
)
def test_the_portals_own_user_is_refused_at_once_when_it_is_known(
    company: Company, kind: str, parameters: dict[str, str]
) -> None:
    company.account.user_remote_id = "admin"

    with pytest.raises(NotQueueableError, match="the portal works with"):
        queueing.queue(kind, company, {"user": "admin", **parameters}, account=company.account)


@pytest.mark.parametrize(
    ("kind", "parameters"), [("companies.remove_user", {}), ("companies.set_user_role", {"user_role": "USER"})]
)
def test_the_last_admin_stays_one(company: Company, kind: str, parameters: dict[str, str]) -> None:
    company.users.filter(remote_id="other").delete()

    with pytest.raises(NotQueueableError, match="admin must remain"):
        queueing.queue(kind, company, {"user": "admin", **parameters}, account=company.account)


def test_removing_teaches_whose_key_is_ours(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("DELETE", USER, None)

    run("companies.remove_user", company, {"user": "reader"})

    company.account.refresh_from_db()
    assert company.account.user_remote_id == "integration"


def test_the_last_admin_at_autoinvoice_is_explained(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("DELETE", USER, refusal("conflict", "the last admin of the company", 409))

    operation = run("companies.remove_user", company, {"user": "reader"})

    assert "At least one admin must remain" in operation.remedy


def test_who_was_there_before_is_kept_with_the_attempt(company: Company, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("POST", USERS, LOST)

    operation = run("companies.add_user", company, {"email": "new@example.com", "first_name": "New"})

    assert Attempt.objects.get(pk=operation.attempt_id).before == {"users": ["admin", "other", "reader"]}


def add(company: Company, autoinvoice: FakeAutoInvoice, actor: Any, *, keep: bool) -> CompanyUser:
    autoinvoice.on("POST", USERS, NEW)
    run("companies.add_user", company, {"email": NEW["email"], "first_name": "Api", "keep_key": keep}, actor=actor)
    return user(company, "u9")


def staff(client: Any) -> Any:
    from django.contrib.auth.models import User

    return User.objects.get(pk=client.session["_auth_user_id"])


@pytest.mark.parametrize("keep", [True, False])
def test_a_new_key_is_seen_once_and_kept_only_if_wanted(
    company: Company, autoinvoice: FakeAutoInvoice, log_in: LogIn, keep: bool
) -> None:
    client = log_in("lead")
    added = add(company, autoinvoice, staff(client), keep=keep)
    url = reverse("admin:company_user_key", args=[company.pk, added.pk])

    first, again = client.post(url), client.post(url)

    added.refresh_from_db()
    assert "top-secret-key" in first.content.decode()
    assert "no-store" in first["Cache-Control"]
    assert again.status_code == 302
    assert added.api_key == ("top-secret-key" if keep else "")


def test_a_key_is_shown_to_nobody_else_and_not_on_a_plain_visit(
    company: Company, autoinvoice: FakeAutoInvoice, log_in: LogIn
) -> None:
    client = log_in("lead")
    added = add(company, autoinvoice, staff(client), keep=True)
    url = reverse("admin:company_user_key", args=[company.pk, added.pk])

    assert client.get(url).status_code == 405
    assert log_in("admin").post(url).status_code == 403
    added.refresh_from_db()
    assert added.key_shown_at is None


def test_a_key_is_on_no_other_page(company: Company, autoinvoice: FakeAutoInvoice, log_in: LogIn) -> None:
    client = log_in("lead")
    added = add(company, autoinvoice, staff(client), keep=True)
    operation = Operation.objects.get()

    pages = [
        client.get(reverse("admin:companies_company_change", args=[company.pk]), {"tab": "users"}),
        client.get(reverse("admin:company_user", args=[company.pk, added.pk])),
        client.get(reverse("admin:operations_operation_change", args=[operation.pk])),
    ]

    assert all(page.status_code == 200 for page in pages)
    assert not any("top-secret-key" in page.content.decode() for page in pages)
    assert "top-secret-key" not in f"{operation.parameters}{operation.result}{operation.history}"


@pytest.mark.parametrize(
    ("typed", "kind", "parameters"),
    [
        ({"act": "role", "user_role": "ADMIN"}, "companies.set_user_role", {"user": "reader", "user_role": "ADMIN"}),
        ({"act": "remove"}, "companies.remove_user", {"user": "reader", "email": ""}),
        (
            {"act": "change", "first_name": "Reader", "notifications_disabled": "on"},
            "companies.change_user",
            {"user": "reader", "notifications_disabled": True},
        ),
    ],
)
def test_the_users_page_queues_each_act(
    company: Company, log_in: LogIn, typed: dict[str, str], kind: str, parameters: dict[str, Any]
) -> None:
    log_in("lead").post(reverse("admin:company_user", args=[company.pk, user(company, "reader").pk]), typed)

    operation = Operation.objects.get()
    assert (operation.kind, operation.parameters) == (kind, parameters)


def test_agents_see_users_but_do_not_manage_them(company: Company, log_in: LogIn) -> None:
    client = log_in("agent")
    url = reverse("admin:company_user", args=[company.pk, user(company, "reader").pk])

    listed = client.get(reverse("admin:companies_company_change", args=[company.pk]), {"tab": "users"})

    assert "reader@example.com" in listed.content.decode()
    assert url not in listed.content.decode()
    assert client.get(url).status_code == 403
