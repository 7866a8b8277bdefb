"""
Agreements with agencies: Amili (Kassavirta and Perintä), Ropo and Intrum.

Rules: verified companies only; Amili is for Finland, Ropo for Finland, Sweden and Norway, Intrum for Finland. Amili and
Ropo are active once their agreement is signed; the contact's address steers who signs: `refuse@…` declines, `ignore@…`
never answers and is reminded after a week. Intrum is active once its client code is given.
"""

import json
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import DAY, stamp
from portal.sandbox.collection import rows
from portal.sandbox.company import Company
from portal.sandbox.mailboxes import check_email
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

__all__ = ["rows"]  # its tables are these services' too

register_schema(
    """
    create table if not exists collection_reminders (
        company_id text not null, agency text not null, email text not null, sent_at text not null
    );
    """
)
AMILI, ROPO, INTRUM = "amili", "ropo", "intrum"
MARKETS = {AMILI: ("FI",), ROPO: ("FI", "SE", "NO"), INTRUM: ("FI",)}
CURRENCIES = {"FI": "EUR", "SE": "SEK", "NO": "NOK"}
PENDING, ACTIVE, DISABLED = "PENDING", "ACTIVE", "DISABLED"
FULL, EXPRESS = "full", "express"
_ACCOUNT = {"iban": "FI2112345600000785", "bic": "NDEAFIHH", "account_number": "12345600000785"}
_PHRASES = {
    "FI": "Saatava on siirretty Amilille. Maksu vain tilille {iban}.",
    "SV": "Fordran har överförts till Amili. Betalning endast till {iban}.",
    "EN": "The receivable is transferred to Amili. Pay to {iban} only.",
}


@dataclass(frozen=True, slots=True)
class Service:
    status: str
    fields: dict[str, Any]
    token: str

    @property
    def kind(self) -> str:
        return str(self.fields.get("service_type", ""))


@simulates("getV1ServicesReceivables", "getV2ServicesAmiliReceivables")
def show_amili(call: Call) -> Answer:
    return Answer(body=_amili(call.world, companies.of(call)))


@simulates("putV1ServicesReceivables", "putV2ServicesAmiliReceivables")
def activate_amili(call: Call) -> Answer:
    """Pending until the company is identified; putting once more changes what was given."""
    company, fields = companies.require_verified(call), dict(call.body)
    _check_market(company, AMILI)
    for name in ("contact_email", "customer_service_email", "authorization_email"):
        check_email(name, fields.get(name) or "")
    if not _is_iban(fields["iban"]):
        raise Refusal("bad_input", ["iban: is no IBAN"])
    fields = {"service_type": FULL, "accountable_party": "vfsfi"} | fields
    _ask(call.world, company, AMILI, fields, fields["contact_email"])
    return Answer(body=_amili(call.world, company))


@simulates("patchV1ServicesReceivables", "patchV2ServicesAmiliReceivables")
def change_amili(call: Call) -> Answer:
    company = companies.of(call)
    held = _standing(call.world.db, company.id, AMILI)
    _store(call.world, company.id, AMILI, held.status, held.fields | call.body)
    return Answer(204)


@simulates("deleteV1ServicesReceivables", "deleteV2ServicesAmiliReceivables")
def close_amili(call: Call) -> Answer:
    return _close(call, AMILI)


@simulates("getV2ServicesRopoReceivables")
def show_ropo(call: Call) -> Answer:
    held = of_company(call.world.db, companies.of(call).id, ROPO)
    if held is None:
        raise Refusal("not_found")
    return Answer(body=_ropo(call.world, held))


@simulates("putV2ServicesRopoReceivables")
def activate_ropo(call: Call) -> Answer:
    company, email = companies.require_verified(call), call.body["agreement_contact_email"]
    _check_market(company, ROPO)
    check_email("agreement_contact_email", email)
    _ask(call.world, company, ROPO, dict(call.body), email)
    return Answer(body=_ropo(call.world, _standing(call.world.db, company.id, ROPO)))


@simulates("deleteV2ServicesRopoReceivables")
def close_ropo(call: Call) -> Answer:
    return _close(call, ROPO)


@simulates("getV2ServicesIntrumReceivables")
def show_intrum(call: Call) -> Answer:
    held = of_company(call.world.db, companies.of(call).id, INTRUM)
    return Answer(body=_intrum(held) if held else {"status": DISABLED})


@simulates("putV2ServicesIntrumReceivables")
def activate_intrum(call: Call) -> Answer:
    company = companies.require_verified(call)
    _check_market(company, INTRUM)
    check_email("agreement_contact_email", call.body["agreement_contact_email"])
    _store(call.world, company.id, INTRUM, PENDING, dict(call.body))
    return Answer(201, _intrum(_standing(call.world.db, company.id, INTRUM)))


