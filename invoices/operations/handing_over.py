"""Handing one received invoice over to a customer's system: into its folder, or by a POST to its address."""

import tempfile
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.enums import HandOverWay
from invoices.files import bundles
from invoices.files.bundles import Bundle
from invoices.hand_overs import handing_over
from invoices.models import HandOver
from portal import maventa, outbound
from portal.operations import registry
from portal.operations.handlers import Calls, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation

_SECONDS = 60.0
_IN_MEMORY = 2**20


@dataclass(frozen=True, slots=True)
class Request:
    bundle: Bundle
    key: UUID
    way: str
    folder: str
    url: str
    secret: str

    def __repr__(self) -> str:
        return f"<hand-over {self.key}>"  # never the secret


@dataclass(frozen=True, slots=True)
class HandedOver:
    where: str
    status: int = 0  # of the answer, by webhook
    ms: int = 0


@registry.register
class GiveToCustomer(Handler[Request, HandedOver]):
    """
    Give an invoice with its files to the customer's own system.

    A repeat carries the same key and, in a folder, the same name: the receiver has it once.
    """

    kind = handing_over.KIND
    label = _("Hand invoice over")
    verb = _("Hand over")
    target = "invoices.HandOver"
    permission = "invoices.hand_over"
    related = ("target", "invoice__company", "invoice__files")
    repeatable = True
    deadline = _SECONDS + 15
    max_attempts = 100  # with the growing pauses between them a day: systems of customers sleep at weekends

    def check(self, target: HandOver, parameters: Any) -> None:
        if target.done_at:
            raise NotQueueableError(_("It was handed over already."))
        if not target.target.is_active:
            raise NotQueueableError(_("The target is switched off."), _("Switch it on under “Hand-over targets”."))
        if target.invoice.files_at is None:
            raise NotQueueableError(_("The invoice is not saved here yet."))

    def prepare(self, members: list[Operation]) -> Request:
        one = _hand_over(members[0])
        to = one.target
        if not to.is_active:
            raise NotQueueableError(_("The target was switched off meanwhile."), _("Switch it on, and try again."))
        return Request(bundles.of(one.invoice), one.key, to.way, to.folder, to.url, to.secret)

    def send(self, request: Request, calls: Calls) -> HandedOver:
        try:
            return _lay(request) if request.way == HandOverWay.FOLDER else _post(request)
        except FileNotFoundError as error:
            text = str(_("A file of the invoice is gone from the storage, or damaged."))
            raise maventa.RejectedError(0, "file_gone", text) from error
        except OSError as error:
            raise maventa.TemporaryError(reason=error.strerror or str(error)) from error

    def settle(self, operation: Operation, sent: HandedOver) -> dict[str, Any]:
        HandOver.objects.filter(pk=operation.target_id, done_at=None).update(done_at=timezone.now())
        return {"where": sent.where, "status": sent.status, "ms": sent.ms}

    def resolve(
        self, request: Request, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[HandedOver]:
        return NotThere()  # given once more with the same key it is there once

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        HandOver.objects.filter(pk=operation.target_id, done_at=None).update(done_at=timezone.now())
        return {}

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.code == "file_gone":
            return Remedy(
                _("Press “Look up now” on the invoice: its files are fetched again. Then hand it over again.")
            )
        text = _("The customer's system refused it: %(said)s. Ask whoever runs it, then hand the invoice over again.")
        return Remedy(text % {"said": error.text}, "customer")


def _lay(request: Request) -> HandedOver:
    place = handing_over.lay(request.bundle, request.folder, request.key)
    return HandedOver(where=f"{request.folder}/{place.name}")


def _post(request: Request) -> HandedOver:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        handing_over.pack(request.bundle, spool, request.key)
        posted = outbound.post(
            request.url,
            cast("BinaryIO", spool),
            content_type="application/zip",
            secret=request.secret,
            key=str(request.key),
            seconds=_SECONDS,
        )
    return HandedOver(where=request.url.partition("?")[0], status=posted.status, ms=posted.ms)


def _hand_over(operation: Operation) -> HandOver:
    one: Any = operation.target
    return cast("HandOver", one)
