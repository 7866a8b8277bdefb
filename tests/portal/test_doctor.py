"""`manage.py doctor`: it goes through everything, says how to mend it, and ends with 1 when something is broken."""

from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from portal import beats, doctor, probes
from portal.doctor import Finding, Level
from portal.partners.models import Environment, PartnerAccount
from portal.webhooks import doctor as webhooks
from portal.webhooks.models import Delivery, Subscription, WebhookSecret

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start from an installation on which everything works; settings of tests are not for production."""
    for part in (beats.WORKER, beats.BEAT, beats.TASKS):
        beats.mark(part)
    monkeypatch.setattr(doctor, "_checks", [])
    monkeypatch.setattr(doctor, "run_checks", lambda **_options: [])


def examined() -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("doctor", stdout=out, no_color=True)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_doctor_finds_all_well() -> None:
    code, said = examined()

    assert (code, said.splitlines()[-1]) == (0, "All well.")
    for subject in ("settings", "database", "broker", "worker", "beat"):
        assert f"OK    {subject}:" in said


def test_doctor_warns_of_a_postgresql_that_plans_for_disks_that_turn() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such setting")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL random_page_cost = 4")

    code, said = examined()

    assert code == 0
    assert "WARN  database: It plans for disks that turn." in said
    assert "random_page_cost" in said


def test_doctor_says_how_to_start_a_worker_that_is_silent() -> None:
    beats.cache.delete("beats:worker")

    code, said = examined()

    assert code == 1
    assert "FAIL  worker: No sign of life" in said
    assert "celery -A portal worker" in said


def test_doctor_warns_when_tasks_do_not_reach_a_live_worker() -> None:
    beats.cache.delete("beats:tasks")

    code, said = examined()

    assert code == 0
    assert "WARN  tasks:" in said


def test_doctor_names_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")

    code, said = examined()

    assert code == 1
    assert "FAIL  broker:" in said
    assert "REDIS_URL" in said


def test_doctor_asks_nothing_of_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def count_rows() -> Finding:
        raise AssertionError("asked")

    doctor.register_check(count_rows)
    monkeypatch.setattr(probes, "database_works", lambda: False)

    code, said = examined()

    assert code == 1
    assert "FAIL  database:" in said


def test_doctor_shows_what_system_checks_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with override_settings(FIELD_KEYS=[]):
        found = list(doctor.look_at_settings())

    assert Level.FAIL in {finding.level for finding in found}
    assert any("portal.E002" in str(finding.text) and "Fernet" in str(finding.mend) for finding in found)


def test_doctor_takes_many_findings_of_one_check() -> None:
    def look() -> Iterator[Finding]:
        yield Finding("one", Level.OK, "well")
        yield Finding("two", Level.WARN, "not so well", "rest")

    doctor.register_check(look)
    doctor.register_check(look)

    _code, said = examined()

    assert said.count("two: not so well") == 1
    assert "→ rest" in said


class TestWebhooks:
    """What it says of webhooks."""

    @pytest.fixture(autouse=True)
    def account(self, settings: Any) -> PartnerAccount:
        settings.PUBLIC_URL = "http://127.0.0.1:1"  # nobody listens there
        return PartnerAccount.objects.create(
            name="Partner", environment=Environment.SANDBOX, company_uuid=uuid4(), user_key="u", vendor_key="v"
        )

    @pytest.fixture
    def subscribed(self, account: PartnerAccount) -> WebhookSecret:
        secret = WebhookSecret.objects.create(account=account, secret="s", digest="d")
        Subscription.objects.create(
            account=account, company_uuid=account.company_uuid, remote_id="1", reach="WEBHOOK", secret=secret
        )
        return secret

    def findings(self) -> dict[str, Finding]:
        return {finding.subject: finding for finding in webhooks.look_at_webhooks()}

    def test_says_that_nothing_is_subscribed(self) -> None:
        assert self.findings()["webhooks of Partner"].text == "Nothing is subscribed."

    def test_tells_a_silent_subscription_from_one_that_works(self, subscribed: WebhookSecret) -> None:
        silent = self.findings()["webhooks of Partner"].level
        WebhookSecret.objects.update(first_used_at=timezone.now())
        works = self.findings()["webhooks of Partner"].level

        assert (silent, works) == (Level.WARN, Level.OK)

    def test_counts_failed_deliveries(self, account: PartnerAccount) -> None:
        Delivery.objects.create(account=account, digest="d", state="FAILED")

        assert "1 deliveries" in str(self.findings()["deliveries"].text)

    def test_says_when_nobody_answers_under_the_public_address(self) -> None:
        assert "no answer" in str(self.findings()["webhooks"].text)

    @override_settings(PUBLIC_URL="")
    def test_says_when_the_public_address_is_not_known(self) -> None:
        assert "PUBLIC_URL" in str(self.findings()["webhooks"].mend)

    def test_is_content_when_the_portal_answers(self, live_server: Any, subscribed: WebhookSecret) -> None:
        with override_settings(PUBLIC_URL=live_server.url):
            assert self.findings()["webhooks"].level is Level.OK
