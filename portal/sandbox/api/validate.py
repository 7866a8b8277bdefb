"""The Validator: one file in, a report out. A file that is no XML is reported, not refused."""

import json
import time
import uuid

from portal.sandbox.call import Answer, Call, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.store import register_schema
from portal.sandbox.validator import report as validation_report

VERSION = "simulator"

register_schema(
    """
    create table if not exists validator_orders (seq integer primary key, left integer not null, body text not null);
    """
)


@simulates("postV1Validate", "postValidate")
def validate(call: Call) -> Answer:
    """What the rules find, or what the control API ordered for the next reports."""
    started = time.monotonic()
    upload = call.files["file"][0]
    report = validation_report.report_on(upload.content)
    body = {
        "request_id": str(uuid.uuid4()),
        "result": report.result,
        "timestamp": stamp(call.world.now()),
        "service_version": VERSION,
        "document_format": report.format,
        "document_version": report.version,
        "document_title": report.title,
        "document_identifier": report.identifier,
        "document_source": upload.filename,
        "assertions": report.assertions,
        "duration": round(time.monotonic() - started, 4),
    }
    return Answer(body=body | _ordered(call))


def _ordered(call: Call) -> dict[str, object]:
    with call.world.write() as db:
        row = db.execute("select seq, left, body from validator_orders order by seq limit 1").fetchone()
        if row is None:
            return {}
        db.execute("update validator_orders set left = left - 1 where seq = ?", (row["seq"],))
        db.execute("delete from validator_orders where left <= 0")
    ordered: dict[str, object] = json.loads(row["body"])
    return ordered
