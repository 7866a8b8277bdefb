"""Users, settings, links, looks and the rest of what staff do with a company."""

from typing import Any

import pytest
from django.utils import timezone

from companies.models import CompanyUser
from portal.operations import queueing, registry
from portal.operations.handlers import NotQueueableError
from tests.companies.fakes import LOST, FakeAutoInvoice, refusal
from tests.companies.running import PROFILES, STATUS, UNSIGNED, profile, run


def test_a_new_users_key_is_kept_encrypted_and_nowhere_else(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company()
    autoinvoice.on(
        "POST",
        "/v1/company/users",
        {"id": "u1", "email": "api@example.com", "role": "ADMIN", "api_key": "top-secret", "emails_disabled": 1},
    )

    operation = run("companies.add_user", company, {"email": "api@example.com", "first_name": "Api"})

    user = CompanyUser.objects.get()
    assert (user.api_key, user.has_key, user.emails_disabled) == ("top-secret", True, True)
    assert "top-secret" not in f"{operation.parameters}{operation.result}"
    assert raw_column(user, "api_key").startswith("enc1:")


def raw_column(user: CompanyUser, name: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM companies_companyuser WHERE id = %s", [user.pk])  # our own names
        return str(cursor.fetchone()[0])


def test_a_lost_new_user_becomes_a_case_for_a_person(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company()
    autoinvoice.on("POST", "/v1/company/users", LOST)

    operation = run("companies.add_user", company, {"email": "api@example.com", "first_name": "Api"})

    assert (operation.state, operation.attempts) == ("UNKNOWN", 1)
    assert "answer was lost" in operation.named_case


def test_the_last_admin_is_not_removed(make_company: Any) -> None:
    company = make_company()
    CompanyUser.objects.create(
        account=company.account, company=company, remote_id="u1", email="a@example.com", role="ADMIN",
        fact_at=company.created_at,
    )  # fmt: skip

    with pytest.raises(NotQueueableError):
        queueing.queue("companies.remove_user", company, {"user": "u1"}, account=company.account)


def test_a_look_up_writes_state_networks_users_and_link(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company()
    gone = profile(company, "PEPPOL")
    autoinvoice.on("GET", STATUS, {"auth_state": "SIGNED", "auth_email": None, "company_state": "VERIFIED"})
    autoinvoice.on("GET", PROFILES, [{"id": "v", "status": "active", "network": "VISMA", "profile": "INVOICE"}])
    autoinvoice.on("GET", "/v1/company/users", [{"id": "u1", "email": "a@example.com", "role": "ADMIN"}])
    autoinvoice.on("GET", "/v1/company/vendors", {"state": "a new word"})
    autoinvoice.on("GET", "/v1/company/settings", {"details": {"email": "now@example.com"}})

    run("companies.refresh", company)

    company.refresh_from_db()
    gone.refresh_from_db()
    assert (company.state, company.vendor_state, company.users.get().role) == ("VERIFIED", "a new word", "ADMIN")
    assert company.profiles.get(network="VISMA").profiles == ["INVOICE"]
    assert company.settings == {"details": {"email": "now@example.com"}}
    assert gone.status == "disabled"


def test_a_look_up_makes_do_with_the_state_when_the_company_tells_no_more(
    autoinvoice: FakeAutoInvoice, make_company: Any
) -> None:
    company = make_company()
    no = refusal("unauthorized", "Unauthorized", 401)
    autoinvoice.on("GET", STATUS, UNSIGNED)
    for path in (PROFILES, "/v1/company/users", "/v1/company/vendors", "/v1/company/settings"):
        autoinvoice.on("GET", path, no)

    operation = run("companies.refresh", company)

    assert operation.state == "DONE"


@pytest.mark.parametrize(
    ("kind", "method", "path", "answer"),
    [
        ("companies.keep_active", "POST", "/v1/company/keep_active", None),
        ("companies.link_vendor", "POST", "/v1/company/vendors", {"state": "linked"}),
    ],
)
def test_acts_that_may_be_doubled_are_sent_again_when_their_answer_is_lost(
    autoinvoice: FakeAutoInvoice, make_company: Any, monkeypatch: pytest.MonkeyPatch,
    kind: str, method: str, path: str, answer: Any,
) -> None:  # fmt: skip
    company = make_company()
    monkeypatch.setattr(type(registry.get(kind)), "deadline", 0.05)
    autoinvoice.on("GET", "/oauth2/current", refusal("unauthorized", status=401))
    autoinvoice.on(method, path, LOST, answer)

    operation = run(kind, company)

    assert (operation.state, operation.attempts) == ("DONE", 2)


def test_unlinking_a_company_that_is_not_linked_is_done(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company()
    autoinvoice.on("DELETE", "/v1/company/vendors", refusal("not_found", status=404))
    autoinvoice.on("GET", "/v1/company/vendors", {"state": "not_linked"})

    operation = run("companies.unlink_vendor", company)

    company.refresh_from_db()
    assert (operation.state, company.vendor_state) == ("DONE", "not_linked")
    assert company.vendor_at <= timezone.now()


def test_every_kind_names_a_permission_that_exists(db: None) -> None:
    from django.contrib.auth.models import Permission

    known = {f"companies.{name}" for name in Permission.objects.values_list("codename", flat=True)}

    kinds = [handler for handler in registry.all_handlers() if handler.kind.startswith("companies.")]
    assert kinds
    assert {handler.permission for handler in kinds} <= known
