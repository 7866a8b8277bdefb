"""From a given file to a document that can be sent: stored once, with what speaks against sending it."""

import hashlib
import uuid as uuids
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from companies import business_ids
from companies.models import Company
from companies.networks import peppol
from invoices.counterparties import shown_address
from invoices.files import storing
from invoices.files.storing import Stored
from invoices.files.xml import UnreadableFileError
from invoices.following.looking import file_name
from invoices.models import BusinessDocument, DocumentDraft, transmission_of
from invoices.operations.documents import SendDocumentParameters
from invoices.sending.concerns import Concern
from invoices.trade import header, kinds
from invoices.trade.header import Header
from invoices.trade.kinds import DocumentType
from portal import writing
from portal.partners.models import PartnerAccount

PEPPOL = "PEPPOL"


@dataclass(frozen=True, slots=True)
class GivenFile:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document to keep: whose it is, with what, and as what it is sent."""

    company: Company
    file: GivenFile
    attachments: Sequence[GivenFile]
    kind: str  # "" = as the file says
    told: Header


def keep(
    company: Company, given: GivenFile, attachments: Sequence[GivenFile], kind: str, *, actor: Any
) -> DocumentDraft:
    """Store a document with its attachments; the same ones given again are the same row, with the type given last."""
    wanted = Wanted(company, given, attachments, kind, _header(given.content))
    return keep_many(company.account, [wanted], actor=actor)[0]


def keep_many(account: PartnerAccount, wanted: Sequence[Wanted], *, actor: Any) -> list[DocumentDraft]:
    """Keep documents of one account as `keep` does, with few statements; returns a row for each, in their order."""
    stored = iter(storing.store_many([file.content for one in wanted for file in (one.file, *one.attachments)]))
    drafts = [_draft(account, one, next(stored), [next(stored) for _file in one.attachments], actor) for one in wanted]
    mine = DocumentDraft.objects.filter(account=account)
    rows = writing.find_or_create_many(drafts, known_by="uuid", within=mine)
    for row, draft in zip(rows, drafts, strict=True):
        row.account, row.company = account, draft.company
        if row.type != draft.type and not row.operations.exists():
            row.type = draft.type
            row.save(update_fields=["type"])
        if row.receiver_address != draft.receiver_address:  # kept before addresses were
            row.receiver_address = draft.receiver_address
            row.save(update_fields=["receiver_address"])
    return rows


def _draft(account: PartnerAccount, one: Wanted, stored: Stored, others: Sequence[Stored], actor: Any) -> DocumentDraft:
    digest = hashlib.sha256("".join([stored.sha256, *(kept.sha256 for kept in others)]).encode()).hexdigest()
    return DocumentDraft(
        account=account,
        company=one.company,
        uuid=uuids.uuid5(account.key, f"document:{one.company.uuid}:{digest}"),
        type=one.kind or one.told.type or DocumentType.UNKNOWN.value,
        name=file_name(one.file.name),
        sha256=stored.sha256,
        size=stored.size,
        attachments=[
            {"name": file_name(file.name), "sha256": kept.sha256, "size": kept.size}
            for file, kept in zip(one.attachments, others, strict=True)
        ],
        number=one.told.number[:200],
        receiver=one.told.receiver.name[:300],
        receiver_address=one.told.receiver.eia[:128],
        created_by=actor,
    )


def operator_of(address: str) -> str:
    """Return the operator that an address says by itself: one with a scheme is on Peppol; "" where it does not say."""
    return PEPPOL if ":" in address else ""


def header_of(draft: DocumentDraft) -> Header:
    """Return what a stored document tells of itself; an empty header when its file is gone or cannot be read."""
    try:
        with storing.opened(draft.sha256) as stream:
            return _header(stream.read())
    except FileNotFoundError:
        return Header()


def _header(content: bytes) -> Header:
    try:
        return header.read(content)
    except UnreadableFileError:  # named by `concerns`; AutoInvoice has the last word
        return Header()


def next_copy(draft: DocumentDraft, eia: str, operator: str) -> int:
    """Return the number under which this document would be sent to this receiver now: 0 when it never was."""
    sent = BusinessDocument.objects.filter(account=draft.account_id)
    copy = 0
    while sent.filter(transmission_id=str(transmission_of(draft, eia, operator, copy))).exists():
        copy += 1
    return copy


def concerns(draft: DocumentDraft, given: SendDocumentParameters) -> Iterator[Concern]:
    """Yield what speaks against sending a document to a receiver; AutoInvoice decides."""
    told = header_of(draft)
    yield from about_file(draft, told)
    yield from about_address(given, told)


def about_file(draft: DocumentDraft, told: Header) -> Iterator[Concern]:
    """Yield what speaks against sending a document, whoever receives it."""
    if told.type in kinds.INVOICES:
        yield Concern(
            "is_invoice",
            _("The file is an invoice."),
            _("Send it under “Send invoices”: there it is checked, routed and followed as one."),
        )
    elif told.type and told.type != draft.type:
        yield Concern(
            "other_type",
            _("The file says that it is of the type %(stated)s, not %(chosen)s.")
            % {"stated": kinds.word_of(told.type), "chosen": kinds.word_of(draft.type)},
            _("Go back and choose the type that the file has."),
        )
    yield from _about_sender(draft.company, told)


def _about_sender(company: Company, told: Header) -> Iterator[Concern]:
    stated = told.sender.business_id
    if stated and company.business_id_digest != business_ids.digest(told.sender.country or company.country, stated):
        yield Concern(
            "other_sender",
            _("The file's sender is %(name)s, not %(company)s.")
            % {"name": told.sender.name or stated, "company": company},
            _("Check that this company shall send it; else go back and choose the right one."),
        )


def about_address(given: SendDocumentParameters, told: Header) -> Iterator[Concern]:
    """Yield what is odd about the address that a document is sent to."""
    eia = given.recipient_eia
    if told.receiver.eia and told.receiver.eia.casefold() != eia.casefold():
        named = {"stated": told.receiver.eia, "given": eia}
        yield Concern(
            "other_receiver",
            _("The file names the receiver's address %(stated)s, not %(given)s.")
            % {name: shown_address(told.receiver.country, address) for name, address in named.items()},
            _("It goes to the address that you give here. Check that it is the receiver's."),
        )
    if given.recipient_operator != PEPPOL:
        return
    scheme, colon, value = eia.partition(":")
    if not colon:
        yield Concern(
            "no_scheme",
            _("A Peppol address has a scheme in front, such as 0216:003712345671."),
            _("Add the scheme, or look the receiver up."),
        )
        return
    try:
        peppol.check_endpoint(peppol.Endpoint(scheme, value))
    except peppol.InvalidEndpointError as error:
        yield Concern("bad_address", str(error), _("Compare the address with what the receiver gave."))
