"""
Telling one address of one step of an alert.

A webhook is posted until it is taken; every repeat bears the same key, so that the receiver counts it once. A mail
whose fate is unknown goes again with the same Message-ID: at least once, for nobody can look a mail up.
"""

import io
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import maventa, outbound
from portal.alerts import notices
from portal.alerts.models import Notice, Way
from portal.operations import registry
from portal.operations.handlers import Calls, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation
from portal.outbound import mailing

_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Request:
    key: UUID
    mail: mailing.Mail | None  # None: it is posted
    url: str = ""
    body: bytes = b""
    secret: str = ""

    def __repr__(self) -> str:
        return f"<notice {self.key}>"  # never the secret


@dataclass(frozen=True, slots=True)
class Told:
    status: int = 0  # of a webhook's answer
    ms: int = 0


@registry.register
class Tell(Handler[Request, Told]):
    """Tell one address of what happened to an alert."""

    kind = notices.KIND
    label = _("Tell of an alert")
    verb = _("Tell")
    target = "alerts.Notice"
    permission = "alerts.work_alert"
    related = ("destination", "account", "step__alert")
    repeatable = True
    deadline = _SECONDS * 2
    max_attempts = 100  # with the growing pauses between them a day

    def prepare(self, members: list[Operation]) -> Request:
        notice = _notice(members[0])
        to = notice.destination
        if not to.is_active:
            raise NotQueueableError(_("The destination was switched off meanwhile."))
        if to.way == Way.WEBHOOK:
            return Request(notice.key, None, to.url, notices.body(notice), to.secret)
        if not settings.EMAIL_READY:
            raise NotQueueableError(_("No mail server is set up."), _("Ask an administrator to set EMAIL_URL."))
        return Request(notice.key, notices.mail(notice))

    def send(self, request: Request, calls: Calls) -> Told:
        if request.mail is not None:
            mailing.MailService().send(request.mail)
            return Told()
        posted = outbound.post(
            request.url,
            io.BytesIO(request.body),
            content_type="application/json",
            secret=request.secret,
            key=str(request.key),
            seconds=_SECONDS,
        )
        return Told(posted.status, posted.ms)

    def settle(self, operation: Operation, sent: Told) -> dict[str, Any]:
        Notice.objects.filter(pk=operation.target_id, done_at=None).update(done_at=timezone.now())
        return {"status": sent.status, "ms": sent.ms} if sent.status else {}

    def resolve(self, request: Request, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Told]:
        return NotThere()  # told once more with the same key

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        return self.settle(operation, Told())

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        said = error.text or error.code
        return Remedy(_("It was refused: %(said)s. Correct the destination, then send a test.") % {"said": said})


def _notice(operation: Operation) -> Notice:
    notice: Any = operation.target
    return cast("Notice", notice)
