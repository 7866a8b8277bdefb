"""
Taking over accounts of others, as cases: begun by staff, moved on by operations and by what staff know.

Steps: prepared (our request is on its way) → requested (documents are to be collected) → documents (sent to
AutoInvoice) → completed or reverted. AutoInvoice tells nothing by itself; there is no look-up.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from companies import cases
from companies.enums import Mover
from companies.models import Case, Company, Onboarding, Takeover
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError, Text
from portal.partners.models import PartnerAccount

KIND = "takeover"
PREPARED, REQUESTED, DOCUMENTS = "prepared", "requested", "documents"
COMPLETED, REVERTED, REFUSED = "completed", "reverted", "refused"
REQUEST, COMPLETE, REVERT = "companies.request_takeover", "companies.complete_takeover", "companies.revert_takeover"


_KIND = cases.register(
    cases.Kind(
        name=KIND,
        label=_("Takeover"),
        steps={
            PREPARED: cases.Step(_("Request on its way"), Mover.AUTOINVOICE, "info", by_hand=False),
            REQUESTED: cases.Step(_("Requested, documents to be collected"), Mover.STAFF, by_hand=False),
            DOCUMENTS: cases.Step(_("Documents sent"), Mover.SUPPORT, by_hand=False),
        },
        outcomes={
            COMPLETED: _("Completed"),
            REVERTED: _("Reverted"),
            REFUSED: _("Refused"),
        },
    )
)


def word(name: str) -> Text:
    """Return a step or an outcome in staff words."""
    step = _KIND.steps.get(name)
    return step.label if step else _KIND.outcomes.get(name, name)


def start(
    account: PartnerAccount,
    *,
    company_uuid: UUID,
    country: str,
    business_id: str,
    name: str,
    onboarding: Onboarding | None = None,
    actor: Any = None,
) -> Takeover:
    """
    Open a case and queue the request.

    :raises NotQueueableError: the account is ours, or being taken over
    """
    if Company.objects.filter(account=account, uuid=company_uuid).exists():
        raise NotQueueableError(_("This account is ours already."), _("Open the company's page."))
    if open_takeover(account, company_uuid):
        raise NotQueueableError(_("This account is being taken over already."), _("Open its case."))
    with transaction.atomic():
        takeover = Takeover(account=account, name=name, country=country, company_uuid=company_uuid)
        takeover.set_business_id(country, business_id)
        takeover.case = cases.open_case(
            KIND,
            str(company_uuid),
            account=account,
            subject=f"{name} ({country} {takeover.business_id})",
            onboarding=onboarding,
            actor=actor,
        )
        takeover.save()
        _queue(REQUEST, takeover, actor)
    return takeover


def open_takeover(account: PartnerAccount, company_uuid: UUID) -> Takeover | None:
    found = Takeover.objects.filter(account=account, company_uuid=company_uuid, case__closed_at=None)
    return found.select_related("case").first()


def act(kind: str, takeover: Takeover, actor: Any) -> None:
    """:raises NotQueueableError: not now, or under way already"""
    _queue(kind, takeover, actor)


def note_id(takeover: Takeover, remote_id: str, actor: Any) -> None:
    """Write down the id that support told, for a request whose answer was lost."""
    takeover.remote_id = remote_id
    takeover.save(update_fields=["remote_id"])
    cases.note(takeover.case, str(_("AutoInvoice's id of the takeover: %(id)s") % {"id": remote_id}), actor=actor)


def documents_sent(takeover: Takeover, actor: Any, text: str = "") -> bool:
    """Write down that the documents went to AutoInvoice; False: the case is not where they are awaited."""
    if takeover.case.step != REQUESTED:
        return False
    return cases.move(takeover.case, DOCUMENTS, actor=actor, text=text)


def end(takeover: Takeover, outcome: str, *, actor: Any = None, text: str = "") -> None:
    """Close the case, or, when a completed takeover is given back, say so in its story."""
    if cases.close(takeover.case, outcome, actor=actor, text=text):
        return
    Case.objects.filter(pk=takeover.case_id).update(outcome=outcome)
    cases.note(takeover.case, text or str(cases.word(takeover.case, outcome)), actor=actor)


def _queue(kind: str, takeover: Takeover, actor: Any) -> None:
    queueing.queue(kind, takeover, {}, account=takeover.account, actor=actor, **takeover.operation_subject())
