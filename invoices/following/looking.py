"""One full look at an invoice at AutoInvoice: how it stands, its way, its files. HTTP and storage only, no database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, TypeVar

from django.utils.translation import gettext as _

from invoices.enums import Direction, FileKind, SavingProblem, Status, status_of
from invoices.files import storing, wholeness
from invoices.models import Invoice
from invoices.receiving.return_formats import AS_IT_CAME, IMAGE_FORMS, USUAL_XML, XML_FORMS, name_of, remote_id_of
from invoices.services import Action, Attachment, InvoiceEntity, InvoiceService
from portal import maventa

Download = Callable[[BinaryIO], maventa.Download | None]

T = TypeVar("T")
_TIMES = 3  # that a call of a look is made at most
_MOST_ATTACHMENTS = 1000
_EXTENSIONS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/tiff": ".tif"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file that now lies in the storage."""

    kind: str
    remote_id: str
    name: str
    content_type: str
    stored: storing.Stored


@dataclass(frozen=True, slots=True)
class Missing:
    """
    A form of an invoice that could not be had.

    :ivar text: AutoInvoice's own words, or what is wrong with what it gave
    :ivar is_broken: it gave something that is not the file; it may well give it next time
    """

    form: str
    text: str
    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Why an invoice cannot be called saved. `text` is for staff."""

    problem: SavingProblem
    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """
    What a look brought.

    :ivar files: None: not asked for, or not all of them could be had and `unsaved` says why
    """

    entity: InvoiceEntity
    actions: list[Action]
    files: list[Fetched] | None
    missing: list[Missing] = field(default_factory=list)
    unsaved: Unsaved | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    """A file that is to be fetched."""

    kind: FileKind
    remote_id: str
    name: str
    content_type: str
    form: str
    download: Download


def look(client: maventa.Client, invoice: Invoice) -> Seen:
    """
    Ask AutoInvoice about one invoice; its files too, once nothing more will change them.

    :raises maventa.MaventaError: nothing was learnt; files fetched before that stay in the storage, unnamed
    """
    service = InvoiceService(client)
    entity = _patiently(lambda: service.get(invoice.uuid))
    actions = _patiently(lambda: service.actions(invoice.uuid))
    if invoice.files_at is not None or not _is_settled(invoice, entity):
        return Seen(entity, actions, None)
    try:
        files, missing = _files(service, invoice, entity)
    except storing.StorageError as error:
        return Seen(entity, actions, None, unsaved=Unsaved(SavingProblem.STORAGE, str(error)))
    unsaved = _unsaved(entity, files, missing) if invoice.direction == Direction.RECEIVED else None
    return Seen(entity, actions, None if unsaved else files, missing, unsaved)


def _patiently(call: Callable[[], T]) -> T:
    """Ask once more at once when an answer was lost: a look has many calls, and should not end with one of them."""
    for _time in range(_TIMES - 1):
        try:
            return call()
        except maventa.TemporaryError as error:
            if error.retry_after is not None:
                raise
    return call()


def _is_settled(invoice: Invoice, entity: InvoiceEntity) -> bool:
    return invoice.direction == Direction.RECEIVED or status_of(entity.status) in (Status.DELIVERED, Status.FAILED)


def _files(service: InvoiceService, invoice: Invoice, entity: InvoiceEntity) -> tuple[list[Fetched], list[Missing]]:
    """Fetch what is wanted; when none of the wanted XML can be had, the invoice as it came."""
    base = file_name(entity.number or str(invoice.uuid))
    found: list[Fetched] = []
    missing: list[Missing] = []
    for wish in _wishes(service, invoice, entity, base):
        _fetch(wish, found, missing)
    if not any(file.kind == FileKind.ORIGINAL for file in found) and AS_IT_CAME not in invoice.wanted.xml:
        _fetch(_xml(service, entity, base, AS_IT_CAME), found, missing)
    return found, missing


def _unsaved(entity: InvoiceEntity, files: list[Fetched], missing: list[Missing]) -> Unsaved | None:
    """An invoice without its XML, or without one of its attachments, is not safe here, whatever else was had."""
    if not any(file.kind == FileKind.ORIGINAL for file in files):
        said = next((one.text for one in missing if one.form in XML_FORMS), "")
        return Unsaved(SavingProblem.INCOMPLETE, f"{_('The invoice itself could not be had.')} {said}".strip())
    broken = next((one for one in missing if one.is_broken), None)
    if broken:
        text = _("What AutoInvoice gave as %(form)s is not whole.") % {"form": name_of(broken.form)}
        return Unsaved(SavingProblem.INCOMPLETE, f"{text} {broken.text}".strip())
    lost = [one for one in missing if one.form not in XML_FORMS and one.form not in IMAGE_FORMS]
    if lost:
        text = _("The attachment %(name)s could not be had.") % {"name": lost[0].form}
        return Unsaved(SavingProblem.INCOMPLETE, f"{text} {lost[0].text}".strip())
    if len(entity.files or []) > _MOST_ATTACHMENTS:
        text = _("It has %(count)d attachments, more than the portal fetches.")
        return Unsaved(SavingProblem.INCOMPLETE, text % {"count": len(entity.files or [])})
    return None


def _wishes(service: InvoiceService, invoice: Invoice, entity: InvoiceEntity, base: str) -> Iterator[_Wish]:
    for form in invoice.wanted.xml:
        yield _xml(service, entity, base, form)
    for form in invoice.wanted.images:
        yield _image(service, entity, base, form)
    if invoice.wanted.attachments:
        by_id = {file.id[:100]: file for file in reversed(entity.files or [])}
        for remote_id in list(by_id)[::-1][:_MOST_ATTACHMENTS]:
            yield _attachment(service, entity, by_id[remote_id])


def _xml(service: InvoiceService, entity: InvoiceEntity, base: str, form: str) -> _Wish:
    """Wish for what AutoInvoice has, which may differ from what was given: a collector may have changed it."""
    own = entity.source_format if entity.source_format in XML_FORMS else USUAL_XML
    asked = form or own or USUAL_XML
    name = f"{base}.{form.lower()}.xml" if form else f"{base}.xml"
    return _Wish(
        FileKind.ORIGINAL, form, name, "application/xml", form, lambda to: service.rendered(entity.id, asked, to)
    )


def _image(service: InvoiceService, entity: InvoiceEntity, base: str, form: str) -> _Wish:
    remote_id = remote_id_of(form)
    name = f"{base}.{remote_id.partition('_')[0].lower()}" if remote_id else base
    return _Wish(FileKind.IMAGE, remote_id, name, "", form, lambda to: service.rendered(entity.id, form, to))


def _attachment(service: InvoiceService, entity: InvoiceEntity, file: Attachment) -> _Wish:
    name = file_name(file.filename or file.id)
    return _Wish(
        FileKind.ATTACHMENT,
        file.id[:100],
        name,
        file.mimetype or "",
        name,
        lambda to: service.file(entity.id, file.id, to),
    )


def _fetch(wish: _Wish, found: list[Fetched], missing: list[Missing]) -> None:
    try:
        stored, answer = _patiently(lambda: storing.store_from(lambda to: _checked(wish, to)))
    except maventa.UnexpectedResponseError as error:
        missing.append(Missing(wish.form, str(error)[:300], is_broken=True))
        return
    except maventa.RejectedError as error:
        if error.status == 401:
            raise
        missing.append(Missing(wish.form, error.staff_text[:300]))
        return
    if answer is None or (not stored.size and wish.kind != FileKind.ATTACHMENT):
        missing.append(Missing(wish.form, _("There is none.")))
        return
    told = (wish.content_type or answer.content_type).partition(";")[0].strip().lower()
    fetched = Fetched(str(wish.kind), wish.remote_id, wish.name, told[:100], stored)
    if wish.kind == FileKind.IMAGE:
        fetched = replace(fetched, name=wish.name + _EXTENSIONS.get(told, ""))
    found.append(fetched)


def _checked(wish: _Wish, to: BinaryIO) -> maventa.Download | None:
    """Download, and look whether it is what it should be: an error page that calls itself a success is no invoice."""
    answer = wish.download(to)
    if answer is not None:
        wholeness.check(to, answer.content_type, wish.content_type or answer.content_type)
    return answer


def file_name(text: str) -> str:
    """Return a name without path, control characters and quotes."""
    bare = text.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in bare if char.isprintable() and char not in '"<>|:*?').strip(". ")[:200] or "file"