@simulates("patchV2ServicesIntrumReceivables")
def give_client_code(call: Call) -> Answer:
    company, code = companies.of(call), (call.body.get("client_code") or "").strip()
    held = _standing(call.world.db, company.id, INTRUM)
    if not code:
        raise Refusal("bad_input", ["client_code: is required"])
    _store(call.world, company.id, INTRUM, ACTIVE, held.fields | {"client_code": code})
    return Answer(204)


@simulates("deleteV2ServicesIntrumReceivables")
def close_intrum(call: Call) -> Answer:
    return _close(call, INTRUM)


def of_company(db: sqlite3.Connection, company_id: str, agency: str) -> Service | None:
    row = db.execute(
        "select * from collection_services where company_id = ? and agency = ?", (company_id, agency)
    ).fetchone()
    return None if row is None else Service(row["status"], json.loads(row["fields"]), row["token"])


def settle(world: World, company_id: str, agency: str, *, signed: bool) -> bool:
    """The agreement is signed, or declined; False if none is pending."""
    with world.write():
        held = of_company(world.db, company_id, agency)
        if held is None or held.status != PENDING:
            return False
        _store(world, company_id, agency, ACTIVE if signed else DISABLED, held.fields)
        event = "ENABLED" if signed else "DISABLED"
        world.emit(f"NETWORKS.RECEIVABLES.{event}", company_id, {"network": "RECEIVABLES", "service": agency})
    return True


@job("collection_agreement")
def agreement(world: World, company_id: str, agency: str, decision: str) -> None:
    settle(world, company_id, agency, signed=decision == "sign")


@job("collection_reminder")
def remind(world: World, company_id: str, agency: str, email: str) -> None:
    """A week has gone by: the contact gets a reminder if the agreement still waits."""
    held = of_company(world.db, company_id, agency)
    if held is not None and held.status == PENDING:
        with world.write() as db:
            values = (company_id, agency, email, stamp(world.now()))
            db.execute("insert into collection_reminders values (?, ?, ?, ?)", values)


def _ask(world: World, company: Company, agency: str, fields: dict[str, Any], email: str) -> None:
    held = of_company(world.db, company.id, agency)
    if held is not None and held.status == ACTIVE:
        _store(world, company.id, agency, ACTIVE, held.fields | fields)
        return
    with world.write():
        _store(world, company.id, agency, PENDING, fields)
        world.later(7 * DAY, "collection_reminder", company_id=company.id, agency=agency, email=email)
        who = email.partition("@")[0]
        if who == "ignore":
            return
        decision = "decline" if who == "refuse" else "sign"
        agreed = {"company_id": company.id, "agency": agency, "decision": decision}
        world.later("service_active", "collection_agreement", **agreed)


def _close(call: Call, agency: str) -> Answer:
    company = companies.of(call)
    held = _standing(call.world.db, company.id, agency)
    _store(call.world, company.id, agency, DISABLED, held.fields)
    return Answer(204)


def _standing(db: sqlite3.Connection, company_id: str, agency: str) -> Service:
    """:raises Refusal: not_found, without a service that is active or pending"""
    held = of_company(db, company_id, agency)
    if held is None or held.status == DISABLED:
        raise Refusal("not_found")
    return held


def _store(world: World, company_id: str, agency: str, status: str, fields: dict[str, Any]) -> None:
    held = of_company(world.db, company_id, agency)
    token = held.token if held else secrets.token_urlsafe(12)
    values = (company_id, agency, status, json.dumps(fields), token, stamp(world.now()))
    with world.write() as db:
        db.execute("insert or replace into collection_services values (?, ?, ?, ?, ?, ?)", values)


def _check_market(company: Company, agency: str) -> None:
    if company.country not in MARKETS[agency]:
        raise Refusal("bad_input", [f"{agency} is not for {company.country}"])


def _amili(world: World, company: Company) -> dict[str, Any]:
    held = of_company(world.db, company.id, AMILI)
    if held is None:
        return {"status": DISABLED}
    shown = {name: value for name, value in held.fields.items() if name != "postal_address"}
    notes = [{"code": code, "phrase": phrase.format(iban=_ACCOUNT["iban"])} for code, phrase in _PHRASES.items()]
    answer = shown | {"status": held.status, "vfsfi": _ACCOUNT | {"notes": notes}}
    return answer | ({"activation_url": _link(world, held)} if held.status == PENDING else {})


def _ropo(world: World, held: Service) -> dict[str, Any]:
    answer = {"status": held.status, "agreement_contact_email": held.fields["agreement_contact_email"]}
    return answer | ({"activation_url": _link(world, held)} if held.status == PENDING else {})


def _intrum(held: Service) -> dict[str, Any]:
    names = ("agreement_contact_phone", "agreement_contact_email", "agreement_contact_name", "details")
    return {"status": held.status} | {name: held.fields[name] for name in names if name in held.fields}


def _link(world: World, held: Service) -> str:
    return f"{world.base_url}/collection/{held.token}"


def _is_iban(text: str) -> bool:
    compact = text.replace(" ", "").upper()
    if not compact.isalnum() or not 15 <= len(compact) <= 34:
        return False
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1
