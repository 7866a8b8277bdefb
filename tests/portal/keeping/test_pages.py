"""Pages of retention: the trial, what it shows, the removal of what was shown, the rules and their lower bounds."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.keeping import running
from portal.keeping.models import RetentionRule, RetentionRun, RunState
from portal.partners.models import ApiCall, PartnerAccount
from tests.portal.keeping.conftest import call, keep_house

BEGIN = "/admin/keeping/begin/"
RUNS = "/admin/keeping/retentionrun/"


@pytest.fixture
def browser(account: PartnerAccount, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("portal.operations.waking.send", lambda *_args: None)
    user = User.objects.create_user("keeper", password="x", is_staff=True)
    wanted = ("view_retentionrule", "change_retentionrule", "view_retentionrun", "keep_house")
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    client = Client()
    client.force_login(user)
    return client


def page_of(run: RetentionRun) -> str:
    return reverse("admin:keeping_retentionrun_change", args=[run.pk])


def test_trial_then_removal_of_what_was_shown(browser: Client, account: PartnerAccount) -> None:
    call(account, 300)
    call(account, 1)

    answer = browser.post(BEGIN)
    while running.work(60):
        continue
    trial = RetentionRun.objects.get()
    assert answer.url == page_of(trial)
    text = browser.get(page_of(trial)).content.decode()
    assert "1 row or file would go" in text
    assert "GET /v1/company" in text
    assert ApiCall.objects.count() == 2
    answer = browser.post(BEGIN, {"shown": trial.pk}, follow=True)
    while running.work(60):
        continue

    removal = RetentionRun.objects.exclude(pk=trial.pk).get()
    assert "1 row or file is gone" in browser.get(page_of(removal)).content.decode()
    assert ApiCall.objects.count() == 1


def test_removal_wants_a_trial_of_today(browser: Client, account: PartnerAccount) -> None:
    call(account, 300)
    trial = keep_house(is_trial=True)
    RetentionRun.objects.update(started_at=timezone.now() - timedelta(days=2))

    answer = browser.post(BEGIN, {"shown": trial.pk}, follow=True)

    assert "older than a day" in answer.content.decode()
    assert RetentionRun.objects.count() == 1
    assert "Remove 1 now" not in browser.get(page_of(trial)).content.decode()
    assert browser.post(BEGIN, {"shown": "nonsense"}).status_code == 404


def test_second_run_leads_to_the_first_and_it_can_be_stopped(browser: Client, account: PartnerAccount) -> None:
    run = running.begin(is_trial=True)

    answer = browser.post(BEGIN, follow=True)
    assert answer.redirect_chain[-1][0] == page_of(run)
    assert "one at a time" in answer.content.decode()
    live = browser.get(reverse("admin:keeping_live", args=[run.pk]))
    assert "X-Settled" not in live
    browser.post(reverse("admin:keeping_stop", args=[run.pk]))

    run.refresh_from_db()
    assert run.state == RunState.STOPPED
    assert browser.get(reverse("admin:keeping_live", args=[run.pk]))["X-Settled"] == "1"


def test_who_may_not_keep_house_sees_no_runs_and_begins_none(browser: Client) -> None:
    User.objects.get(username="keeper").user_permissions.clear()

    run = running.begin(is_trial=True)
    assert browser.get(page_of(run)).status_code == 403
    assert browser.post(BEGIN).status_code == 403
    assert browser.post(reverse("admin:keeping_stop", args=[run.pk])).status_code == 403
    assert browser.get(RUNS).status_code == 403


def test_rule_below_its_bound_is_refused_at_its_field(browser: Client) -> None:
    rule = RetentionRule.objects.get(kind="webhooks.deliveries")
    address = reverse("admin:keeping_retentionrule_change", args=[rule.pk])

    refused = browser.post(address, {"is_on": "on", "days": 10})
    browser.post(address, {"is_on": "on", "days": 45})

    assert "at least 30 days" in refused.content.decode()
    rule.refresh_from_db()
    assert rule.days == 45


def test_lists_cost_the_same_queries_however_many_runs(
    browser: Client, account: PartnerAccount, django_assert_max_num_queries: Any
) -> None:
    for _number in range(12):
        keep_house(is_trial=True)

    with django_assert_max_num_queries(12):
        text = browser.get(RUNS).content.decode()
    assert "Trial" in text
    with django_assert_max_num_queries(12):
        assert "Deliveries" in browser.get("/admin/keeping/retentionrule/").content.decode()
