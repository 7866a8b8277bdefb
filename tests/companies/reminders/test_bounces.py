"""What comes back of reminders, as a mail server hands it over."""

import io
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from companies.enums import ReminderState
from companies.models import Authorization, Reminder
from companies.reminders import bounces
from portal.operations.models import Operation
from tests.companies.running import run
from tests.companies.signing import request_of

NOW = {"stage": "hand:2026-11-21", "email": "signer@example.com"}


@pytest.fixture(autouse=True)
def _mail_server(settings: Any) -> None:
    settings.EMAIL_READY = True
    settings.DEFAULT_FROM_EMAIL = "desk@partner.example"


@pytest.fixture
def waiting(make_company: Any) -> Authorization:
    return request_of(make_company(auth_state="SENT", auth_at=timezone.now()))


def notification(message_id: str, action: str = "failed", returned: str = "message/rfc822") -> bytes:
    """A notification as mail servers write it."""
    inner = f"Message-ID: {message_id}\nFrom: desk@partner.example\nSubject: Please sign\n"
    body = f"{inner}\nHello\n" if returned == "message/rfc822" else inner
    return f"""From: MAILER-DAEMON@mail.example
To: desk@partner.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; signer@example.com
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: {returned}

{body}
--b--
""".encode()


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> str:
    said = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    call_command("read_bounce", stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_marks_reminder_and_request(
    waiting: Authorization, monkeypatch: pytest.MonkeyPatch, returned: str
) -> None:
    run("companies.remind", waiting, NOW)
    message_id = mail.outbox[0].extra_headers["Message-ID"]

    said = pipe(monkeypatch, notification(message_id, returned=returned))

    waiting.refresh_from_db()
    reminder = Reminder.objects.get()
    assert said == "Requests marked: 1.\n"
    assert (reminder.state, reminder.bounce_text) == (
        ReminderState.BOUNCED,
        "signer@example.com: 550 5.1.1 no such user",
    )
    assert (waiting.problem, waiting.problem_note) == ("BOUNCED", "signer@example.com: 550 5.1.1 no such user")


def test_the_same_bounce_twice_changes_nothing_more(waiting: Authorization, monkeypatch: pytest.MonkeyPatch) -> None:
    run("companies.remind", waiting, NOW)
    content = notification(mail.outbox[0].extra_headers["Message-ID"])
    pipe(monkeypatch, content)
    Authorization.objects.update(problem="", problem_note="")  # staff found out that it arrives after all

    said = pipe(monkeypatch, content)

    assert said == "Requests marked: 0.\n"


def test_a_delay_is_no_bounce(waiting: Authorization, monkeypatch: pytest.MonkeyPatch) -> None:
    run("companies.remind", waiting, NOW)

    pipe(monkeypatch, notification(mail.outbox[0].extra_headers["Message-ID"], action="delayed"))

    assert Reminder.objects.get().state == ReminderState.SENT


def test_a_bounce_tells_that_a_mail_went_whose_fate_was_unknown(
    waiting: Authorization, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[Any] = []

    def hang_up(_self: Any, messages: Any) -> int:
        handed.extend(messages)
        raise smtplib.SMTPServerDisconnected("hung up")

    monkeypatch.setattr(EmailBackend, "send_messages", hang_up)
    operation = run("companies.remind", waiting, NOW)
    before = operation.state

    pipe(monkeypatch, notification(handed[0].extra_headers["Message-ID"]))

    waiting.refresh_from_db()
    assert (before, Operation.objects.get().state) == ("UNKNOWN", "DONE")
    assert waiting.problem == "BOUNCED"


@pytest.mark.parametrize(
    "message_id",
    ["<somebody@else.example>", "", "<remind.not-a-uuid@x.example>", "<remind.00000000-0000-4000-8000-000000000000@x>"],
)
def test_what_is_about_another_mail_is_left_alone(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, message_id: str
) -> None:
    assert "no reminder" in pipe(monkeypatch, notification(message_id))


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"Subject: I am on holiday\n\nBack in July", b"x" * (bounces.LARGEST + 1)],
    ids=["nothing", "rubbish", "holiday", "huge"],
)
def test_what_is_no_notification_is_given_back_as_wrong_data(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    with pytest.raises(CommandError) as caught:
        pipe(monkeypatch, content)

    assert caught.value.returncode == 65


def test_the_mail_server_keeps_a_bounce_while_the_database_is_away(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_bounce: Any) -> int:
        raise OperationalError("gone")

    monkeypatch.setattr(bounces, "apply", away)

    with pytest.raises(CommandError) as caught:
        pipe(monkeypatch, notification("<remind.00000000-0000-4000-8000-000000000000@x.example>"))

    assert caught.value.returncode == 75
