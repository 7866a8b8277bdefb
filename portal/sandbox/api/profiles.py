"""Network profiles of a company: registered, opened a little later, changed, closed."""

import json
import sqlite3
import uuid
from dataclasses import dataclass
from typing import Any

from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.company import Company
from portal.sandbox.networks import agreements, endpoints, holders, rules
from portal.sandbox.networks.endpoints import Endpoint
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

INVOICES = "INVOICE_AND_CREDIT_NOTE"

register_schema(
    """
    create table if not exists profiles (
        id text primary key, company_id text not null, network text not null, profiles text not null,
        profile_version text, scheme text, endpoint_id text, status text not null, event_message text,
        event_at text, extensions text not null, network_settings text, created_at text not null
    );
    create index if not exists profiles_company on profiles (company_id);
    create index if not exists profiles_endpoint on profiles (endpoint_id);
    create table if not exists external_receivers (
        scheme text not null, endpoint_id text not null, network text not null, bid text not null,
        name text not null, country text not null, operator text not null, primary key (network, scheme, endpoint_id)
    );
    create table if not exists network_refusals (
        company_id text not null, network text not null, message text not null, primary key (company_id, network)
    );
    """
)


@dataclass(frozen=True, slots=True)
class Profile:
    """One registration. `status` is pending, active or error."""

    id: str
    company_id: str
    network: str
    profiles: list[str]
    profile_version: str | None
    scheme: str | None
    endpoint_id: str | None
    status: str


@simulates("getV1CompanyProfiles")
def list_profiles(call: Call) -> Answer:
    wanted = {rules.canonical(network) for network in call.params.get("network", [])}
    states = call.params.get("status", [])
    rows = call.world.db.execute(
        "select * from profiles where company_id = ? order by created_at, rowid", (companies.of(call).id,)
    )
    return Answer(
        body=[
            _described(row)
            for row in rows
            if (not wanted or rules.canonical(row["network"]) in wanted) and (not states or row["status"] in states)
        ]
    )


@simulates("getV1CompanyProfilesId")
def show_profile(call: Call) -> Answer:
    return Answer(body=_described(_own(call)))


@simulates("postV1CompanyProfiles")
def create_profile(call: Call) -> Answer:
    """A pending registration; it becomes active, or an error if the registry refuses its address."""
    company = companies.require_verified(call)
    network = call.body.get("network", rules.DEFAULT_NETWORK)
    names = call.body.get("profiles") or rules.default_profiles(network)
    version = call.body.get("profile_version")
    _check_market(call.world.db, company, network, names, version)
    extensions = _extensions_given(company, call.body.get("profiles_with_extensions", []))
    _meet_former_operator(call.world, company, network, call.body)
    with call.world.write() as db:
        if rules.needs_visma(network, names) and not active(db, company.id, "VISMA"):
            raise Refusal("visma_not_active")
        endpoint = _endpoint(company, network, call.body)
        _check_conflicts(db, company, network, names, endpoint, given="endpoint_id" in call.body)
        profile_id = open_profile(
            call.world,
            company.id,
            network,
            names,
            endpoint,
            version=version,
            extensions=extensions,
            settings=call.body.get("network_settings"),
        )
        row = db.execute("select * from profiles where id = ?", (profile_id,)).fetchone()
    return Answer(201, _described(row))


@simulates("patchV1CompanyProfilesId")
def change_settings(call: Call) -> Answer:
    row = _own(call)
    settings = (json.loads(row["network_settings"] or "{}")) | (call.body.get("network_settings") or {})
    with call.world.write() as db:
        db.execute("update profiles set network_settings = ? where id = ?", (json.dumps(settings), row["id"]))
    return Answer(204)


@simulates("putV1CompanyProfilesIdExtensions")
def set_extensions(call: Call) -> Answer:
    """Replace the extensions of one profile of the registration."""
    row, company = _own(call), companies.of(call)
    name, extensions = call.body["profile_name"], call.body["extensions"]
    reasons = [reason for word in extensions if (reason := rules.extension_refusal(name, word, company.country))]
    if name not in json.loads(row["profiles"]):
        reasons.append(f"{name} is not part of this registration")
    if reasons:
        raise Refusal("extension_not_for_market", reasons)
    held = json.loads(row["extensions"]) | {name: extensions}
    with call.world.write() as db:
        db.execute("update profiles set extensions = ? where id = ?", (json.dumps(held), row["id"]))
    return Answer(200, _described(_own(call)))


@simulates("deleteV1CompanyProfilesId")
def delete_profile(call: Call) -> Answer:
    row, company = _own(call), companies.of(call)
    with call.world.write() as db:
        if row["network"] == "VISMA" and (others := _dependents(db, company.id)):
            raise Refusal("deletion_refused", [f"{network} depends on VISMA" for network in others])
        close_profile(call.world, row["id"])
    return Answer(204)


