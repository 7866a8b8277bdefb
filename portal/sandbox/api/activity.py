"""POST /v1/company/keep_active: the count of quiet months starts anew."""

from portal import contract
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, simulates
from portal.sandbox.clock import stamp

MONTH_DAYS = 30.44


@simulates("postV1CompanyKeepActive")
def keep_active(call: Call) -> Answer:
    companies.update(call.world, companies.of(call).id, active_at=stamp(call.world.now()))
    return Answer(201)


def is_disabled(call: Call, company: companies.Company) -> bool:
    """Switched off by hand, or quiet for 13 months."""
    months = contract.networks()["limits"]["inactivity"]["disable_months"]
    quiet = call.world.now() - companies.parse_time(company.active_at)
    return company.disabled or quiet.days > months * MONTH_DAYS
