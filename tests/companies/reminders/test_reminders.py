"""Reminders to signers: who gets one, how many, and what happens when the mail server says no or nothing."""

import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from companies.desk import signatures
from companies.enums import Problem, ReminderState
from companies.models import Authorization, Reminder, ReminderRule
from companies.reminders import letters as reminders
from portal.operations import decisions, queueing, runner
from portal.operations.handlers import AlreadyQueuedError, NotQueueableError
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from tests.companies.fakes import LOST, FakeAutoInvoice
from tests.companies.running import STATUS, run
from tests.companies.signing import request_of

WAITING = {"auth_state": "SENT", "auth_email": "signer@example.com", "company_state": "UNVERIFIED"}
SIGNED = {"auth_state": "SIGNED", "auth_email": "signer@example.com", "company_state": "VERIFIED"}
NOW = {"stage": "hand:2026-11-21", "email": "signer@example.com"}


@pytest.fixture(autouse=True)
def _mail_server(settings: Any) -> None:
    settings.EMAIL_READY = True
    settings.DEFAULT_FROM_EMAIL = "desk@partner.example"


@pytest.fixture
def waiting(make_company: Any) -> Callable[..., Authorization]:
    """A request whose company was looked up a moment ago, unless told otherwise."""

    def make(business_id: str = "1234567-1", *, looked_at: Any = None, **fields: Any) -> Authorization:
        company = make_company(business_id, auth_state="SENT", auth_at=looked_at or timezone.now())
        return request_of(company, **fields)

    return make


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[Any]:
    """Let the mail server answer so; returns what it was handed."""
    handed: list[Any] = []

    def send(_self: Any, messages: Any) -> int:
        handed.extend(messages)
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    return handed


def test_a_reminder_names_company_and_end_in_the_language_of_the_document(waiting: Any) -> None:
    request = waiting(locale="SE")

    operation = run("companies.remind", request, NOW)

    (sent,) = mail.outbox
    assert operation.state == "DONE"
    assert sent.to == ["signer@example.com"]
    assert sent.subject.startswith("Signera senast")
    assert "- Example Oy" in sent.body
    assert "Maija Virtanen" in sent.body
    assert str(operation.uuid) in sent.extra_headers["Message-ID"]
    assert Reminder.objects.get().message_id == sent.extra_headers["Message-ID"]


def test_one_signer_gets_one_mail_for_all_companies(waiting: Any) -> None:
    requests = [waiting(business_id) for business_id in ("1234567-1", "0112038-9")]
    Authorization.objects.filter(pk=requests[0].pk).update(company=requests[0].company)
    rows = [queueing.Row(request, NOW) for request in requests]

    queueing.queue_many("companies.remind", rows, account=requests[0].account)
    runner.run_until_idle(requests[0].account, timeout=8)

    (sent,) = mail.outbox
    assert sent.body.count("- Example Oy") == 2
    assert "(+1)" in sent.subject
    assert Reminder.objects.count() == 2


def test_nobody_who_has_signed_is_reminded_though_the_mirror_is_late(
    autoinvoice: FakeAutoInvoice, waiting: Any
) -> None:
    request = waiting(looked_at=timezone.now() - timezone.timedelta(hours=1))
    autoinvoice.on("GET", STATUS, SIGNED)

    operation = run("companies.remind", request, NOW)

    request.refresh_from_db()
    assert mail.outbox == []
    assert operation.result["sent"] is False
    assert (request.state, request.on_desk) == ("CONFIRMED", False)


def test_the_mirror_is_believed_when_it_is_young(autoinvoice: FakeAutoInvoice, waiting: Any) -> None:
    run("companies.remind", waiting(), NOW)

    assert autoinvoice.called("GET", STATUS) == []
    assert len(mail.outbox) == 1


def test_no_mail_goes_while_autoinvoice_cannot_be_asked(
    autoinvoice: FakeAutoInvoice, waiting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companies.operations.reminders.Remind.max_attempts", 2)
    request = waiting(looked_at=timezone.now() - timezone.timedelta(hours=1))
    autoinvoice.on("GET", STATUS, LOST)

    operation = run("companies.remind", request, NOW)

    assert operation.state == "FAILED"
    assert mail.outbox == []


def test_the_same_occasion_is_reminded_of_once(waiting: Any) -> None:
    request = waiting()
    run("companies.remind", request, NOW)

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.remind", request, NOW, account=request.account)

    assert "occasion" in str(caught.value.reason)
    assert len(mail.outbox) == 1


def test_two_clicks_are_one_reminder(waiting: Any) -> None:
    request = waiting()
    queueing.queue("companies.remind", request, NOW, account=request.account)

    with pytest.raises(AlreadyQueuedError):
        queueing.queue("companies.remind", request, NOW, account=request.account)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"hours_left": -1}, "cannot be signed"),
        ({"state": "DECLINED"}, "cannot be signed"),
        ({"problem": Problem.WRONG_PERSON}, "wrong person"),
        ({"problem": Problem.BOUNCED}, "bounced"),
        ({"method": "own", "expires_at": None}, "own process"),
    ],
)
def test_a_reminder_that_would_not_help_is_not_queued(waiting: Any, fields: dict[str, Any], reason: str) -> None:
    request = waiting(**fields)

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.remind", request, NOW, account=request.account)

    assert reason in str(caught.value.reason)