def close_profile(world: World, profile_id: str) -> None:
    """End a registration, whoever asked for it."""
    with world.write() as db:
        row = db.execute("select * from profiles where id = ?", (profile_id,)).fetchone()
        db.execute("delete from profiles where id = ?", (profile_id,))
        _tell(world, row, "DISABLED")


def open_profile(
    world: World,
    company_id: str,
    network: str,
    names: list[str],
    endpoint: Endpoint | None,
    *,
    version: str | None = None,
    extensions: dict[str, list[str]] | None = None,
    settings: dict[str, Any] | None = None,
) -> str:
    """Store a pending registration and let it open after a while; returns its id."""
    profile_id, now = str(uuid.uuid4()), stamp(world.now())
    with world.write() as db:
        db.execute(
            "insert into profiles (id, company_id, network, profiles, profile_version, scheme, endpoint_id, status,"
            " event_message, event_at, extensions, network_settings, created_at)"
            " values (?, ?, ?, ?, ?, ?, ?, 'pending', 'Registration requested', ?, ?, ?, ?)",
            (
                profile_id,
                company_id,
                network,
                json.dumps(names),
                version,
                endpoint.scheme if endpoint else None,
                endpoint.endpoint_id if endpoint else None,
                now,
                json.dumps(extensions or {}),
                json.dumps(settings) if settings else None,
                now,
            ),
        )
        row = db.execute("select * from profiles where id = ?", (profile_id,)).fetchone()
        _tell(world, row, "CREATED")
        world.later(agreements.opening(world.clock, network, company_id), "settle_profile", profile_id=profile_id)
    return profile_id


@job("settle_profile")
def settle_profile(world: World, profile_id: str) -> None:
    """Pending becomes active, or error when the registry refuses the address."""
    row = world.db.execute("select * from profiles where id = ? and status = 'pending'", (profile_id,)).fetchone()
    if row is None:
        return
    reason = _registry_refusal(world.db, row)
    with world.write() as db:
        db.execute(
            "update profiles set status = ?, event_message = ?, event_at = ? where id = ?",
            ("error" if reason else "active", reason or "Registered", stamp(world.now()), profile_id),
        )
        if reason is None:
            _tell(world, row, "ENABLED")


def active(db: sqlite3.Connection, company_id: str, network: str) -> Profile | None:
    """The active registration of a company in a network, invoices first; None if there is none."""
    found = [
        _profile(row)
        for row in db.execute(
            "select * from profiles where company_id = ? and status = 'active' order by created_at", (company_id,)
        )
        if rules.canonical(row["network"]) == rules.canonical(network)
    ]
    return min(found, key=lambda profile: INVOICES not in profile.profiles, default=None)


def find_receiver(db: sqlite3.Connection, scheme: str | None, endpoint_id: str) -> str | None:
    """
    The company that takes invoices at an address on VISMA or PEPPOL; None if nobody in the simulator does.

    :param scheme: None or empty: any scheme
    """
    for row in db.execute(
        "select * from profiles where endpoint_id = ? and status = 'active' and network in ('VISMA', 'PEPPOL')"
        " order by network desc",
        (endpoint_id,),
    ):
        if INVOICES in json.loads(row["profiles"]) and (not scheme or scheme == row["scheme"]):
            return str(row["company_id"])
    return None


def _check_market(
    db: sqlite3.Connection, company: Company, network: str, names: list[str], version: str | None
) -> None:
    reasons = [agreements.refusal(db, company.id, network)]
    reasons += [rules.market_refusal(network, name, company.country) for name in names]
    reasons += [rules.version_refusal(name, version, company.country) for name in names]
    if found := [reason for reason in reasons if reason]:
        raise Refusal("profile_not_for_market", found)
    if version is None and (missing := [name for name in names if rules.needs_version(network, name)]):
        raise Refusal("version_missing", [f"{name} needs a profile_version" for name in missing])


def _endpoint(company: Company, network: str, body: dict[str, Any]) -> Endpoint | None:
    scheme, endpoint_id = body.get("scheme"), body.get("endpoint_id")
    if scheme and endpoint_id:
        return Endpoint(scheme, endpoint_id)
    derived = endpoints.derive(company.country, company.bid_key, network)
    if network not in ("PEPPOL", "VISMA"):
        return None
    if derived is None:
        raise Refusal("endpoint_not_derivable", ["give scheme and endpoint_id"])
    return Endpoint(scheme or derived.scheme, endpoint_id or derived.endpoint_id)


