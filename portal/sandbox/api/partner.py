"""What a partner may ask before it registers a company."""

from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, simulates


@simulates("getV1PartnerLookupsCompanies")
def look_up(call: Call) -> Answer:
    """One entry for each business id asked for: RESERVED if it has an account in that country, else FREE."""
    country = call.params["country"]
    return Answer(
        body=[
            {
                "company_bid": bid,
                "company_status": "RESERVED" if companies.find_by_bid(call.world.db, bid, country) else "FREE",
            }
            for bid in call.params["bids"]
        ]
    )