def test_without_a_mail_server_nothing_is_queued(waiting: Any, settings: Any) -> None:
    settings.EMAIL_READY = False
    request = waiting()

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.remind", request, NOW, account=request.account)

    assert "EMAIL_URL" in str(caught.value.remedy)


def test_a_refused_address_marks_every_open_request_to_it(waiting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    request, other = waiting(), waiting("0112038-9", email="Signer@example.com")
    failing(monkeypatch, smtplib.SMTPRecipientsRefused({"signer@example.com": (550, b"no such\r\nmailbox")}))

    operation = run("companies.remind", request, NOW)

    assert (operation.state, operation.error_code) == ("REFUSED", "recipient_refused")
    assert Reminder.objects.get().state == ReminderState.BOUNCED
    marks = Authorization.objects.filter(pk__in=[request.pk, other.pk]).values_list("problem", "problem_note")
    assert set(marks) == {("BOUNCED", "no such mailbox")}


def test_a_server_that_says_not_now_is_tried_again(waiting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    request = waiting()
    handed = failing(monkeypatch, smtplib.SMTPRecipientsRefused({"signer@example.com": (451, b"greylisted")}))
    monkeypatch.setattr("companies.operations.reminders.Remind.max_attempts", 3)

    operation = run("companies.remind", request, NOW)

    assert (operation.state, operation.attempts) == ("FAILED", 3)
    assert len(handed) == 3
    assert Reminder.objects.count() == 0


def test_a_mail_whose_fate_is_unknown_is_not_sent_again_without_a_person(
    waiting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = waiting()
    handed = failing(monkeypatch, smtplib.SMTPServerDisconnected("hung up"))

    operation = run("companies.remind", request, NOW)
    runner.run_until_idle(request.account, timeout=1)

    assert (operation.state, len(handed)) == ("UNKNOWN", 1)
    assert "Message-ID" in operation.named_case
    decisions.it_happened(operation, None)
    assert Reminder.objects.get().message_id == handed[0].extra_headers["Message-ID"]


def rule(account: PartnerAccount, **fields: Any) -> ReminderRule:
    return ReminderRule.objects.create(account=account, **({"is_on": True} | fields))


def test_the_rule_reminds_each_request_of_the_stage_it_has_reached(waiting: Any, account: PartnerAccount) -> None:
    rule(account)
    for business_id, hours in (("1234567-1", 100), ("0112038-9", 40), ("1572860-0", 20)):
        waiting(business_id, hours_left=hours, email=f"in{hours}@example.com")

    queued = signatures.queue_due_reminders()
    runner.run_until_idle(account, timeout=8)
    again = signatures.queue_due_reminders()

    assert (queued, again) == (2, 0)
    assert set(Reminder.objects.values_list("email", "stage")) == {
        ("in40@example.com", "48h"),
        ("in20@example.com", "24h"),
    }


@pytest.mark.parametrize("fields", [{"problem": Problem.WRONG_PERSON}, {"on_desk": False}, {"hours_left": -1}])
def test_the_rule_leaves_out_whom_a_reminder_would_not_help(
    waiting: Any, account: PartnerAccount, fields: dict[str, Any]
) -> None:
    rule(account)
    waiting(**({"hours_left": 20} | fields))

    assert signatures.queue_due_reminders() == 0


def test_a_rule_that_is_off_reminds_nobody(waiting: Any, account: PartnerAccount) -> None:
    rule(account, is_on=False)
    waiting(hours_left=20)

    assert signatures.queue_due_reminders() == 0


def test_the_rule_does_not_try_again_what_a_person_has_to_look_at(
    waiting: Any, account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(account)
    waiting(hours_left=20)
    failing(monkeypatch, smtplib.SMTPDataError(554, b"looks like spam"))
    signatures.queue_due_reminders()
    runner.run_until_idle(account, timeout=5)

    assert signatures.queue_due_reminders() == 0
    assert Operation.objects.get().error_code == "message_refused"


def test_due_reminders_cost_few_statements_however_many(
    waiting: Any, account: PartnerAccount, django_assert_max_num_queries: Any
) -> None:
    rule(account)
    for number in range(30):
        waiting(hours_left=20, email=f"{number}@example.com")

    with django_assert_max_num_queries(20):
        assert signatures.queue_due_reminders() == 30


@pytest.mark.parametrize("text", ["{signer} {nobody}", "{", "a } b", "{0}", "{signer!r}"])
def test_a_text_with_a_placeholder_that_nobody_fills_in_is_refused(text: str) -> None:
    with pytest.raises(reminders.UnknownPlaceholderError):
        reminders.check_text(text)


def test_the_portals_texts_hold_only_known_placeholders_and_all_of_the_needed_ones() -> None:
    for locale, text in reminders.reminder_texts.DEFAULTS.items():
        reminders.check_text(text.subject + text.body)
        assert all(f"{{{name}}}" in text.body for name in ("signer", "companies", "sent", "expires", "partner")), locale


def test_names_with_line_ends_stay_out_of_headers(waiting: Any, account: PartnerAccount) -> None:
    request = waiting()
    request.company.name = "Evil Oy\r\nBcc: all@example.com"
    request.company.save()
    rule(
        account, is_on=False, sender_name="Desk", sender_email="own@partner.example", reply_to="answers@partner.example"
    )

    run("companies.remind", request, NOW)

    (sent,) = mail.outbox
    assert "\n" not in sent.subject
    assert sent.bcc == []
    assert sent.from_email == "Desk <own@partner.example>"
    assert sent.reply_to == ["answers@partner.example"]
