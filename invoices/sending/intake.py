"""
Taking files in, some hundred at a time: read, recognised, checked and stored with few statements. Nothing is sent.

The same work serves one file and ten thousand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from companies.models import Company
from invoices.documents import splitting
from invoices.enums import FileOutcome
from invoices.files import storing
from invoices.files.xml import SeveralInvoicesError, UnreadableFileError
from invoices.models import Upload, invoice_uuid
from invoices.operations import sendings
from invoices.sending import checks, defaults
from invoices.sending.archives import GivenFile
from invoices.sending.checks import Inspected
from invoices.sending.concerns import Concern
from invoices.sending.recognising import Directory
from portal import writing
from portal.operations.handlers import Text
from portal.partners.models import PartnerAccount

CHUNK = 200
_CHUNK_BYTES = 32 * 2**20  # of contents that are in memory together


@dataclass(slots=True)
class Taken:
    """What became of one file."""

    name: str
    outcome: FileOutcome
    text: Text = ""
    remedy: Text = ""
    content: bytes = field(default=b"", repr=False)
    inspected: Inspected | None = None
    company: Company | None = None
    candidates: tuple[Company, ...] = ()  # that the sender can be, where it is not clear
    concerns: tuple[Concern, ...] = ()
    upload: Upload | None = None
    sha256: str = ""  # of the stored bytes
    size: int = 0


def take(
    account: PartnerAccount,
    files: Iterable[GivenFile],
    *,
    company: Company | None = None,
    actor: Any = None,
    copy: int = 0,
) -> Iterator[list[Taken]]:
    """
    Yield what became of the files, in their order and some hundred at a time; nothing is raised for a bad file.

    :param company: that all are sent as; None: each as the company of the account that its sender is
    """
    for chunk in chunks(files):
        yield take_chunk(account, chunk, company=company, actor=actor, copy=copy)


def take_chunk(
    account: PartnerAccount,
    chunk: Sequence[GivenFile],
    *,
    company: Company | None = None,
    actor: Any = None,
    copy: int = 0,
) -> list[Taken]:
    """Take in some hundred files; see `take`."""
    taken = [one for file in chunk for one in _read(file)]
    readable = [one for one in taken if one.inspected]
    _recognise(account, readable, company)
    with transaction.atomic():
        _keep(account, readable, actor, copy)
    for one in taken:
        one.content = b""
    return taken


def chunks(files: Iterable[GivenFile]) -> Iterator[list[GivenFile]]:
    """Yield the files in portions that are read together, bounded in number and bytes."""
    chunk: list[GivenFile] = []
    size = 0
    for file in files:
        chunk.append(file)
        size += len(file.content)
        if len(chunk) >= CHUNK or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _read(file: GivenFile) -> list[Taken]:
    """Read one file; several invoices in it are taken apart where that is possible."""
    if file.error:
        return [_unreadable(file.name, file.error)]
    try:
        return [_readable(file.name, file.content)]
    except SeveralInvoicesError as exc:
        return _split(file, exc)
    except UnreadableFileError as exc:
        return [_unreadable(file.name, exc)]


def _split(file: GivenFile, several: SeveralInvoicesError) -> list[Taken]:
    try:
        parts = splitting.split(file.content)
    except UnreadableFileError:
        parts = []
    if not parts:
        return [_unreadable(file.name, several)]
    names = [
        _("%(file)s, invoice %(n)d of %(all)d") % {"file": file.name, "n": number, "all": len(parts)}
        for number in range(1, len(parts) + 1)
    ]
    return [
        one for name, part in zip(names, parts, strict=True) for one in _read(replace(file, name=name, content=part))
    ]


def _readable(name: str, content: bytes) -> Taken:
    inspected = checks.without_tree(checks.inspect(content, name))
    return Taken(name, FileOutcome.READY, content=content, inspected=inspected, size=len(content))


def _unreadable(name: str, error: UnreadableFileError) -> Taken:
    return Taken(name, FileOutcome.UNREADABLE, error.text, error.remedy)


def _recognise(account: PartnerAccount, files: Sequence[Taken], company: Company | None) -> None:
    """Say as which company each is sent, and what speaks against it."""
    read = [(one, one.inspected) for one in files if one.inspected]
    parties = [party for _one, inspected in read for party in inspected.document.parties]
    directory = Directory(account, parties, company.country if company else "")
    for one, inspected in read:
        _name_company(one, inspected, directory, company)
    own = [(one.company, inspected) for one, inspected in read if one.company]
    earlier = checks.Earlier(own)
    options = defaults.options_of({company.pk for company, _inspected in own})
    for one, inspected in read:
        if one.company:
            closed = options[one.company.pk].disabled_routes
            found = checks.concerns(inspected, one.company, directory=directory, earlier=earlier, disabled=closed)
            one.concerns = tuple(found)


def _name_company(one: Taken, inspected: Inspected, directory: Directory, company: Company | None) -> None:
    found = [company] if company else directory.companies(inspected.document.seller)
    if len(found) == 1:
        one.company = found[0]
        return
    one.outcome, one.candidates = FileOutcome.UNCLEAR, tuple(found)
    names = {"sender": inspected.document.seller.name or _("not named in the file")}
    if found:
        one.text = _("The sender's business id belongs to several companies here: %(sender)s.") % names
        one.remedy = _("Choose which of them sends it.")
    else:
        one.text = _("The sender is no company that the portal knows: %(sender)s.") % names
        one.remedy = _("Choose the company, or onboard it first.")


def _keep(account: PartnerAccount, files: Sequence[Taken], actor: Any, copy: int) -> None:
    """Store contents and write the rows of those whose company is clear."""
    for one, stored in zip(files, storing.store_many([one.content for one in files]), strict=True):
        one.sha256, one.size = stored.sha256, stored.size
    ready = [one for one in files if one.company and one.inspected]
    rows = _rows([_upload(account, one, actor, copy) for one in ready])
    known = sendings.look_up(list({row.pk: row for row in rows}.values()))
    first: dict[int, str] = {}
    for one, row in zip(ready, rows, strict=True):
        one.upload = row
        if row.pk in known.invoices or row.pk in known.under_way:
            one.outcome, (one.text, one.remedy) = FileOutcome.SAME, known.why(row)
        elif row.pk in first:
            one.outcome = FileOutcome.SAME
            one.text = _("The same invoice as %(file)s among these files.") % {"file": first[row.pk]}
        first.setdefault(row.pk, one.name)


def _upload(account: PartnerAccount, one: Taken, actor: Any, copy: int) -> Upload:
    if one.company is None or one.inspected is None:
        raise TypeError("only a file whose company is clear has a row")
    package, document = one.inspected.package, one.inspected.document
    return Upload(
        account=account,
        company=one.company,
        uuid=invoice_uuid(account.key, one.company.uuid, package.content_sha256, copy),
        copy=copy,
        content_sha256=package.content_sha256,
        sha256=one.sha256,
        size=one.size,
        name=one.name.replace("\x00", "")[-255:] or package.xml_name[-255:],
        format=document.format,
        number=document.number[:100],
        receiver=document.buyer.name[:300],
        created_by=actor,
    )


def _rows(wanted: Sequence[Upload]) -> list[Upload]:
    """Write the rows; those of known contents are the ones that are there already."""
    if not wanted:
        return []
    account = wanted[0].account
    rows = writing.find_or_create_many(wanted, known_by="uuid", within=Upload.objects.filter(account=account))
    for row, given in zip(rows, wanted, strict=True):
        row.company, row.account = given.company, account
    return rows
