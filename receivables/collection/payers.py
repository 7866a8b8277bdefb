"""Who owes an invoice: the payers that staff gave, else the buyer as the invoice's file names it."""

from invoices.documents import Document
from invoices.enums import FileKind
from invoices.files import storing
from invoices.files.xml import UnreadableFileError
from invoices.models import Invoice, Upload
from invoices.sending import checks
from receivables import personal
from receivables.enums import PayerRole
from receivables.models import HandOver, Payer


def of_invoice(invoice: Invoice) -> Payer:
    """Return the buyer as an unsaved payer, as far as the mirror and the stored file know it."""
    document = _document(invoice)
    buyer = document.buyer if document else None
    payer = Payer(
        role=PayerRole.MAIN,
        name=(buyer.name if buyer else "") or invoice.counterparty_name,
        identifier="",
        country=(buyer.country if buyer else "") or invoice.counterparty_country[:2],
    )
    if buyer:
        payer.street = ", ".join(buyer.address.lines)[:200]
        payer.post_code, payer.city = buyer.address.post_code[:20], buyer.address.city[:100]
    known = (buyer.business_id if buyer else "") or invoice.real_business_id
    if personal.is_number(payer.country, known):
        payer.personal_number = personal.compact(known)
    else:
        payer.identifier = known[:40]
    return payer


def of_hand_over(hand_over: HandOver | None, invoice: Invoice) -> list[Payer]:
    """Return the payers of an invoice, the main one first."""
    given = list(hand_over.payers.all()) if hand_over and hand_over.pk else []
    return sorted(given, key=lambda payer: payer.role != PayerRole.MAIN) or [of_invoice(invoice)]


def has_address(payer: Payer) -> bool:
    return all((payer.street, payer.post_code, payer.city, payer.country))


def _document(invoice: Invoice) -> Document | None:
    sha256 = _digest(invoice)
    if not sha256:
        return None
    try:
        with storing.opened(sha256) as stream:
            return checks.inspect(stream.read(), "invoice").document
    except (FileNotFoundError, UnreadableFileError):
        return None


def _digest(invoice: Invoice) -> str:
    """Return the digest of the invoice's own file: as fetched from AutoInvoice, else as it was given to us."""
    fetched = invoice.files.filter(kind=FileKind.ORIGINAL).values_list("sha256", flat=True).first()
    given = Upload.objects.filter(account=invoice.account_id, company=invoice.company_id, uuid=invoice.uuid)
    return fetched or given.values_list("sha256", flat=True).first() or ""
