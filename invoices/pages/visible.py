"""Finding what a page is about, among what its viewer may see."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from invoices.enums import Direction
from invoices.models import Invoice, InvoiceFile, ReceivedInvoice, SentInvoice
from portal.partners.models import PartnerAccount


def visible(request: HttpRequest, pk: str | int) -> Invoice:
    """
    Return an invoice of an account that the viewer may see.

    :raises Http404: there is none
    """
    if not str(pk).isdecimal():
        raise Http404
    accounts = PartnerAccount.objects.visible_to(request.user)
    return get_object_or_404(Invoice.objects.select_related("company", "account"), pk=pk, account__in=accounts)


def visible_file(request: HttpRequest, pk: int, file_pk: int) -> InvoiceFile:
    """
    Return a file of an invoice that the viewer may see.

    :raises Http404: there is none
    """
    invoices = Invoice.objects.filter(account__in=PartnerAccount.objects.visible_to(request.user))
    files = InvoiceFile.objects.select_related("invoice")
    return get_object_or_404(files, pk=file_pk, invoice=pk, invoice__in=invoices)


def in_its_list(invoice: Invoice) -> Invoice:
    """Return the invoice as a row of the list it belongs to, for the page's crumbs."""
    model = SentInvoice if invoice.direction == Direction.SENT else ReceivedInvoice
    row: Invoice = model.objects.select_related("company", "account").get(pk=invoice.pk)
    return row
