"""Taking many documents in: each read, its company found by its sender, and stored. Nothing is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from companies.models import Company
from invoices.counterparties import shown_address
from invoices.documents import Party
from invoices.documents.party import Address, Identifier
from invoices.enums import FileOutcome
from invoices.files import storing
from invoices.files.xml import UnreadableFileError
from invoices.models import BusinessDocument, DocumentDraft, Drop, DropFile, transmission_of
from invoices.operations.documents import SendDocument, SendDocumentParameters
from invoices.sending import packages
from invoices.sending.archives import GivenFile
from invoices.sending.concerns import Concern
from invoices.sending.recognising import Directory, sender_key
from invoices.trade import drafting, header, kinds
from invoices.trade.header import Header
from portal.operations.enums import OPEN_STATES
from portal.operations.models import Operation


@dataclass(slots=True)
class _Read:
    """One document: its row, and what was read of it. Without `parts` it cannot be sent."""

    row: DropFile
    given: bytes = field(default=b"", repr=False)
    parts: tuple[drafting.GivenFile, ...] = ()  # the document, then its attachments
    told: Header = field(default_factory=Header)

    @property
    def sender(self) -> Party:
        party = self.told.sender
        ids = (Identifier(party.business_id),) if party.business_id else ()
        return Party(party.name, identifiers=ids, endpoint=party.eia, address=Address(country=party.country))


def rows(drop: Drop, chunk: Sequence[GivenFile], company: Company | None, *, actor: Any) -> list[DropFile]:
    """
    Take in some hundred files; returns an unsaved row for each, in their order. Nothing is raised for a bad file.

    :param company: that all are sent as; None: each as the company of the account that its sender is
    """
    taken = [_read(drop, file) for file in chunk]
    readable = [one for one in taken if one.parts]
    directory = Directory(drop.account, [one.sender for one in readable], company.country if company else "")
    for one in readable:
        _name_company(one, [company] if company else directory.companies(one.sender))
    with transaction.atomic():
        _keep(drop, [one for one in readable if one.row.company], actor)
    unclear = [one for one in readable if not one.row.company]
    for one, stored in zip(unclear, storing.store_many([one.given for one in unclear]), strict=True):
        one.row.sha256 = stored.sha256
    return [one.row for one in taken]


def _read(drop: Drop, file: GivenFile) -> _Read:
    row = DropFile(drop=drop, path=file.name.replace("\x00", "")[-500:], outcome=FileOutcome.READY)
    try:
        if file.error:
            raise file.error
        parts = _parts(file)
        told = header.read(parts[0].content)
        if told.type in kinds.INVOICES:
            raise UnreadableFileError(
                _("The file is an invoice."),
                _("Send it under “Send invoices”: there it is checked, routed and followed as one."),
            )
    except UnreadableFileError as error:
        row.outcome, row.text, row.remedy = FileOutcome.UNREADABLE, str(error.text), str(error.remedy)
        return _Read(row)
    receiver = told.receiver.name or shown_address(told.receiver.country, told.receiver.eia)
    row.sender, row.receiver = told.sender.name[:300], receiver[:300]
    row.document_number = told.number[:100]
    return _Read(row, file.content, parts, told)


def _parts(file: GivenFile) -> tuple[drafting.GivenFile, ...]:
    """
    Return the document and its attachments: of a ZIP with one XML that is the document.

    :raises UnreadableFileError: empty, or a ZIP that breaks a limit
    """
    if not file.content:
        raise UnreadableFileError(_("The file is empty."), _("Choose another one."))
    if not packages.is_zip(file.content) or file.name.lower().endswith(packages.OFFICE):
        return (drafting.GivenFile(file.name, file.content),)
    main = packages.read(file.content, file.name).xml_name
    inside = packages.unpack(file.content)
    others = [drafting.GivenFile(name, content) for name, content in sorted(inside.items()) if name != main]
    return (drafting.GivenFile(main, inside[main]), *others)


def _name_company(one: _Read, found: Sequence[Company]) -> None:
    row = one.row
    row.sender_key = sender_key(one.sender)
    if len(found) == 1:
        row.company = found[0]
        return
    row.outcome = FileOutcome.UNCLEAR
    names = {"sender": one.told.sender.name or _("not named in the file")}
    if found:
        row.text = _("The sender's business id belongs to several companies here: %(sender)s.") % names
        row.remedy = _("Choose which of them sends it.")
    else:
        row.text = _("The sender is no company that the portal knows: %(sender)s.") % names
        row.remedy = _("Choose the company, or onboard it first.")


def _keep(drop: Drop, ready: Sequence[_Read], actor: Any) -> None:
    """Keep the documents whose company is clear, and say of each what speaks against sending it."""
    wanted = [_wanted(one, drop.type) for one in ready]
    drafts = drafting.keep_many(drop.account, wanted, actor=actor)
    known = _sent_before(drafts)
    first: dict[int, str] = {}
    for one, draft in zip(ready, drafts, strict=True):
        one.row.draft = draft
        if draft.pk in known:
            one.row.outcome, (one.row.text, one.row.remedy) = FileOutcome.SAME, known[draft.pk]
        elif draft.pk in first:
            one.row.outcome = FileOutcome.SAME
            one.row.text = _("The same document as %(file)s among these files.") % {"file": first[draft.pk]}
        first.setdefault(draft.pk, one.row.path)
        one.row.concerns = [
            {"code": found.code, "text": str(found.text), "remedy": str(found.remedy)}
            for found in _concerns(draft, one.told)
        ]


def _wanted(one: _Read, kind: str) -> drafting.Wanted:
    if one.row.company is None:
        raise TypeError("only a document whose company is clear is kept")
    said = "" if one.told.type else kind
    return drafting.Wanted(one.row.company, one.parts[0], one.parts[1:], said, one.told)


def _concerns(draft: DocumentDraft, told: Header) -> list[Concern]:
    """Return what speaks against sending a document to whom it names; where it names nobody, what will be asked."""
    found = list(drafting.about_file(draft, told))
    if draft.type == kinds.DocumentType.UNKNOWN:
        text, remedy = _("The file does not say what it is."), _("Give it once more with its type if it has one.")
        found.append(Concern("no_type", text, remedy))
    if not draft.receiver_address:
        text = _("The file names no receiver's address.")
        found.append(Concern("no_receiver", text, _("It goes to the address that you give in the next step.")))
    elif operator := drafting.operator_of(draft.receiver_address):
        given = SendDocumentParameters(recipient_eia=draft.receiver_address, recipient_operator=operator)
        found += drafting.about_address(given, told)
    else:
        eia = shown_address(told.receiver.country, draft.receiver_address)
        text = _("The file names the address %(eia)s, but no operator.") % {"eia": eia}
        found.append(Concern("no_operator", text, _("Give the operator in the next step.")))
    return found


def _sent_before(drafts: Sequence[DocumentDraft]) -> dict[int, tuple[str, str]]:
    """Return why documents are not sent again to whom they name, and what to do, by their id; two statements."""
    if not drafts:
        return {}
    named = [(draft, draft.receiver_address) for draft in drafts if draft.receiver_address]
    ids = {str(transmission_of(draft, eia, drafting.operator_of(eia), 0)): draft.pk for draft, eia in named}
    open_ones = Operation.objects.filter(
        kind=SendDocument.kind,
        target_type=ContentType.objects.get_for_model(DocumentDraft),
        target_id__in={draft.pk for draft in drafts},
        state__in=OPEN_STATES,
    )
    known = dict.fromkeys(open_ones.values_list("target_id", flat=True), (_("This file is being sent already."), ""))
    for document in BusinessDocument.objects.filter(account=drafts[0].account_id, transmission_id__in=ids):
        text = _("This document was sent to this receiver already: %(number)s.") % {"number": document}
        known[ids[document.transmission_id]] = text, _("Open it to see how it stands.")
    return known
