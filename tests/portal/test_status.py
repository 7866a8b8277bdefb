"""`manage.py status`: figures of the given accounts, for programs and for people."""

import json
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from portal import status
from portal.partners.models import Environment, PartnerAccount
from portal.webhooks.models import Delivery

pytestmark = pytest.mark.django_db


def make_account(name: str) -> PartnerAccount:
    return PartnerAccount.objects.create(
        name=name, environment=Environment.SANDBOX, company_uuid=uuid4(), user_key="u", vendor_key="v"
    )


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("status", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def deliver(account: PartnerAccount, *states: str) -> None:
    for number, state in enumerate(states):
        Delivery.objects.create(account=account, digest=str(number), state=state)


def test_status_is_nothing_but_json_when_asked_for_json() -> None:
    deliver(make_account("Partner"), "DONE", "DONE", "FAILED")

    report = json.loads(said("--json"))

    assert report["deliveries"] == {"by_state": {"DONE": 2, "FAILED": 1}}
    assert report["accounts"] == [{"name": "Partner", "environment": "SANDBOX", "active": True}]
    assert {"operations", "deliveries", "accounts"} <= set(report)


def test_status_tells_people_the_same() -> None:
    deliver(make_account("Partner"), "DONE")

    lines = said().splitlines()

    assert "deliveries" in lines
    assert any(line.split() == ["by", "state:", "DONE", "1"] for line in lines)
    assert any(line.split() == ["Partner", "SANDBOX,", "active:", "yes"] for line in lines)


def test_status_counts_one_account_only_when_told_so() -> None:
    deliver(make_account("First"), "DONE")
    deliver(make_account("Second"), "DONE", "DONE")

    report = json.loads(said("--json", "--account", "First"))

    assert report["deliveries"] == {"by_state": {"DONE": 1}}


def test_status_ends_with_2_when_there_is_no_such_account() -> None:
    with pytest.raises(SystemExit) as end:
        said("--account", "Nobody")

    assert end.value.code == 2


def test_status_works_before_there_is_anything() -> None:
    report = json.loads(said("--json"))

    assert report["accounts"] == []
    assert "accounts" in said()


def test_sections_are_given_the_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "_sections", {})
    make_account("Partner")

    def section(accounts: Any) -> dict[str, int]:
        return {"n": accounts.count()}

    status.register_section("tests", section)

    assert status.report(PartnerAccount.objects.all()) == {"tests": {"n": 1}}
