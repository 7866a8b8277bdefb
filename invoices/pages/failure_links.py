"""What an invoice was sent in place of, and what was sent in its place: for its page."""

from typing import Any

from invoices import links, pills
from invoices.failures import queue as failures
from invoices.failures.mending import NAMES
from invoices.failures.queue import Failure
from invoices.models import Invoice, Upload
from portal.operations import pills as operation_pills


def context(invoice: Invoice, upload: Upload | None) -> dict[str, Any]:
    """Return what the card of predecessors and successors shows; few statements, none when there are no links."""
    before = failures.chain_of(invoice.account_id, upload.replaces) if upload else None
    return {
        "replaces": {"row": before, "url": _url(before)} if before else None,
        "changes": [{**change, "name": NAMES.get(change["field"], change["field"])} for change in _changes(upload)],
        "successors": [_later(row) for row in failures.successors_of(invoice)],
        "settled": failures.settled_by(invoice),
    }


def _changes(upload: Upload | None) -> list[dict[str, str]]:
    return upload.changes if upload else []


def _later(upload: Upload) -> dict[str, Any]:
    invoice = Invoice.objects.filter(account=upload.account_id, uuid=upload.uuid).first()
    operation = None if invoice else upload.operations.order_by("-pk").first()
    state = pills.status_pill(invoice) if invoice else operation_pills.of_operation(operation) if operation else ""
    row: Failure = invoice or upload
    return {"row": row, "url": _url(row), "state": state}


def _url(row: Failure) -> str:
    return links.page_of(row) if isinstance(row, Invoice) else links.files_page(row.company_id, [row.pk])
