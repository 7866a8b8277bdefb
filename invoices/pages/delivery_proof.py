"""The proof of delivery: a page to print, and the same as text to copy."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from invoices import links
from invoices.enums import Direction
from invoices.files import originals
from invoices.following import delivery_proof
from invoices.pages.visible import visible
from portal.sites import page


@permission_required("invoices.view_invoice", raise_exception=True)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one sent invoice; `?format=text` gives the text alone."""
    invoice = visible(request, pk)
    if invoice.direction != Direction.SENT:
        raise Http404
    proof = delivery_proof.of(invoice, originals.upload_of(invoice))
    if request.GET.get("format") == "text":
        return HttpResponse(proof.text, content_type="text/plain; charset=utf-8")
    context = {"title": proof.title, "proof": proof, "back": links.page_of(invoice)}
    return page(request, "invoices/delivery_proof.html", context)
