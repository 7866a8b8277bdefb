"""What `make demo` promises, told by its own figures."""

import json
import stat
from typing import Any

import pytest

from tests.e2e.stack import Stack


@pytest.fixture(scope="module")
def status(stack: Stack) -> dict[str, Any]:
    said = stack.manage("status", "--json")
    figures: dict[str, Any] = json.loads(said.stdout)
    return figures


def test_ten_companies_or_more_are_verified_and_connected(status: dict[str, Any]) -> None:
    companies = status["companies"]

    assert companies["verified"] >= 10
    assert companies["active_profiles"]["VISMA"] >= 10
    assert companies["active_profiles"]["PEPPOL"] >= 10


def test_ten_invoices_or_more_are_delivered_and_a_failed_one_has_a_remedy(status: dict[str, Any]) -> None:
    invoices = status["invoices"]

    assert invoices["by_status"]["DELIVERED"] >= 10
    assert invoices["by_status"]["FAILED"] >= 1
    assert invoices["failed_without_remedy"] == 0


def test_nothing_hangs_and_no_delivery_failed(status: dict[str, Any]) -> None:
    states = status["operations"]["by_state"]

    assert not {"QUEUED", "SENDING", "UNKNOWN", "FAILED"} & set(states)
    assert set(status["deliveries"]["by_state"]) <= {"DONE", "IGNORED"}


def test_a_few_companies_are_left_where_a_human_is_needed(stack: Stack) -> None:
    code = (
        "from companies.models import Authorization, Onboarding\n"
        "print(*sorted({a.state for a in Authorization.objects.filter(company__state='UNVERIFIED')} - {'DECLINED'}))\n"
        "print(*Onboarding.objects.exclude(problem_code='').values_list('problem_code', flat=True))"
    )

    said = stack.manage("shell", "--no-imports", "-c", code)

    assert said.stdout.split() == ["EXPIRED", "OPEN", "bid_taken"], said.stderr


def test_what_staff_look_at_is_there_to_be_seen(stack: Stack) -> None:
    code = (
        "from invoices.models import *\n"
        "print(Finding.objects.filter(severity__gte=2).exists(), FraudReport.objects.count(),"
        " HandOver.objects.filter(done_at__isnull=False).exists(), BusinessDocument.objects.get().status,"
        " PrintJob.objects.get().test_mode, BankMessage.objects.filter(direction='SENT').get().status)"
    )

    said = stack.manage("shell", "--no-imports", "-c", code)

    assert said.stdout.split() == ["True", "1", "True", "DELIVERED", "True", "OK"], said.stderr


def test_the_summary_names_doors_and_keys_for_their_owner_alone(stack: Stack) -> None:
    file = stack.var / "demo.json"
    summary = json.loads(file.read_text())

    assert set(summary) == {"url", "sandbox_url", "username", "password", "companies"}
    assert (summary["url"], summary["sandbox_url"]) == (stack.url, stack.sandbox_url)
    assert len(summary["companies"]) >= 10
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_logs_hold_neither_keys_nor_the_secret_part_of_the_webhook_address(stack: Stack) -> None:
    credentials = json.loads((stack.var / "sandbox" / "credentials.json").read_text())
    secrets = [credentials["user_api_key"], credentials["vendor_api_key"], stack.password]
    code = "from portal.webhooks.models import WebhookSecret; print(WebhookSecret.objects.get().secret)"
    secrets.append(stack.manage("shell", "--no-imports", "-c", code).stdout.strip())
    logs = "".join(log.read_text(errors="replace") for log in (stack.var / "logs").iterdir())

    assert [secret for secret in secrets if not secret or secret in logs] == []
