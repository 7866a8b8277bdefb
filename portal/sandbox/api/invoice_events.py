"""What partners poll: invoices that arrived for their companies, sent ones that failed, and the mark "handled"."""

from portal.sandbox.api import companies, invoices_rows
from portal.sandbox.api.invoices import owned
from portal.sandbox.api.invoices_list import moment
from portal.sandbox.call import Answer, Call, page_of, simulates, slice_of
from portal.sandbox.clock import stamp

LINKED = (
    # A plus sign keeps SQLite from walking all companies: what waits is few, and has an index of its own.
    "+company_id in (select l.company_id from vendor_links l join vendor_keys k on k.key = l.vendor_key"
    " where k.partner_id = ?)"
)


@simulates("patchV1InvoicesIdInvoiceEvents")
def mark(call: Call) -> Answer:
    """HANDLED after the download, or CREATED to have it listed again; sent invoices keep no such mark."""
    row = owned(call, call.params["id"])
    if row["direction"] == "RECEIVED":
        with call.world.write() as db:
            invoices_rows.update(db, row["id"], event_state=call.body["state"])
    return Answer(204)


@simulates("getV1PartnerInvoiceEventsReceived", "getV1PartnerInvoiceDeliveryActionsInbound")
def received(call: Call) -> Answer:
    """Received invoices of all companies linked to the partner's vendor keys, oldest first."""
    state = call.params.get("state", "CREATED")
    where = f"event_state = ? and direction = 'RECEIVED' and {LINKED}"
    values = [state, companies.of(call).id]
    db = call.world.db
    total = db.execute(f"select count(*) from invoices where {where}", values).fetchone()[0]  # noqa: S608
    text = f"select * from invoices where {where} order by seq limit ? offset ?"  # noqa: S608
    rows = db.execute(text, [*values, *slice_of(call)]).fetchall()
    found = [
        {
            "company_id": row["company_id"],
            "invoice_id": row["id"],
            "state": row["event_state"],
            "created_at": row["created_at"],
        }
        for row in rows
    ]
    return page_of(call, total, found)


@simulates("getV1PartnerInvoiceEventsSentErrors", "getV1PartnerInvoiceDeliveryActionsOutboundErrors")
def sent_errors(call: Call) -> Answer:
    """Sent invoices of the partner's companies that failed in the window, both ends included; each listed once."""
    start = moment("happened_after", call.params["happened_after"])
    before = call.params.get("happened_before")
    end = moment("happened_before", before) if before else stamp(call.world.now())
    where = f"happened_at >= ? and happened_at <= ? and {LINKED}"
    values = [start, end, companies.of(call).id]
    db = call.world.db
    grouped = (
        f"select company_id, invoice_id, min(seq) as first from invoice_failures where {where} group by invoice_id"  # noqa: S608
    )
    total = db.execute(f"select count(*) from ({grouped})", values).fetchone()[0]  # noqa: S608
    rows = db.execute(f"{grouped} order by first limit ? offset ?", [*values, *slice_of(call)]).fetchall()
    return page_of(call, total, [{"company_id": row["company_id"], "invoice_id": row["invoice_id"]} for row in rows])
