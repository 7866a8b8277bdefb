"""Subscriptions through the door outward: made once, found again, replaced without a gap, and no secret anywhere."""

from typing import Any
from uuid import UUID

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import override_settings
from django.utils import timezone

from portal import maventa
from portal.operations import queueing, runner
from portal.operations.enums import State
from portal.operations.handlers import Calls, Found, NotQueueableError, NotThere
from portal.operations.models import Operation
from portal.partners import clients
from portal.partners.models import PartnerAccount
from portal.webhooks import addresses, draining, keys, operations, subscriptions
from portal.webhooks.models import Subscription, WebhookSecret
from portal.webhooks.registry import Event, Handled, Outcome, handles
from portal.webhooks.services import Notification
from tests.portal.webhooks.conftest import event, keep, make_account

pytestmark = pytest.mark.django_db(transaction=True)


class FakeService:
    """AutoInvoice's subscriptions in memory, by company."""

    kept: dict[UUID | None, list[Notification]] = {}

    def __init__(self, client: maventa.Client) -> None:
        self._mine = self.kept.setdefault(client.company, [])

    def listed(self) -> list[Notification]:
        return list(self._mine)

    def create(self, *, destination_type: str, destination: str, events: Any) -> Notification:
        number = sum(map(len, self.kept.values())) + 1
        made = Notification(
            id=f"s{number}", destination_type=destination_type, destination=destination, events=list(events)
        )
        self._mine.append(made)
        return made

    def delete(self, subscription_id: str) -> None:
        left = [one for one in self._mine if one.id != subscription_id]
        if len(left) == len(self._mine):
            raise maventa.RejectedError(404, "not_found")
        self._mine[:] = left

    def resend_unacknowledged(self) -> None:
        self._mine.append(Notification(id="resend", destination_type="", destination=""))


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> dict[UUID | None, list[Notification]]:
    monkeypatch.setattr(operations, "NotificationService", FakeService)
    FakeService.kept = {}
    return FakeService.kept


@pytest.fixture
def account(transactional_db: None) -> PartnerAccount:
    return make_account()


def calls_of(account: PartnerAccount) -> Calls:
    return lambda company: clients.for_account(account, company=company)


def run(account: PartnerAccount) -> None:
    runner.run_until_idle(account)


def bring_delivery(secret: WebhookSecret) -> None:
    handles("DOCUMENTS.*")(_handled)
    keep(secret, event())
    draining.drain()


def _handled(_event: Event) -> Outcome:
    return Handled()


def test_ensure_subscribes_for_all_companies_once(
    account: PartnerAccount, service: dict[UUID | None, list[Notification]]
) -> None:
    first = subscriptions.ensure_subscription(account)
    under_way = subscriptions.ensure_subscription(account)
    run(account)
    again = subscriptions.ensure_subscription(account)

    assert first == under_way
    assert again is None
    (told,) = service[account.company_uuid]
    assert told.destination_type == "VENDOR_WEBHOOK"
    assert told.destination == addresses.destination(WebhookSecret.objects.select_related("account").get())
    row = Subscription.objects.get()
    assert (row.remote_id, row.events, row.deleted_at) == (told.id, list(subscriptions.EVENTS), None)


def test_ensure_subscribes_anew_and_deletes_the_old_one_when_the_portal_has_moved(
    account: PartnerAccount, service: dict[UUID | None, list[Notification]]
) -> None:
    subscriptions.ensure_subscription(account)
    run(account)
    with override_settings(PUBLIC_URL="http://127.0.0.1:9999"):
        subscriptions.ensure_subscription(account)
        run(account)
        old, new = Subscription.objects.order_by("pk")
        assert len(service[account.company_uuid]) == 2
        bring_delivery(WebhookSecret.objects.get(pk=new.secret_id))
        run(account)

    (left,) = service[account.company_uuid]
    assert left.destination.startswith("http://127.0.0.1:9999/")
    old.refresh_from_db()
    assert old.deleted_at is not None


