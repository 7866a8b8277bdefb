"""Who can be reached: receivers on the networks, senders among business ids, consumers, operators."""

import hashlib
import json
import sqlite3
from typing import Any

from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, page_of, simulates, slice_of
from portal.sandbox.delivery import outside
from portal.sandbox.networks import endpoints, receivers
from portal.sandbox.world import World, on_reset

# The banks that carry Finnish e-invoices, beside the operators that the delivery rules know.
BANKS = {"NDEAFIHH": "Nordea", "OKOYFIHH": "OP", "DABAFIHH": "Danske Bank"}
BILLING_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
IDENTIFIERS = {
    "INVOICE": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice",
    "CREDIT_NOTE": "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2::CreditNote",
}


@on_reset
def add_outsiders(world: World) -> None:
    """The participants outside that the delivery rules know; their business id is what their address holds."""
    with world.write() as db:
        db.executemany(
            "insert or ignore into external_receivers (scheme, endpoint_id, network, bid, name, country, operator)"
            " values (?, ?, 'PEPPOL', ?, ?, ?, 'PEPPOL')",
            [
                (item.scheme, item.endpoint, item.endpoint.removeprefix("0037"), item.name, item.country)
                for item in outside.PARTICIPANTS
            ],
        )


@simulates("getV1LookupReceivers")
def find_receivers(call: Call) -> Answer:
    """Active registrations on the networks asked for, those of the simulator and those put in from outside."""
    total, rows = receivers.search(call.world.db, call.params, slice_of(call))
    return page_of(call, total, [_entry(row) for row in rows])


@simulates("getV1LookupEndpoints")
def find_senders(call: Call) -> Answer:
    """Which of the business ids send e-invoices through AutoInvoice; unknown ones are left out."""
    wanted = call.params.get("sending", [])
    found = [
        {"bid": bid, "sending": ["invoice"]}
        for bid in call.params["business_ids"]
        if (company := companies.find_by_bid(call.world.db, bid, call.params.get("country"))) and company.verified
    ]
    return Answer(body=[entry for entry in found if not wanted or "invoice" in wanted])


@simulates("getV1LookupConsumers")
def find_consumer(call: Call) -> Answer:
    """
    The routes to a Norwegian consumer.

    Rule: who is asked for by personal number, phone or e-mail receives on both routes; a name alone is not enough,
    and a phone number or e-mail beginning with 0 stands for somebody who doesn't take invoices.
    """
    keys = [call.params.get(name, "") for name in ("ssn", "phone_number", "email", "efaktura_identifier")]
    known = [key for key in keys if key]
    status = "NOT_AVAILABLE"
    if known:
        status = "NOT_RECEIVING" if any(key.startswith("0") for key in known[-1:]) else "RECEIVING"
    reference = hashlib.sha256("|".join(str(value) for value in call.params.values()).encode()).hexdigest()[:24]
    routes: dict[str, Any] = {"dpi": {"status": status}, "yes2all": {"status": status}}
    wanted = call.params.get("routes") or list(routes)
    return Answer(body={"reference_id": reference, "routes": {name: routes[name] for name in routes if name in wanted}})


@simulates("getV1DefinitionsOperators", "getV1EntitiesOperators")
def list_operators(_call: Call) -> Answer:
    known = {outside.OWN_OPERATOR: "AutoInvoice"} | outside.OPERATORS | BANKS
    return Answer(body=[{"operator_id": code, "name": name, "country": "FI"} for code, name in known.items()])


def _entry(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "eia": row["endpoint_id"],
        "identifier": {
            "scheme": row["scheme"],
            "eaid_name": endpoints.scheme_name(row["scheme"]),
            "eaid_code": row["scheme"],
            "endpoint_id": row["endpoint_id"],
        },
        "network": row["network"],
        "operator": row["operator"] or outside.OWN_OPERATOR,
        "document_types": [_document_type(word) for name in json.loads(row["profiles"]) for word in _words(name)],
        "participant": {
            "id": row["participant"],
            "name": row["name"],
            "bid": row["bid"],
            "country": row["country"],
        },
    }


def _words(profile: str) -> list[str]:
    return ["INVOICE", "CREDIT_NOTE"] if profile == "INVOICE_AND_CREDIT_NOTE" else [profile]


def _document_type(word: str) -> dict[str, str]:
    return {
        "document_type": word,
        "document_identifier": IDENTIFIERS.get(word, word),
        "process_identifier": BILLING_PROCESS if word in IDENTIFIERS else word,
    }
