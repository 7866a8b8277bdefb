"""
The count of quiet months: an account without a transaction is closed after thirteen of them by the simulator's clock.

POST /v1/company/keep_active starts the count anew; for an account that is closed already it comes too late.
"""

import calendar
import sqlite3
from datetime import datetime

from portal import contract
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.company import Company
from portal.sandbox.world import World


@simulates("postV1CompanyKeepActive")
def keep_active(call: Call) -> Answer:
    company = companies.of(call)
    if is_disabled(call, company):
        raise Refusal("bad_input", ["the account is disabled; support can open it again"])
    companies.update(call.world, company.id, active_at=stamp(call.world.now()))
    return Answer(201)


def is_disabled(call: Call, company: Company) -> bool:
    """Switched off by hand, or quiet for 13 months; once closed it stays so."""
    return is_closed(call.world, company)


def is_closed(world: World, company: Company) -> bool:
    """Tell whether the account is disabled, and keep that fact when it has just become so."""
    if company.disabled or company.is_partner:  # a partner's account is never quiet: its customers act through it
        return company.disabled
    months = contract.networks()["limits"]["inactivity"]["disable_months"]
    if world.now() < _months_after(last_activity(world.db, company), months):
        return False
    companies.update(world, company.id, disabled=1)
    return True


def last_activity(db: sqlite3.Connection, company: Company) -> datetime:
    """The latest of registration, keep-active, and invoice sent or received."""
    row = db.execute("select max(created_at) as at from invoices where company_id = ?", (company.id,)).fetchone()
    known = companies.parse_time(company.active_at)
    return max(known, companies.parse_time(row["at"])) if row["at"] else known


def _months_after(moment: datetime, months: int) -> datetime:
    place = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(place, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