def test_replacing_deletes_the_old_subscription_only_when_the_new_secret_has_brought_a_delivery(
    account: PartnerAccount, service: dict[UUID | None, list[Notification]]
) -> None:
    subscriptions.ensure_subscription(account)
    run(account)
    old = Subscription.objects.get()

    subscriptions.replace(old)
    run(account)
    waiting = Operation.objects.get(kind="webhooks.unsubscribe")
    assert (waiting.state, len(service[account.company_uuid])) == (State.WAITING, 2)
    new_secret = WebhookSecret.objects.order_by("-pk")[0]
    bring_delivery(new_secret)
    run(account)

    waiting.refresh_from_db()
    assert waiting.state == State.DONE
    (left,) = service[account.company_uuid]
    assert left.destination == addresses.destination(new_secret)
    old_secret = WebhookSecret.objects.order_by("pk")[0]
    assert old_secret.valid_until is not None
    assert old_secret.valid_until > timezone.now()  # late repetitions still find it


def test_unsubscribing_what_is_gone_already_is_done(account: PartnerAccount) -> None:
    row = Subscription.objects.create(
        account=account, company_uuid=account.company_uuid, remote_id="gone", reach="WEBHOOK", destination="x"
    )
    operation = queueing.queue("webhooks.unsubscribe", row, account=account)
    run(account)

    operation.refresh_from_db()
    row.refresh_from_db()
    assert operation.state == State.DONE
    assert row.deleted_at is not None


def test_reading_writes_all_subscriptions_and_marks_those_that_are_gone(
    account: PartnerAccount, service: dict[UUID | None, list[Notification]]
) -> None:
    subscriptions.ensure_subscription(account)
    run(account)
    foreign = Notification(
        id="f1",
        destination_type="NEW_WORD",
        destination="https://u:p4ss@erp.example/in/t0ken?token=s3cret",
        events=["*"],
    )
    service[account.company_uuid][:] = [foreign]

    subscriptions.read(account)
    run(account)

    ours, theirs = Subscription.objects.order_by("pk")
    assert ours.deleted_at is not None
    assert (theirs.reach, theirs.secret, theirs.destination) == ("NEW_WORD", None, "https://erp.example/•••")


def test_a_lost_answer_is_found_again_by_the_address(account: PartnerAccount) -> None:
    handler = operations.Subscribe()
    operation = subscriptions.subscribe(account)
    request = handler.prepare([operation])
    calls = calls_of(account)

    before = handler.resolve(request, operation.uuid, calls, {})
    sent = handler.send(request, calls)
    after = handler.resolve(request, operation.uuid, calls, {})

    assert before == NotThere()
    assert isinstance(after, Found)
    assert after.sent.told == sent.told


def test_a_company_subscribes_for_itself(
    account: PartnerAccount, service: dict[UUID | None, list[Notification]]
) -> None:
    company = UUID("11111111-1111-4111-8111-111111111111")

    subscriptions.subscribe(account, company=company, events=["NETWORKS.*"])
    run(account)

    (told,) = service[company]
    assert (told.destination_type, told.events) == ("WEBHOOK", ["NETWORKS.*"])
    assert Subscription.objects.get().company_uuid == company


def test_no_operation_or_row_holds_a_secret(account: PartnerAccount) -> None:
    subscriptions.subscribe(account, with_password=True)
    run(account)

    secret = WebhookSecret.objects.get()
    encode = DjangoJSONEncoder().encode
    written = encode([*Operation.objects.values(), *Subscription.objects.values()])
    handler = operations.Subscribe()
    for text in (written, repr(handler.prepare([Operation.objects.get()])), str(Subscription.objects.get())):
        assert secret.secret not in text
        assert secret.password not in text


def test_the_address_carries_the_password_of_a_secret_that_has_one(account: PartnerAccount) -> None:
    secret = keys.issue(account, with_password=True)

    address = addresses.destination(secret)

    assert address == f"http://autoinvoice:{secret.password}@testserver/hooks/{account.key}/{secret.secret}/"


@override_settings(PUBLIC_URL="")
def test_subscribing_is_refused_when_the_portals_own_address_is_not_known(account: PartnerAccount) -> None:
    with pytest.raises(NotQueueableError) as refusal:
        subscriptions.ensure_subscription(account)

    assert "PUBLIC_URL" in str(refusal.value.remedy)
    assert not Operation.objects.exists()
