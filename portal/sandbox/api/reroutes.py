"""PUT /v1/invoices/{id}/reroute/…: a failed invoice goes another way and is decided anew."""

import sqlite3
from dataclasses import replace

from portal.sandbox.api.invoices import owned
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.delivery import carrying
from portal.sandbox.delivery.deciding import Options
from portal.sandbox.world import World

POSTAL = (
    "recipient_name",
    "recipient_address1",
    "recipient_address2",
    "recipient_post_code",
    "recipient_post_office",
    "recipient_state",
    "recipient_country",
)
OPTIONAL = ("recipient_address2", "recipient_state")


@simulates("putV1InvoicesIdRerouteEinvoice")
def to_einvoice(call: Call) -> Answer:
    """Exactly this address at exactly this operator."""
    fields = _required(call, "recipient_eia", "recipient_operator")
    eia, operator = fields["recipient_eia"], fields["recipient_operator"]
    return _reroute(call, Options(eia=eia, operator=operator, only="einvoice"), f"Rerouted to {eia}, {operator}")


@simulates("putV1InvoicesIdRerouteEmail")
def to_email(call: Call) -> Answer:
    address = _required(call, "recipient_email")["recipient_email"]
    return _reroute(call, Options(email=address, only="email"), f"Rerouted to {address}")


@simulates("putV1InvoicesIdReroutePrint")
def to_print(call: Call) -> Answer:
    """To the printing service, which must be enabled in the company's settings."""
    _required(call, *[name for name in POSTAL if name not in OPTIONAL])
    postal = {name: str(call.body[name]).strip() for name in POSTAL if name in call.body}
    return _reroute(call, Options(postal=postal, only="print"), "Rerouted to print")


def _required(call: Call, *names: str) -> dict[str, str]:
    values = {name: str(call.body.get(name, "")).strip() for name in names}
    missing = [f"{name}: is required" for name, value in values.items() if not value]
    if missing:
        raise Refusal("field_missing", missing)
    return values


def _reroute(call: Call, options: Options, text: str) -> Answer:
    with call.world.write():
        row = owned(call, call.params["id"])
        if row["direction"] != "SENT" or row["status"] != "FAILED":
            raise Refusal("not_failed", [f"status is {row['status']}"])
        _send(call.world, row, options, text)
    return Answer(body={})


def _send(world: World, row: sqlite3.Row, options: Options, text: str) -> None:
    before = carrying.options_of(row)
    carrying.reroute(world, row, replace(options, recipient_type=before.recipient_type), text)
