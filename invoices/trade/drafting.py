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
from invoices.files import storing
from invoices.files.xml import UnreadableFileError
from invoices.following.looking import file_name
from invoices.models import BusinessDocument, DocumentDraft, transmission_of
from invoices.operations.documents import SendDocumentParameters
from invoices.sending.concerns import Concern
from invoices.trade import header, kinds
from invoices.trade.header import Header
from invoices.trade.kinds import DocumentType

PEPPOL = "PEPPOL"


@dataclass(frozen=True, slots=True)
class GivenFile:
    name: str
    content: bytes


def keep(
    company: Company, given: GivenFile, attachments: Sequence[GivenFile], kind: str, *, actor: Any
) -> DocumentDraft:
    """Store a document with its attachments; the same ones given again are the same row, with the type given last."""
    stored = storing.store(given.content)
    others = [(file_name(file.name), storing.store(file.content)) for file in attachments]
    told = _header(given.content)
    about = {
        "company": company,
        "type": kind or told.type or DocumentType.UNKNOWN.value,
        "name": file_name(given.name),
        "sha256": stored.sha256,
        "size": stored.size,
        "attachments": [{"name": name, "sha256": kept.sha256, "size": kept.size} for name, kept in others],
        "number": told.number[:200],
        "receiver": told.receiver.name[:300],
        "created_by": actor,
    }
    digest = hashlib.sha256("".join([stored.sha256, *(kept.sha256 for _name, kept in others)]).encode()).hexdigest()
    identity = uuids.uuid5(company.account.key, f"document:{company.uuid}:{digest}")
    draft, is_new = DocumentDraft.objects.get_or_create(account=company.account, uuid=identity, defaults=about)
    if not is_new and draft.type != about["type"] and not draft.operations.exists():
        draft.type = about["type"]
        draft.save(update_fields=["type"])
    return draft


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
    yield from _about_address(given, told)


def _about_sender(company: Company, told: Header) -> Iterator[Concern]:
    stated = told.sender.business_id
    if stated and company.business_id_digest != business_ids.digest(told.sender.country or company.country, stated):
        yield Concern(
            "other_sender",
            _("The file's sender is %(name)s, not %(company)s.")
            % {"name": told.sender.name or stated, "company": company},
            _("Check that this company shall send it; else go back and choose the right one."),
        )


def _about_address(given: SendDocumentParameters, told: Header) -> Iterator[Concern]:
    eia = given.recipient_eia
    if told.receiver.eia and told.receiver.eia.casefold() != eia.casefold():
        yield Concern(
            "other_receiver",
            _("The file names the receiver's address %(stated)s, not %(given)s.")
            % {"stated": told.receiver.eia, "given": eia},
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
