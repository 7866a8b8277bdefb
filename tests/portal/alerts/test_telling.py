"""Telling of alerts by mail and by webhook: to whom, how often, and what a crash between sending and marking does."""

import hashlib
import hmac
import json
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from portal.alerts import notices, taking_on
from portal.alerts.models import Alert, AlertRule, Destination, Notice
from portal.alerts.operations import Tell
from portal.operations import runner, sweeping
from portal.operations.models import Attempt, Operation
from portal.partners.models import PartnerAccount
from tests.portal.alerts.conftest import SECRET, make_account

pytestmark = pytest.mark.django_db(transaction=True)  # workers have threads

Look = Callable[[int], Alert | None]


def run(account: PartnerAccount) -> None:
    assert runner.run_until_idle(account, timeout=20)


def test_every_address_gets_a_mail_of_its_own_that_names_company_and_invoice(
    look: Look, account: PartnerAccount, mailbox: Destination
) -> None:
    look(3)
    look(3)
    run(account)

    assert sorted(message.to[0] for message in mail.outbox) == ["a@desk.example", "b@desk.example"]
    message = mail.outbox[0]
    assert message.subject == "[Partner] Things go wrong (3)"
    for words in (
        "3 things are wrong.",
        "Invoice 1001, Puro Puu Oy",
        "http://testserver/admin/things/1/",
        "Mend them.",
    ):
        assert words in message.body
    assert message.extra_headers["Message-ID"].startswith("<alert-")
    assert Notice.objects.filter(done_at=None).count() == 0


def test_worse_and_ended_are_told_and_what_people_do_is_not(
    look: Look, account: PartnerAccount, mailbox: Destination, rule: AlertRule, staff: User
) -> None:
    Destination.objects.update(recipients="a@desk.example")
    alert = look(3)
    assert alert is not None
    run(account)
    taking_on.acknowledge(alert, staff, "mine")
    look(6)
    run(account)
    look(0)
    run(account)

    assert [message.subject for message in mail.outbox] == [
        "[Partner] Things go wrong (3)",
        "[Partner] Worse: Things go wrong (6)",
        "[Partner] Ended: Things go wrong",
    ]


def test_who_is_told_depends_on_account_severity_and_wish(
    look: Look, account: PartnerAccount, mailbox: Destination, rule: AlertRule
) -> None:
    usual = {"way": "MAIL", "recipients": "x@desk.example"}
    Destination.objects.create(name="other account", account=make_account("Other"), **usual)
    Destination.objects.create(name="off", is_active=False, **usual)
    Destination.objects.create(name="serious only", least_severity=2, **usual)
    Destination.objects.create(name="own", account=account, tells_end=False, **usual)
    AlertRule.objects.update(severity=1)

    look(1)
    assert set(Notice.objects.values_list("destination__name", flat=True)) == {"Desk", "own"}
    look(0)

    told = Notice.objects.filter(step__occasion="ENDED").values_list("destination__name", flat=True)
    assert set(told) == {"Desk"}


def test_webhook_is_signed_and_a_repeat_bears_the_same_key(
    look: Look, account: PartnerAccount, hook: Destination, httpserver: HTTPServer
) -> None:
    seen: list[tuple[str, str, str, bytes]] = []

    def answer(request: Request) -> Response:
        headers = request.headers
        body = request.get_data()
        seen.append((headers["Idempotency-Key"], headers["X-Portal-Timestamp"], headers["X-Portal-Signature"], body))
        return Response(status=500 if len(seen) < 3 else 204)

    httpserver.expect_request("/in").respond_with_handler(answer)
    look(2)
    run(account)

    assert len(seen) == 3
    assert len({key for key, *_rest in seen}) == 1
    key, at, signature, body = seen[-1]
    assert signature == "v1=" + hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    told = json.loads(body)
    assert (told["key"], told["occasion"], told["count"]) == (key, "OPENED", 2)
    assert told["examples"][0]["company"] == "Puro Puu Oy"
    assert SECRET not in body.decode()
    assert Operation.objects.get().state == "DONE"


def test_crash_between_sending_and_marking_leaves_the_receiver_with_one(
    look: Look, account: PartnerAccount, hook: Destination, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: Counter[str] = Counter()

    def answer(request: Request) -> Response:
        taken[request.headers["Idempotency-Key"]] += 1
        return Response(status=200)

    httpserver.expect_request("/in").respond_with_handler(answer)
    look(2)

    def die(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(runner, "settle", die)
        with pytest.raises(KeyboardInterrupt):
            runner.drain(account.pk)
    assert (Operation.objects.get().state, Notice.objects.get().done_at) == ("SENDING", None)
    Attempt.objects.update(deadline_at=timezone.now(), started_at=timezone.now() - timedelta(hours=1))
    sweeping.tidy()
    run(account)

    assert len(taken) == 1, "by its key the receiver counts it once, however often it came"
    assert Notice.objects.get().done_at is not None


def test_mail_whose_fate_is_unknown_goes_again_with_the_same_id(
    look: Look, account: PartnerAccount, mailbox: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    Destination.objects.update(recipients="a@desk.example")
    look(1)
    with monkeypatch.context() as patched:
        patched.setattr(runner, "settle", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            runner.drain(account.pk)
    Attempt.objects.update(deadline_at=timezone.now(), started_at=timezone.now() - timedelta(hours=1))
    sweeping.tidy()
    run(account)

    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(ids) == 2, "at least once: nobody can look a mail up"
    assert len(set(ids)) == 1
    assert Notice.objects.get().done_at is not None


@pytest.mark.slow
def test_two_workers_tell_each_address_once(look: Look, account: PartnerAccount, mailbox: Destination) -> None:
    Destination.objects.update(recipients="\n".join(f"{number}@desk.example" for number in range(40)))
    look(1)
    barrier, errors = threading.Barrier(2), []

    def work() -> None:
        try:
            barrier.wait()
            runner.drain(account.pk)
        except Exception as error:  # noqa: BLE001  shown below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run(account)

    assert errors == []
    assert Counter(message.to[0] for message in mail.outbox) == {f"{n}@desk.example": 1 for n in range(40)}


def test_step_that_is_announced_twice_is_told_once(look: Look, mailbox: Destination) -> None:
    alert = look(1)
    assert alert is not None

    notices.announce(alert, alert.steps.get())

    assert Notice.objects.count() == Operation.objects.count() == 2


def test_without_a_mail_server_the_notice_says_what_to_do(
    look: Look, account: PartnerAccount, mailbox: Destination, settings: Any
) -> None:
    settings.EMAIL_READY = False

    look(1)
    run(account)

    assert set(Operation.objects.values_list("state", flat=True)) == {"REFUSED"}
    assert "EMAIL_URL" in Operation.objects.all()[0].remedy


def test_secret_stands_in_no_representation(hook: Destination, account: PartnerAccount) -> None:
    (notice,) = notices.send(account, [hook], None)
    operation = Operation.objects.get(target_id=notice.pk)

    request = Tell().prepare([operation])

    assert request.secret == SECRET
    assert SECRET not in repr(request)
    assert SECRET not in json.dumps(notices.facts(notice))
