"""Files of companies in the database, planned and carried out in this process; AutoInvoice is in memory."""

from collections.abc import Callable
from typing import Any

import pytest

from companies.enums import ImportState
from companies.files import storing
from companies.models import ImportFile, ImportRow
from companies.planning import asking, comparing, doors, start, start_planning
from portal.operations import runner
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import sheet
from tests.companies.fakes import FakeAutoInvoice

LOOKUP, RECEIVERS, COMPANIES = "/v1/partner/lookups/companies", "/v1/lookup/receivers", "/v1/companies"
OURS = "8a4a2f0c-9f0b-4a83-a7c5-000000000001"
MakeFile = Callable[..., ImportFile]


def free(given: dict[str, Any]) -> list[dict[str, str]]:
    return [{"company_bid": bid, "company_status": "FREE"} for bid in given["params"]["bids"]]


@pytest.fixture(autouse=True)
def _world_without_anybody(autoinvoice: FakeAutoInvoice, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    autoinvoice.on("GET", LOOKUP, free)
    autoinvoice.on("GET", RECEIVERS, [])
    autoinvoice.on("GET", COMPANIES, [])
    monkeypatch.setattr(asking, "_PAUSE", 0.001)


@pytest.fixture
def make_file(account: PartnerAccount) -> MakeFile:
    """Store a file with these rows, each saying only how it differs from a good one; its rows are read."""

    def make(*rows: dict[str, str], name: str = "customers.csv") -> ImportFile:
        file = storing.take_in(account, name, sheet(*rows).getvalue())
        storing.decide(file, storing.columns_of(file))
        assert storing.read_rows(file)
        return file

    return make


def planned(file: ImportFile, *, asks: bool = True) -> list[ImportRow]:
    """Plan the file to its end; return its rows."""
    assert start_planning(file, asks=asks)
    doors.finish(file)
    assert file.state == ImportState.PLANNED
    return list(file.rows.order_by("number"))


def carried_out(file: ImportFile, *, sends: bool = False) -> list[ImportRow]:
    """Plan the file if it is not, carry it out, and send what can be sent; return its rows."""
    if file.state == ImportState.MAPPED:
        planned(file)
    start(file)
    file.refresh_from_db()
    doors.finish(file)
    if sends:
        runner.run_until_idle(file.account, timeout=5)
    return list(file.rows.order_by("number"))


def compared(file: ImportFile) -> list[ImportRow]:
    """Hold plan and outcome against each other; return the rows."""
    comparing.compare(ImportFile.objects.select_related("account", "batch").get(pk=file.pk))
    file.refresh_from_db()
    return list(file.rows.order_by("number"))
