"""
A dossier as data: one company, or all that one signature covered. The same content always gives the same bytes.

{"format", "made_at", "made_by", "language", "zone", "account": {...}, "joint": call or null, "unmasked": bool,
 "companies": [{"uuid", "name", "country", "business_id", "state", "entries": [...], "head": {...}}], "seal"}
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from companies.dossier import chain
from companies.dossier.evidence import REQUESTED
from companies.enums import USABLE_STATES
from companies.models import Company, DossierEntry, DossierHead
from portal.operations.handlers import Text
from portal.partners.models import PartnerAccount

FORMAT = "partner-portal-dossier-1"
Document = dict[str, Any]


class NothingToProveError(Exception):
    """There is no authorization that a dossier could be about; `text` is for staff."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


def of_company(company: Company, *, made_by: str, unmasked: bool = False) -> Document:
    """
    Return the dossier of one company.

    :param unmasked: with a personal number in clear
    :raises NothingToProveError: it was never authorized, and nobody asked
    """
    entries = list(DossierEntry.objects.filter(company=company).order_by("sequence"))
    asked = any(entry.kind == REQUESTED for entry in entries)
    if not asked and company.state not in USABLE_STATES:
        raise NothingToProveError(
            _(
                "This company was never authorized: no request was sent to a signer, and AutoInvoice never said that "
                "we may act for it. Request its authorization first; the dossier begins with that."
            )
        )
    return _sealed(company.account, [(company, entries)], None, made_by, unmasked=unmasked)


def of_call(account: PartnerAccount, call: UUID, *, made_by: str, unmasked: bool = False) -> Document:
    """
    Return the joint dossier of all companies that one call asked to authorize with one signature.

    :raises NothingToProveError: no company was
    """
    requested = DossierEntry.objects.filter(account=account, joint=call, kind=REQUESTED)
    companies = Company.objects.filter(account=account, pk__in=requested.values("company")).order_by("name", "pk")
    found = {company.pk: company for company in companies}
    if not found:
        raise NothingToProveError(_("No signing request went out with this call."))
    entries: dict[int, list[DossierEntry]] = {pk: [] for pk in found}
    for entry in DossierEntry.objects.filter(company__in=found).order_by("company", "sequence"):
        entries[entry.company_id].append(entry)
    rows = [(company, entries[pk]) for pk, company in found.items()]
    return _sealed(account, rows, call, made_by, unmasked=unmasked)


def to_bytes(document: Document) -> bytes:
    """Return a document as a JSON file: readable, and the same bytes for the same content."""
    return (json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


def seal(account_id: int, document: Document) -> str:
    """Return the signature that a document has to bear."""
    content = {name: value for name, value in document.items() if name != "seal"}
    return chain.sign(account_id, chain.canonical(content))


def _sealed(
    account: PartnerAccount,
    rows: Sequence[tuple[Company, list[DossierEntry]]],
    call: UUID | None,
    made_by: str,
    *,
    unmasked: bool,
) -> Document:
    heads = {head.company_id: head for head in DossierHead.objects.filter(company__in=[row[0].pk for row in rows])}
    document: Document = {
        "format": FORMAT,
        "made_at": chain.moment(timezone.now()),
        "made_by": made_by,
        "language": get_language() or "en",
        "zone": timezone.get_current_timezone_name(),
        "account": {
            "name": account.name,
            "environment": account.environment,
            "company": str(account.company_uuid),
            "number": account.pk,
        },
        "joint": str(call) if call else None,
        "unmasked": unmasked,
        "companies": [_company(company, entries, heads.get(company.pk), unmasked) for company, entries in rows],
    }
    return {**document, "seal": seal(account.pk, document)}


def _company(company: Company, entries: list[DossierEntry], head: DossierHead | None, unmasked: bool) -> Document:
    return {
        "uuid": str(company.uuid),
        "name": company.name,
        "country": company.country,
        "business_id": company.real_business_id if unmasked else company.business_id,
        "state": company.state,
        "state_at": _moment(company.state_at),
        "entries": [chain.entry_data(entry) for entry in entries],
        "head": {
            "length": head.length if head else 0,
            "hash": head.hash if head else "",
            "signature": head.signature if head else "",
        },
    }


def _moment(at: datetime | None) -> str | None:
    return chain.moment(at) if at else None
