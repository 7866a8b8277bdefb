"""Onboarding 500 companies at 50 ms a call and 16 parallel calls, against the ideal: calls times latency by sixteen."""

import csv
import io
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure, prepare, report

COMPANIES, LATENCY, PARALLEL = 500, 0.05, 16
HEAD = "name,bid,country,address1,post_code,post_office,city,email,auth_email,locale,networks,method,authorization_id"


def companies_file(count: int) -> io.BytesIO:
    """Return a file of Dutch companies, whose ids have no check digit, verified by the partner's own process."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD.split(","))
    for number in range(count):
        place = ["Zuiddijk 1", "1505 HG", "Zaandam", "Zaandam", f"c{number}@example.test", f"s{number}@example.test"]
        own = ["NL", "VISMA", "own", f"KYC-{number}"]
        writer.writerow([f"Company {number}", 90_000_000 + number, "NL", *place, *own])
    return io.BytesIO(text.getvalue().encode())


def main(database: str) -> None:
    prepare(database)
    from companies import planning, waiting
    from companies.enums import ProfileStatus
    from companies.files import storing
    from companies.models import NetworkProfile
    from companies.planning import doors
    from portal.demo.setup import ensure_account
    from portal.operations import runner
    from portal.partners.models import ApiCall
    from tests import sandbox

    with tempfile.TemporaryDirectory() as folder, sandbox.start(Path(folder), check_answers=False) as simulator:
        account = ensure_account(Path(folder) / "sandbox-credentials.json")
        account.parallel_calls, account.calls_per_second = PARALLEL, 1000
        account.save()
        simulator.latency(LATENCY)
        file = storing.take_in(account, "bench.csv", companies_file(COMPANIES).getvalue())
        storing.decide(file, storing.columns_of(file))
        storing.read_rows(file)
        planning.start_planning(file, asks=False)
        doors.finish(file)
        began = time.perf_counter()
        planning.start(file)
        doors.finish(file)
        ids = list(file.rows.values_list("onboarding", flat=True))
        in_time = runner.run_until_idle(account, timeout=600)
        took = time.perf_counter() - began
        calls = ApiCall.objects.count()
        # The networks open a moment later at AutoInvoice; looking at them is polling, which has its own pace.
        in_time = in_time and waiting.wait_for(account, ids, timeout=600)

    active = NetworkProfile.objects.filter(network="VISMA", status=ProfileStatus.ACTIVE).count()
    assert in_time, "it took longer than ten minutes"
    assert active == COMPANIES
    ideal = calls * LATENCY / PARALLEL
    name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[database]
    report(
        Figure(
            f"{COMPANIES} companies onboarded, {LATENCY * 1000:.0f} ms a call, {PARALLEL} parallel, {name}",
            f"{took:.1f} s for {calls} calls",
            f"{ideal:.1f} s, calls × latency / {PARALLEL}",
            took / ideal,
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
