"""Running one operation of this app to its end, and rows that many tests need."""

from typing import Any

from companies.models import Company, NetworkProfile
from portal.operations import queueing, runner
from portal.operations.models import Operation

COMPANIES, PROFILES = "/v1/companies", "/v1/company/profiles"
REQUESTS, STATUS = "/v1/companies/authorizations", "/v1/companies/{id}/status"
UNSIGNED = {"auth_state": "NONE", "company_state": "UNVERIFIED"}
ASKED = {"email": "signer@example.com", "locale": "FI"}


def run(kind: str, target: Any, parameters: Any = None, **more: Any) -> Operation:
    """Queue one operation, do what can be done, return how it ended."""
    operation = queueing.queue(kind, target, parameters, account=target.account, **more)
    runner.run_until_idle(target.account, timeout=5)
    operation.refresh_from_db()
    return operation


def profile(company: Company, network: str = "VISMA", status: str = "active") -> NetworkProfile:
    return NetworkProfile.objects.create(
        account=company.account, company=company, remote_id=network.lower(), network=network, status=status,
        profiles=["INVOICE_AND_CREDIT_NOTE"], fact_at=company.created_at,
    )  # fmt: skip
