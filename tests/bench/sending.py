"""
Sending by the thousand: reading, checking and queueing against lxml that only parses the same files, and against
parsing and keeping their bytes, which is the least that a file can cost; sends at 50 ms a call and 16 parallel against
calls times latency by sixteen; and the memory that taking files in needs.

The first is measured in CPU seconds of this process, for the machine may be busy; files are in memory before it begins.
"""

import hashlib
import resource
import sys
import tempfile
import threading
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import requests
from lxml import etree

from tests.bench import processes
from tests.bench.figures import Figure, prepare, report

if TYPE_CHECKING:
    from invoices.sending.archives import GivenFile

FILES, SENDS, MANY, LATENCY, PARALLEL = 10_000, 2000, 6000, 0.05, 16
_NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
LONG = 150  # lines


def contents(count: int, lines: int) -> Iterator[bytes]:
    """Yield UBL invoices of one seller, each with a number of its own."""
    from tests.invoices.documents import ubl

    amounts = tuple("1.00" for _line in range(lines))
    usual = ubl("NUMBER", lines=amounts, net=f"{lines}.00", tax="0.00", gross=f"{lines}.00")
    for number in range(count):
        yield usual.replace(b"NUMBER", f"{lines}-{number}".encode())


def make_company(account: Any, uuid: UUID) -> Any:
    from companies.models import Company
    from tests.invoices.documents import SELLER

    company = Company(account=account, uuid=uuid, name=SELLER.name, country="FI", state="VERIFIED")
    company.set_business_id("FI", SELLER.business_id)
    company.save()
    return company


def make_account(**fields: Any) -> Any:
    from portal.partners.models import Environment, PartnerAccount

    usual = {"environment": Environment.SANDBOX, "company_uuid": uuid4(), "user_key": "u", "vendor_key": "v"}
    return PartnerAccount.objects.create(**{"name": f"Bench {uuid4()}", **usual, **fields})


def queueing(database: str, count: int, lines: int) -> None:
    """Read, check, store and queue files as `send_invoice auto` does."""
    from invoices.sending import intake, submitting
    from invoices.sending.archives import GivenFile

    account = make_account()
    make_company(account, uuid4())
    files = [GivenFile(f"{number}.xml", content) for number, content in enumerate(contents(count, lines))]
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    began = time.process_time()
    for file in files:
        etree.fromstring(file.content, parser)
    bare = time.process_time() - began
    least = bare + _keeping(files)
    began, wall = time.process_time(), time.perf_counter()
    queued = 0
    for taken in intake.take(account, files):
        queued += sum(given.outcome == "queued" for given in submitting.queue_taken(account, taken, actor=None))
    own, took = time.process_time() - began, time.perf_counter() - wall
    assert queued == count, queued
    kilobytes = len(files[0].content) / 1024
    what = f"{count} UBL invoices of {lines} lines ({kilobytes:.0f} KB) read, checked, stored and queued, "
    report(
        Figure(
            f"{what}{_NAMES[database]} (CPU)",
            f"{count / own:,.0f} a second of CPU; {count / took:,.0f} by the clock",
            f"{count / bare:,.0f}, parsing by lxml",
            bare / own,
        ),
        Figure(
            f"{what}{_NAMES[database]} (CPU)",
            f"{count / own:,.0f} a second of CPU",
            f"{count / least:,.0f}, parsing by lxml, a digest and a file each",
            least / own,
        ),
    )


