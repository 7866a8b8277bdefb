"""The pages of reminders: the rule, the texts with their preview, the test mail, and one reminder by hand."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.utils import timezone

from companies.models import Authorization, Reminder, ReminderRule, ReminderTemplate
from companies.reminders import texts as reminder_texts
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from tests.companies.conftest import make_account
from tests.companies.signing import request_of
from tests.companies.staff import LogIn

RULE = "/admin/desk/reminders/"
TEXT = "/admin/desk/reminders/EN/"
GOOD = {"subject": "Sign by {expires}", "body": "Hello {signer}\n{companies}\n{partner}"}
RULE_FIELDS = {
    "is_on": "on",
    "first_hours": "72",
    "second_hours": "12",
    "sender_name": "Desk",
    "sender_email": "",
    "reply_to": "",
}


@pytest.fixture(autouse=True)
def _mail_server(settings: Any) -> None:
    settings.EMAIL_READY = True
    settings.DEFAULT_FROM_EMAIL = "desk@partner.example"


@pytest.fixture
def waiting(make_company: Any) -> Authorization:
    return request_of(make_company(name="Kauppa & Kumppanit Oy", auth_state="SENT", auth_at=timezone.now()))


def test_a_lead_keeps_the_rule(log_in: LogIn, account: PartnerAccount) -> None:
    log_in("lead").post(RULE, RULE_FIELDS)

    rule = ReminderRule.objects.get(account=account)
    assert (rule.is_on, rule.stages, rule.sender_name) == (True, [12, 72], "Desk")
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("second_hours", "80", "fewer hours"),
        ("first_hours", "200", "less than or equal to 167"),
        ("first_hours", "0", "greater than or equal to 1"),
        ("sender_email", "nobody", "valid email"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_its_field(log_in: LogIn, field: str, value: str, says: str) -> None:
    answer = log_in("lead").post(RULE, RULE_FIELDS | {field: value})

    assert says in answer.content.decode()
    assert not ReminderRule.objects.exists()


@pytest.mark.parametrize(("address", "fields"), [(RULE, RULE_FIELDS), (TEXT, GOOD), (TEXT, {"portals": "1"})])
def test_an_agent_looks_at_rule_and_texts_but_changes_neither(
    log_in: LogIn, address: str, fields: dict[str, str]
) -> None:
    client = log_in("agent")

    assert client.get(address).status_code == 200
    assert client.post(address, fields).status_code == 403


def test_the_preview_shows_real_data_and_keeps_nothing(log_in: LogIn, waiting: Authorization) -> None:
    answer = log_in("lead").post(TEXT, GOOD | {"preview": "1"})

    page = answer.content.decode()
    assert "Hello Maija Virtanen" in page
    assert "- Kauppa &amp; Kumppanit Oy" in page
    assert not ReminderTemplate.objects.exists()


def test_without_any_request_the_preview_invents_one(log_in: LogIn) -> None:
    assert "Example company" in log_in("lead").get(TEXT).content.decode()


def test_an_unknown_placeholder_is_refused_at_its_field(log_in: LogIn) -> None:
    answer = log_in("lead").post(TEXT, GOOD | {"subject": "Hello {nobody}"})

    assert "{nobody} is none of the placeholders" in answer.content.decode()
    assert not ReminderTemplate.objects.exists()


def test_an_own_text_is_kept_tested_to_oneself_and_taken_back(
    log_in: LogIn, waiting: Authorization, account: PartnerAccount
) -> None:
    client = log_in("lead")

    client.post(TEXT, GOOD | {"test": "1"})

    (sent,) = mail.outbox
    assert sent.to == ["lead@example.com"]  # never the signer
    assert sent.subject.startswith("Test: Sign by")
    assert ReminderTemplate.objects.get(account=account, locale="EN").subject == GOOD["subject"]
    client.post(TEXT, {"portals": "1"})
    assert not ReminderTemplate.objects.exists()
    assert reminder_texts.DEFAULTS["EN"].subject.partition("{")[0] in client.get(TEXT).content.decode()


@pytest.mark.parametrize("locale", ["XX", "BE", "fi"])
def test_a_language_that_we_do_not_write_has_no_page(log_in: LogIn, locale: str) -> None:
    assert log_in("lead").get(f"/admin/desk/reminders/{locale}/").status_code == 404


def test_another_accounts_rule_is_not_shown(log_in: LogIn) -> None:
    other = make_account("Other")

    assert log_in("lead").get(RULE, {"account": other.pk}).status_code == 404


def test_one_reminder_is_shown_before_it_is_sent_and_queued_once(log_in: LogIn, waiting: Authorization) -> None:
    client, address = log_in("agent"), f"/admin/desk/{waiting.pk}/remind/"

    shown = client.get(address).content.decode()
    for _turn in range(2):
        client.post(address)

    assert "Kauppa &amp; Kumppanit Oy" in shown
    assert "Send reminder" in shown
    assert Operation.objects.get().kind == "companies.remind"


def test_a_reminder_that_would_not_help_has_no_button(log_in: LogIn, waiting: Authorization) -> None:
    Authorization.objects.update(state="DECLINED")

    shown = log_in("agent").get(f"/admin/desk/{waiting.pk}/remind/").content.decode()

    assert "cannot be signed any more" in shown
    assert "Send reminder" not in shown


def test_the_list_of_reminders_says_what_came_back(log_in: LogIn, waiting: Authorization) -> None:
    for stage, state in (("48h", "SENT"), ("hand:2026-11-21", "BOUNCED")):
        Reminder.objects.create(
            account=waiting.account, authorization=waiting, operation_id=1, stage=stage, email="signer@example.com",
            locale="FI", state=state, sent_at=timezone.now(), bounce_text="no such user" if state == "BOUNCED" else "",
        )  # fmt: skip

    shown = log_in("viewer").get("/admin/companies/reminder/").content.decode()

    assert "48 hours before the end" in shown
    assert "by hand" in shown
    assert "no such user" in shown
