"""Companies that somebody else brought to AutoInvoice, with another software: their business ids are reserved."""

import secrets
import uuid
from typing import Any

from portal.sandbox.api import companies, profiles
from portal.sandbox.clock import stamp
from portal.sandbox.control.errors import WrongInputError
from portal.sandbox.networks import endpoints
from portal.sandbox.world import World

NETWORKS = ("VISMA", "PEPPOL")


def register(world: World, fields: dict[str, Any]) -> str:
    """
    Open a verified account for `bid`, `country` and `name` with a user and a software of its own; returns its id.

    `networks`: where it receives, both if none are named.

    :raises WrongInputError: a field is missing, or the business id has an account
    """
    if missing := [name for name in ("bid", "country", "name") if not fields.get(name)]:
        raise WrongInputError(f"give {', '.join(missing)}")
    if companies.find_by_bid(world.db, fields["bid"], fields["country"]):
        raise WrongInputError("the business id has an account already")
    with world.write() as db:
        columns = {name: fields[name] for name in ("bid", "country", "name")}
        company_id = companies.insert(
            world,
            columns
            | {"email": "office@elsewhere.example.test", "address1": "Street 1", "post_code": "00100", "city": "Town"}
            | {"post_office": "Town", "company_state": "VERIFIED", "auth_state": "SIGNED"},
        )
        now, user_id, key = stamp(world.now()), str(uuid.uuid4()), str(uuid.uuid4())
        db.execute(
            "insert into users (id, email, first_name, last_name, api_key, vendor_key, created_at)"
            " values (?, 'admin@elsewhere.example.test', 'Former', 'Admin', ?, ?, ?)",
            (user_id, secrets.token_hex(20), key, now),
        )
        db.execute(
            "insert into memberships (company_id, user_id, role, created_at) values (?, ?, 'ADMIN', ?)",
            (company_id, user_id, now),
        )
        db.execute("insert into vendor_keys (key, partner_id, name) values (?, ?, 'Elsewhere')", (key, company_id))
        db.execute("insert into vendor_links (vendor_key, company_id) values (?, ?)", (key, company_id))
        company = companies.get(db, company_id)
        for network in fields.get("networks", NETWORKS):
            endpoint = endpoints.derive(fields["country"], company.bid_key if company else "", network)
            profiles.open_profile(world, company_id, network, [profiles.INVOICES], endpoint)
    return company_id
