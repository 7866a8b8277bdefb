"""Sending the content of a failure once more: of a failed invoice as a new copy, of a refused file as it is."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import uuid5

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from companies import facts as company_facts
from invoices import mirror
from invoices.enums import Direction
from invoices.files import originals, storing
from invoices.files.xml import UnreadableFileError
from invoices.models import Invoice, Upload
from invoices.operations.rerouting import RESEND, must_be_still, must_have_failed
from invoices.operations.sending import HandOver, Send, Sending, SendParameters, Sent
from invoices.sending import packages
from invoices.services import SendingOptions
from portal import maventa
from portal.operations import chains, registry
from portal.operations.chains import Chain, Planned, Step
from portal.operations.handlers import NoParameters, NotQueueableError
from portal.operations.models import Operation


@registry.register
class Resend(HandOver):
    """
    The same content as a new invoice that is linked to the old one; also of what other software sent.

    Its uuid follows from the old one and the operation: however often it is tried, it is one invoice more.
    """

    kind = RESEND
    label = _("Send failed invoice again")
    verb = _("Send again")
    target = "invoices.Invoice"

    def check(self, target: Invoice, parameters: Any) -> None:
        must_have_failed(target)
        must_be_still(target)
        later = Upload.objects.filter(account=target.account_id, replaces=target.uuid).order_by("-pk").first()
        if later:
            raise NotQueueableError(
                _("It was sent again already, as %(file)s.") % {"file": later},
                _("Open the later one; if that failed too, send it again from there."),
            )
        if not originals.is_here(target):
            raise NotQueueableError(
                _("The invoice's file is not here."), _("Press “Look up now” on its page, then try again.")
            )

    def missing(self, operation: Operation) -> set[str]:
        company = _invoice(operation).company
        return set() if company_facts.is_verified(company) else {company_facts.verified(company.uuid)}

    def prepare(self, members: list[Operation]) -> Sending:
        operation = members[0]
        invoice = _invoice(operation)
        try:
            content = originals.content_of(invoice)
        except UnreadableFileError as exc:
            raise NotQueueableError(exc.text, exc.remedy) from None
        stored = storing.store(content)
        name = "invoice.zip" if packages.is_zip(content[:4]) else "invoice.xml"
        uuid = uuid5(invoice.uuid, str(operation.uuid))
        return Sending(invoice.company.uuid, uuid, name, stored.sha256, options_of(originals.upload_of(invoice)))

    def settle(self, operation: Operation, sent: Sent) -> dict[str, Any]:
        old = _invoice(operation)
        invoice = mirror.write(old.company, Direction.SENT, sent.entity, sent.at)
        _keep_copy(old, invoice, operation)
        return {"invoice": str(invoice.uuid), "number": invoice.number, "status": invoice.status}

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        """The old invoice stays the failure: nothing new has come into being."""


def _keep_copy(old: Invoice, invoice: Invoice, operation: Operation) -> None:
    """Write the row of the file that was sent, as staff would have given it."""
    content = originals.content_of(old)
    package = packages.read(content, "")
    stored = storing.store(content)
    same = Upload.objects.filter(company=old.company_id, content_sha256=package.content_sha256)
    given = originals.upload_of(old)
    Upload.objects.get_or_create(
        account_id=old.account_id,
        uuid=invoice.uuid,
        defaults={
            "company": old.company,
            "copy": int(same.aggregate(highest=Max("copy"))["highest"] or 0) + 1,
            "content_sha256": package.content_sha256,
            "sha256": stored.sha256,
            "size": stored.size,
            "name": given.name if given else f"{old.number or 'invoice'}.xml"[-255:],
            "format": old.source_format[:60],
            "number": old.number,
            "receiver": old.counterparty_name,
            "created_by_id": operation.actor_id,
            "replaces": old.uuid,
        },
    )


def options_of(upload: Upload | None) -> SendingOptions:
    """Return how a file was sent the last time."""
    last = upload.operations.filter(kind=Send.kind).order_by("-pk").first() if upload else None
    if last is None:
        return SendingOptions()
    options: SendingOptions = Send().parameters_of(last).options
    return options


def _plan(uploads: Sequence[Upload], _nothing: NoParameters) -> list[Planned]:
    return [
        Planned(upload, [Step(Send.kind, upload, SendParameters(sha256=upload.sha256, options=options_of(upload)))])
        for upload in uploads
    ]


SEND_AGAIN = chains.register(
    Chain(
        name="invoices.send_again",
        label=_("Send files again"),
        permission=Send.permission,
        plan=_plan,
        verb=_("Send again"),
    )
)


def _invoice(operation: Operation) -> Invoice:
    target: Any = operation.target
    return cast("Invoice", target)