def _keeping(files: Sequence[Any]) -> float:
    """Return the CPU seconds that a digest of each content and a file of its own cost."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        for file in files:
            (Path(folder) / hashlib.sha256(file.content).hexdigest()).write_bytes(file.content)
        return time.process_time() - began


def sends(database: str, count: int) -> None:
    """Send what is queued to the simulator, then as many by hand."""
    from django.utils import timezone

    from invoices.sending import intake, submitting
    from invoices.sending.archives import GivenFile
    from portal.celery import settle
    from portal.operations import runner
    from portal.operations.models import Operation
    from portal.partners.models import ApiCall
    from tests import sandbox

    with tempfile.TemporaryDirectory() as folder, sandbox.start(Path(folder), check_answers=False) as simulator:
        account, uuid = _company_there(simulator)
        files = (GivenFile(f"{number}.xml", content) for number, content in enumerate(contents(count, 3)))
        for taken in intake.take(account, files):
            submitting.queue_taken(account, taken, actor=None)
        simulator.latency(LATENCY)
        Operation.objects.update(not_before=timezone.now() + timedelta(days=1))
        settle()  # as a worker does when it is ready
        before = ApiCall.objects.count()
        Operation.objects.update(not_before=timezone.now())
        ours = _cost(folder, lambda: runner.run_until_idle(account, timeout=900))
        calls = ApiCall.objects.count() - before
        done = Operation.objects.filter(account=account, kind="invoices.send", state="DONE").count()
        simulator.settle(timeout=60)
        bare = _cost(folder, lambda: _send_by_hand(simulator, uuid, count))
    assert done == count, done
    ideal = calls * LATENCY / PARALLEL
    what = f"{count} invoices sent, {LATENCY * 1000:.0f} ms a call, {PARALLEL} parallel, {_NAMES[database]}"
    took = f"{ours.seconds:.1f} s for {calls} calls"
    own, simulated, by_hand = (seconds / count * 1000 for seconds in (ours.own, ours.simulator, bare.own))
    report(
        Figure(what, took, f"{ideal:.1f} s, calls × latency / {PARALLEL}", ours.seconds / ideal),
        Figure(what, took, f"{bare.seconds:.1f} s, `requests` alone, as parallel", ours.seconds / bare.seconds),
        Figure(
            f"own CPU of each of these sends, {_NAMES[database]} (beside it the simulator's {simulated:.2f} ms)",
            f"{own:.2f} ms",
            f"{by_hand:.2f} ms, `requests` alone",
            own / by_hand,
        ),
    )


@dataclass(frozen=True)
class _Cost:
    """Seconds by the clock; CPU seconds of this process, and of the simulator."""

    seconds: float
    own: float
    simulator: float


def _cost(folder: str, act: Callable[[], object]) -> _Cost:
    def clocks() -> tuple[float, float, float]:
        return time.perf_counter(), time.process_time(), processes.seconds_of(folder)

    began = clocks()
    act()
    return _Cost(*(now - then for now, then in zip(clocks(), began, strict=True)))


def _company_there(simulator: Any) -> tuple[Any, UUID]:
    """Return an account at the simulator, and the id of a company of its that may send."""
    from tests.invoices.documents import SELLER

    keys = simulator.credentials
    urls = {name: url for name, url in keys.items() if name.endswith("_url")}
    account = make_account(
        company_uuid=UUID(keys["company_uuid"]), user_key=keys["user_api_key"], vendor_key=keys["vendor_api_key"],
        own_kyc=True, sandbox_urls=urls, parallel_calls=PARALLEL, calls_per_second=1000,
    )  # fmt: skip
    form = {
        "vendor_api_key": keys["vendor_api_key"], "user_api_key": keys["user_api_key"], "name": SELLER.name,
        "bid": SELLER.business_id, "no_vat": "true", "address1": "Street 1", "post_code": "00100",
        "post_office": "Helsinki", "city": "Helsinki", "country": "FI", "email": "office@example.com",
    }  # fmt: skip
    parts: Any = {name: (None, value) for name, value in form.items()}
    uuid = UUID(requests.post(f"{keys['ax_url']}/v1/companies", files=parts, timeout=10).json()["id"])
    simulator.change(str(uuid), company_state="VERIFIED")
    make_company(account, uuid)
    return account, uuid


def _send_by_hand(simulator: Any, company: UUID, count: int) -> None:
    """Send as many files with nothing but `requests`, in as many threads."""
    url = f"{simulator.credentials['ax_url']}/v1/invoices"
    headers = {"Authorization": f"Bearer {simulator.token(scope='eui', company=str(company))}"}
    own = threading.local()

    def send(content: bytes) -> None:
        session = own.session = getattr(own, "session", None) or requests.Session()
        parts: Any = {"file": ("invoice.xml", content), "uuid": (None, str(uuid4()))}
        session.post(url, headers=headers, files=parts, timeout=60).raise_for_status()

    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(send, contents(count, 3)))


def memory(count: int) -> None:
    """Compare what taking in few files, loose and in a ZIP, holds at its peak with ten times as many."""
    _peak(count, _loose)  # the interpreter's own tables grow once
    few, many = (_peak(number, _loose) for number in (count // 10, count))
    few_zipped, many_zipped = (_peak(number, _zipped) for number in (count // 10, count))
    report(
        Figure(
            f"memory at its peak while {count} invoices are taken in one by one",
            f"{many / 2**20:.1f} MB",
            f"{few / 2**20:.1f} MB, {count // 10} invoices",
            many / few,
        ),
        Figure(
            f"memory at its peak while a ZIP of {count} invoices is taken in",
            f"{many_zipped / 2**20:.1f} MB",
            f"{few_zipped / 2**20:.1f} MB, a ZIP of {count // 10}",
            many_zipped / few_zipped,
        ),
    )


def _loose(count: int, _folder: Path) -> "Iterator[GivenFile]":
    from invoices.sending.archives import GivenFile

    return (GivenFile(f"{number}.xml", content) for number, content in enumerate(contents(count, 3)))


def _zipped(count: int, folder: Path) -> "Iterator[GivenFile]":
    from invoices.sending import archives

    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        for number, content in enumerate(contents(count, 3)):
            whole.writestr(f"{number}.xml", content)
    return archives.walk([archives.Loose("all.zip", path.stat().st_size, lambda: path.open("rb"))])


def _peak(count: int, files: "Callable[[int, Path], Iterator[GivenFile]]") -> int:
    from invoices.sending import intake

    account = make_account()
    make_company(account, uuid4())
    with tempfile.TemporaryDirectory() as folder:
        given = files(count, Path(folder))
        tracemalloc.start()
        read = sum(len(taken) for taken in intake.take(account, given))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert read == count
    return peak


def main(database: str, files: int = FILES, count: int = SENDS) -> None:
    prepare(database)
    queueing(database, files, 3)
    queueing(database, files // 10, LONG)
    sends(database, count)
    memory(MANY)
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
