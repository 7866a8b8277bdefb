"""The link between a company and the vendor key of its software."""

from portal.sandbox import logins
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates


@simulates("getV1CompanyVendors")
def show_link(call: Call) -> Answer:
    found = call.world.db.execute(
        "select 1 from vendor_links where company_id = ? and vendor_key = ?", (companies.of(call).id, _key(call))
    ).fetchone()
    return Answer(body={"state": "linked" if found else "not_linked"})


@simulates("postV1CompanyVendors")
def link(call: Call) -> Answer:
    """Linking twice is one link. The vendor's webhooks cover the company from now on."""
    with call.world.write() as db:
        db.execute(
            "insert or ignore into vendor_links (vendor_key, company_id) values (?, ?)",
            (_key(call), companies.of(call).id),
        )
    return Answer(201, {"state": "linked"})


@simulates("deleteV1CompanyVendors")
def unlink(call: Call) -> Answer:
    with call.world.write() as db:
        db.execute(
            "delete from vendor_links where vendor_key = ? and company_id = ?", (_key(call), companies.of(call).id)
        )
    return Answer(204)


def _key(call: Call) -> str:
    """The vendor key the token was asked with. :raises Refusal: there was none"""
    if logins.vendor(call.world.db, call.vendor_key) is None:
        raise Refusal("bad_input", ["the token was asked without vendor_api_key"])
    return call.vendor_key or ""