def _meet_former_operator(world: World, company: Company, network: str, body: dict[str, Any]) -> None:
    """Apart from the registration: what somebody holds stays held when that is refused."""
    scheme, endpoint_id = body.get("scheme"), body.get("endpoint_id")
    given = Endpoint(scheme, endpoint_id) if scheme and endpoint_id else None
    endpoint = given or endpoints.derive(company.country, company.bid_key, network)
    if endpoint is not None and holders.is_ruled(network, endpoint):
        with world.write() as db:
            holders.apply_rule(db, network, endpoint, company.country)


def _check_conflicts(
    db: sqlite3.Connection,
    company: Company,
    network: str,
    names: list[str],
    endpoint: Endpoint | None,
    *,
    given: bool,
) -> None:
    mine = db.execute("select * from profiles where company_id = ? and status != 'error'", (company.id,)).fetchall()
    further = given and endpoint is not None and agreements.holds(db, company.id, agreements.ADDRESSES)
    held = {
        name
        for row in mine
        if _same_network(row, network) and not (further and endpoint and row["endpoint_id"] != endpoint.endpoint_id)
        for name in json.loads(row["profiles"])
    }
    if repeated := [name for name in names if name in held]:
        raise Refusal("same_registration", [f"{network} has {name} already" for name in repeated])
    if endpoint is None:
        return
    address = f"{endpoint.scheme}:{endpoint.endpoint_id}"
    if _is_taken(db, company.id, network, names, endpoint):
        raise Refusal("eia_taken", [f"{address} is registered in {network} already"])
    if endpoints.is_of_other(endpoint, company.bid_key):
        raise Refusal("eia_of_other_bid", [f"{address} belongs to another business id"])


def _is_taken(db: sqlite3.Connection, company_id: str, network: str, names: list[str], endpoint: Endpoint) -> bool:
    others = db.execute(
        "select * from profiles where endpoint_id = ? and scheme = ? and company_id != ? and status != 'error'",
        (endpoint.endpoint_id, endpoint.scheme, company_id),
    )
    return holders.is_held(db, network, endpoint) or any(
        _same_network(row, network) and set(names) & set(json.loads(row["profiles"])) for row in others
    )


def _same_network(row: sqlite3.Row, network: str) -> bool:
    return rules.canonical(row["network"]) == rules.canonical(network)


def _extensions_given(company: Company, items: list[Any]) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for item in items:
        if isinstance(item, dict) and item.get("profile_name"):
            words = item.get("extensions") or []
            given[item["profile_name"]] = [words] if isinstance(words, str) else list(words)
    reasons = [
        reason
        for name, words in given.items()
        for word in words
        if (reason := rules.extension_refusal(name, word, company.country))
    ]
    if reasons:
        raise Refusal("profile_not_for_market", reasons)
    return given


def _registry_refusal(db: sqlite3.Connection, row: sqlite3.Row) -> str | None:
    ordered = db.execute(
        "select message from network_refusals where company_id = ? and network = ?", (row["company_id"], row["network"])
    ).fetchone()
    if ordered:
        return str(ordered["message"])
    if row["network"] != "PEPPOL" or not row["endpoint_id"]:
        return None
    return endpoints.fault(Endpoint(row["scheme"], row["endpoint_id"]))


def _dependents(db: sqlite3.Connection, company_id: str) -> list[str]:
    rows = db.execute("select * from profiles where company_id = ? and status != 'error'", (company_id,))
    return [row["network"] for row in rows if rules.needs_visma(row["network"], json.loads(row["profiles"]))]


def _own(call: Call) -> sqlite3.Row:
    row: sqlite3.Row | None = call.world.db.execute(
        "select * from profiles where id = ? and company_id = ?", (call.params["id"], companies.of(call).id)
    ).fetchone()
    if row is None:
        raise Refusal("not_found")
    return row


def _tell(world: World, row: sqlite3.Row, action: str) -> None:
    data = {"network": row["network"], "profiles": json.loads(row["profiles"]), "id": row["id"]}
    world.emit(f"NETWORKS.{row['network']}.{action}", row["company_id"], data)


def _profile(row: sqlite3.Row) -> Profile:
    names = [name for name in Profile.__dataclass_fields__ if name != "profiles"]
    return Profile(**{name: row[name] for name in names}, profiles=json.loads(row["profiles"]))


def _described(row: sqlite3.Row) -> dict[str, Any]:
    extensions: dict[str, list[str]] = json.loads(row["extensions"])
    described = {
        "id": row["id"],
        "status": row["status"],
        "last_event": {"message": row["event_message"], "created_at": row["event_at"]},
        "profiles": json.loads(row["profiles"]),
        "profile_version": row["profile_version"],
        "network": row["network"],
        "profiles_with_extensions": [
            {"profile_name": name, "extensions": words} for name, words in extensions.items() if words
        ],
        "network_settings": json.loads(row["network_settings"] or "null"),
    }
    address = {name: row[name] for name in ("scheme", "endpoint_id") if row[name] is not None}
    return described | address
