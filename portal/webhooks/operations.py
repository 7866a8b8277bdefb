"""
Subscribing, unsubscribing and reading subscriptions, as operations.

Neither parameters nor results hold a secret: an operation names the row of its secret, and the address is made when the
call is prepared. A lost answer is looked up in the list of subscriptions.
"""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import maventa
from portal.operations import facts, queueing, registry
from portal.operations.enums import Weight
from portal.operations.handlers import (
    Calls,
    Found,
    Handler,
    NotQueueableError,
    NotThere,
    Verdict,
    WillNotHappenError,
)
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.webhooks import addresses, draining, mirrors
from portal.webhooks.enums import Reach
from portal.webhooks.models import Subscription, WebhookSecret
from portal.webhooks.services import Notification, NotificationService

PERMISSION = "webhooks.manage_subscriptions"


class SubscribeParameters(msgspec.Struct, frozen=True, kw_only=True):
    secret: int  # row of the secret
    reach: str = Reach.VENDOR.value
    events: tuple[str, ...] = ("*",)
    company: UUID | None = None  # who subscribes; None: the partner company
    replaces: int | None = None  # row of the subscription that is deleted once the new one has brought a delivery


class SubscribeRequest(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID | None
    reach: str
    destination: str
    events: tuple[str, ...]

    def __repr__(self) -> str:
        return f"SubscribeRequest(company={self.company}, reach={self.reach!r})"


class Subscribed(msgspec.Struct, frozen=True, kw_only=True):
    told: Notification
    at: datetime


@registry.register
class Subscribe(Handler[SubscribeRequest, Subscribed]):
    kind = "webhooks.subscribe"
    label = _("Subscribe to webhooks")
    verb = _("Subscribe")
    target = "partners.PartnerAccount"
    permission = PERMISSION
    Parameters = SubscribeParameters

    def check(self, target: PartnerAccount, parameters: SubscribeParameters) -> None:
        if not settings.PUBLIC_URL:
            raise NotQueueableError(
                _("Nobody knows under which address AutoInvoice reaches the portal."), _("Set PUBLIC_URL.")
            )
        if not parameters.events:
            raise NotQueueableError(_("No events were chosen."), _("Choose at least one."))
        if parameters.reach not in Reach.values:
            raise NotQueueableError(_("AutoInvoice has no such reach."))
        if not WebhookSecret.objects.valid().filter(pk=parameters.secret, account=target).exists():
            raise NotQueueableError(_("The secret is not valid any more."), _("Subscribe with a new one."))

    def prepare(self, members: list[Operation]) -> SubscribeRequest:
        (operation,) = members
        wanted: SubscribeParameters = self.parameters_of(operation)
        secret = WebhookSecret.objects.valid().filter(pk=wanted.secret).first()
        if secret is None:
            raise NotQueueableError(_("The secret is not valid any more."), _("Subscribe with a new one."))
        secret.account = operation.account
        return SubscribeRequest(
            company=wanted.company,
            reach=wanted.reach,
            destination=addresses.destination(secret),
            events=wanted.events,
        )

    def send(self, request: SubscribeRequest, calls: Calls) -> Subscribed:
        at = timezone.now()
        told = NotificationService(calls(request.company)).create(
            destination_type=request.reach, destination=request.destination, events=request.events
        )
        return Subscribed(told=told, at=at)

    def settle(self, operation: Operation, sent: Subscribed) -> dict[str, Any]:
        wanted: SubscribeParameters = self.parameters_of(operation)
        account = operation.account
        secret = WebhookSecret.objects.get(pk=wanted.secret)
        row = mirrors.write(account, wanted.company or account.company_uuid, sent.told, sent.at, secret)
        old = Subscription.objects.live().filter(pk=wanted.replaces or 0, account=account).first()
        if old is not None and old.pk != row.pk:
            _unsubscribe_once_delivered(old, secret, operation)
        return {"subscription": row.pk}

    def resolve(
        self, request: SubscribeRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Subscribed]:
        at = timezone.now()
        for told in NotificationService(calls(request.company)).listed():
            if told.destination == request.destination:
                return Found(Subscribed(told=told, at=at))
        return NotThere()


class UnsubscribeParameters(msgspec.Struct, frozen=True, kw_only=True):
    once_delivered: int | None = None  # row of the secret that must have brought a delivery first


class UnsubscribeRequest(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID
    remote_id: str


class Unsubscribed(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime


@registry.register
class Unsubscribe(Handler[UnsubscribeRequest, Unsubscribed]):
    kind = "webhooks.unsubscribe"
    label = _("Unsubscribe from webhooks")
    verb = _("Unsubscribe")
    target = "webhooks.Subscription"
    permission = PERMISSION
    Parameters = UnsubscribeParameters

    def check(self, target: Subscription, parameters: UnsubscribeParameters) -> None:
        if target.deleted_at is not None:
            raise NotQueueableError(_("The subscription is deleted already."))

    def missing(self, operation: Operation) -> set[str]:
        if _subscription(operation).deleted_at is not None:
            raise WillNotHappenError(_("The subscription is deleted already."))
        wanted: UnsubscribeParameters = self.parameters_of(operation)
        if wanted.once_delivered is None:
            return set()
        new = WebhookSecret.objects.filter(pk=wanted.once_delivered).first()
        if new is None:
            raise WillNotHappenError(_("The new secret is gone; the old subscription stays."))
        return set() if new.first_used_at else {facts.key(draining.DELIVERED, new.pk)}

    def prepare(self, members: list[Operation]) -> UnsubscribeRequest:
        (operation,) = members
        subscription = _subscription(operation)
        return UnsubscribeRequest(company=subscription.company_uuid, remote_id=subscription.remote_id)

    def send(self, request: UnsubscribeRequest, calls: Calls) -> Unsubscribed:
        at = timezone.now()
        try:
            NotificationService(calls(request.company)).delete(request.remote_id)
        except maventa.RejectedError as exc:
            if exc.status != 404:  # gone is what we want
                raise
        return Unsubscribed(at=at)

    def settle(self, operation: Operation, sent: Unsubscribed) -> dict[str, Any]:
        mirrors.write_deleted(_subscription(operation), sent.at)
        return {}

    def resolve(
        self, request: UnsubscribeRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Unsubscribed]:
        at = timezone.now()
        listed = NotificationService(calls(request.company)).listed()
        return NotThere() if any(told.id == request.remote_id for told in listed) else Found(Unsubscribed(at=at))


class CompanyParameters(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID | None = None  # None: the partner company


class CompanyRequest(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID | None


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    told: tuple[Notification, ...]
    at: datetime


@registry.register
class ReadSubscriptions(Handler[CompanyRequest, Listed]):
    kind = "webhooks.read_subscriptions"
    label = _("Read subscriptions")
    verb = _("Read from AutoInvoice")
    target = "partners.PartnerAccount"
    permission = PERMISSION
    weight = Weight.INWARD
    Parameters = CompanyParameters

    def prepare(self, members: list[Operation]) -> CompanyRequest:
        return CompanyRequest(company=self.parameters_of(members[0]).company)

    def send(self, request: CompanyRequest, calls: Calls) -> Listed:
        at = timezone.now()
        return Listed(told=tuple(NotificationService(calls(request.company)).listed()), at=at)

    def settle(self, operation: Operation, sent: Listed) -> dict[str, Any]:
        company = self.parameters_of(operation).company or operation.account.company_uuid
        return {"subscriptions": mirrors.write_list(operation.account, company, sent.told, sent.at)}

    def resolve(
        self, request: CompanyRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Listed]:
        return NotThere()  # reading again is harmless


@registry.register
class ResendUnacknowledged(Handler[CompanyRequest, None]):
    kind = "webhooks.resend_unacknowledged"
    label = _("Resend unacknowledged events")
    verb = _("Ask for missed events")
    target = "partners.PartnerAccount"
    permission = PERMISSION
    Parameters = CompanyParameters

    def prepare(self, members: list[Operation]) -> CompanyRequest:
        return CompanyRequest(company=self.parameters_of(members[0]).company)

    def send(self, request: CompanyRequest, calls: Calls) -> None:
        NotificationService(calls(request.company)).resend_unacknowledged()

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        return {}

    def resolve(
        self, request: CompanyRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[None]:
        return NotThere()  # asking twice is harmless: doubled events are


def _subscription(operation: Operation) -> Subscription:
    subscription: Any = operation.target
    return cast("Subscription", subscription)


def _unsubscribe_once_delivered(old: Subscription, secret: WebhookSecret, operation: Operation) -> None:
    queueing.queue_many(
        Unsubscribe.kind,
        [queueing.Row(old, UnsubscribeParameters(once_delivered=secret.pk))],
        account=operation.account,
        actor=operation.actor,
    )
