"""Who can be reached: receivers on the networks, senders among business ids, consumers, operators."""

import hashlib
import json
import sqlite3
from typing import Any

from portal.sandbox import delivery_outside, endpoints, networks
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, page_of, simulates
from portal.sandbox.endpoints import Endpoint
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
                for item in delivery_outside.PARTICIPANTS
            ],
        )


@simulates("getV1LookupReceivers")
def find_receivers(call: Call) -> Answer:
    """Active registrations on the networks asked for, those of the simulator and those put in from outside."""
    entries = [*_inside(call.world.db), *_outside(call.world.db)]
    found = [entry for entry in entries if _matches(entry, call.params)]
    page, per_page = call.params["page"], call.params["per_page"]
    return page_of(call, len(found), found[(page - 1) * per_page : page * per_page])


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
    known = {delivery_outside.OWN_OPERATOR: "AutoInvoice"} | delivery_outside.OPERATORS | BANKS
    return Answer(body=[{"operator_id": code, "name": name, "country": "FI"} for code, name in known.items()])


def _inside(db: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = db.execute(
        "select p.*, c.name, c.bid, c.country from profiles p join companies c on c.id = p.company_id"
        " where p.status = 'active' and p.endpoint_id is not null order by c.name, p.network"
    )
    return [
        _entry(
            Endpoint(row["scheme"], row["endpoint_id"]),
            row["network"],
            {"id": row["company_id"], "name": row["name"], "bid": row["bid"], "country": row["country"]},
            json.loads(row["profiles"]),
        )
        for row in rows
    ]


def _outside(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Participants that are no customers here."""
    return [
        _entry(
            Endpoint(row["scheme"], row["endpoint_id"]),
            row["network"],
            {
                "id": f"{row['scheme']}:{row['endpoint_id']}",
                "name": row["name"],
                "bid": row["bid"],
                "country": row["country"],
            },
            ["INVOICE_AND_CREDIT_NOTE"],
            operator=row["operator"],
        )
        for row in db.execute("select * from external_receivers order by name, network")
    ]


def _entry(
    endpoint: Endpoint,
    network: str,
    participant: dict[str, str],
    profiles: list[str],
    operator: str = delivery_outside.OWN_OPERATOR,
) -> dict[str, Any]:
    return {
        "eia": endpoint.endpoint_id,
        "identifier": {
            "scheme": endpoint.scheme,
            "eaid_name": endpoints.scheme_name(endpoint.scheme),
            "eaid_code": endpoint.scheme,
            "endpoint_id": endpoint.endpoint_id,
        },
        "network": network,
        "operator": operator,
        "document_types": [_document_type(word) for name in profiles for word in _words(name)],
        "participant": participant,
    }


def _words(profile: str) -> list[str]:
    return ["INVOICE", "CREDIT_NOTE"] if profile == "INVOICE_AND_CREDIT_NOTE" else [profile]


def _document_type(word: str) -> dict[str, str]:
    return {
        "document_type": word,
        "document_identifier": IDENTIFIERS.get(word, word),
        "process_identifier": BILLING_PROCESS if word in IDENTIFIERS else word,
    }


def _matches(entry: dict[str, Any], params: dict[str, Any]) -> bool:
    participant = entry["participant"]
    key = companies.bid_key(participant["bid"], participant["country"])
    words = {item["document_type"] for item in entry["document_types"]}
    return (
        networks.canonical(entry["network"]) in {networks.canonical(name) for name in params["network"]}
        and ("eia" not in params or _same_address(entry, params["eia"], variants=params.get("allow_eia_variants")))
        and ("bid" not in params or companies.bid_key(params["bid"], participant["country"]) == key)
        and params.get("name", "").casefold() in participant["name"].casefold()
        and (not params.get("country") or participant["country"] in params["country"])
        and (not params.get("document_type") or bool(words & set(params["document_type"])))
    )


def _same_address(entry: dict[str, Any], asked: str, *, variants: bool | None) -> bool:
    """Exactly, with or without the scheme in front; as a variant also without the Finnish prefix or with a suffix."""
    eia = entry["eia"]
    exact = asked in (eia, f"{entry['identifier']['scheme']}:{eia}")
    return exact or (bool(variants) and companies.compact(asked).removeprefix("0037") in eia)
