"""`manage.py send_invoice`: exit codes, JSON, waiting."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from companies.models import Company
from invoices.models import Invoice
from portal.operations import runner
from portal.operations.models import Operation
from portal.sync import runs
from portal.sync.models import Cursor
from tests.invoices.conftest import MakeCompany, World, make_account
from tests.invoices.documents import SELLER, Who, finvoice, zipped


def run(capsys: Any, *args: object, **options: Any) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error."""
    code = 0
    try:
        call_command("send_invoice", *map(str, args), **options)
    except SystemExit as exc:
        code = int(exc.code or 0)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.xml"
    path.write_bytes(finvoice())
    return path


def test_command_queues_and_prints_nothing_but_json(company: Company, good: Path, capsys: Any) -> None:
    code, out, _err = run(capsys, "1234567-1", good, "--json")

    answer = json.loads(out)
    assert code == 0
    assert answer["company"] == str(company.uuid)
    assert [(file["outcome"], file["state"], file["ok"]) for file in answer["files"]] == [("queued", "QUEUED", True)]
    assert Operation.objects.count() == 1


def test_command_run_twice_does_nothing_twice(company: Company, good: Path, capsys: Any) -> None:
    first = run(capsys, "FI12345671", good)
    second = run(capsys, "FI12345671", good)

    assert (first[0], second[0], Operation.objects.count()) == (0, 0, 1)


def test_bad_file_costs_its_row_only(company: Company, good: Path, capsys: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_bytes(b"<!DOCTYPE a><a/>")

    code, out, _err = run(capsys, "1234567-1", bad, good, "--json")

    bad_row, good_row = json.loads(out)["files"]
    assert code == 1
    assert (bad_row["ok"], bad_row["state"], "DOCTYPE" in bad_row["text"]) == (False, "unreadable", True)
    assert good_row["ok"]
    assert Operation.objects.count() == 1


def test_concerns_are_printed(company: Company, capsys: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(finvoice(rows="90,00"))

    _code, out, _err = run(capsys, "1234567-1", path)

    assert "do not add up" in out


@pytest.mark.parametrize("business_id", ["9999999-9", "Puro Puu Oy", ""])
def test_unknown_company_is_wrong_use(company: Company, good: Path, capsys: Any, business_id: str) -> None:
    code, out, err = run(capsys, business_id, good, "--json")

    assert (code, out) == (2, "")
    assert "Onboard it first" in err


def test_missing_file_is_wrong_use_and_sends_nothing(company: Company, good: Path, capsys: Any) -> None:
    code, _out, err = run(capsys, "1234567-1", good, good.parent / "none.xml")

    assert code == 2
    assert "none.xml" in err
    assert not Operation.objects.exists()


def test_company_in_two_accounts_needs_its_account_named(
    company: Company, make_company: MakeCompany, good: Path, capsys: Any
) -> None:
    make_company(SELLER, account=make_account("Other"))

    ambiguous = run(capsys, "1234567-1", good)
    named = run(capsys, "1234567-1", good, "--account", "Other")

    assert (ambiguous[0], named[0]) == (2, 0)
    assert "--account" in ambiguous[2]
    assert Operation.objects.get().account.name == "Other"


def test_folder_is_sent_as_the_companies_that_its_senders_are(
    company: Company, make_company: MakeCompany, capsys: Any, tmp_path: Path
) -> None:
    other = make_company(Who("Toinen Oy", "FI", "2077474-0", "003720774740"))
    folder = tmp_path / "out"
    (folder / "more").mkdir(parents=True)
    (folder / "1.xml").write_bytes(finvoice("1"))
    (folder / "2.xml").write_bytes(finvoice("2"))
    (folder / "more" / "all.zip").write_bytes(
        zipped({"3.xml": finvoice("3", seller=Who(other.name, "FI", "2077474-0", "003720774740")), "4.xml": b"<a"})
    )

    code, out, _err = run(capsys, "auto", folder, "--json")
    again, _out, _err = run(capsys, "auto", folder / "1.xml")

    files = {file["number"]: file for file in json.loads(out)["files"]}
    assert (code, again) == (1, 0)
    assert [files[number]["company"] for number in "123"] == [str(company.uuid), str(company.uuid), str(other.uuid)]
    assert "broken" in files[""]["text"]
    assert Operation.objects.count() == 3


def test_file_whose_sender_is_not_clear_costs_its_row_only(company: Company, capsys: Any, tmp_path: Path) -> None:
    path = tmp_path / "1.xml"
    path.write_bytes(finvoice(seller=Who("Outo Oy", "FI", "1572860-0", "003715728600")))

    code, out, _err = run(capsys, "auto", path)

    assert (code, Operation.objects.count()) == (1, 0)
    assert "no company that the portal knows" in out


def test_command_without_files_is_wrong_use(company: Company) -> None:
    with pytest.raises(CommandError, match="required"):
        call_command("send_invoice", "1234567-1")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("buyer", "code", "state"),
    [(None, 0, "DELIVERED"), (Who("Nobody Oy", "FI", "2077474-0", "003720774740"), 1, "FAILED")],
)
def test_waiting_ends_with_the_invoice(
    world: World, capsys: Any, tmp_path: Path, buyer: Who | None, code: int, state: str
) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(finvoice(buyer=buyer) if buyer else finvoice())
    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(world, stop))
    worker.start()
    try:
        ended, out, _err = run(capsys, "1234567-1", path, "--wait", "--json", timeout=20.0)
    finally:
        stop.set()
        worker.join()

    row = json.loads(out)["files"][0]
    assert (ended, row["state"]) == (code, state)
    assert bool(row["remedy"]) == (state == "FAILED")


def _work(world: World, stop: threading.Event) -> None:
    """Do what worker and beat do."""
    while not stop.wait(0.1):
        runner.run_until_idle(world.account, timeout=1)
        Invoice.objects.filter(next_check_at__isnull=False).update(next_check_at=world.account.created_at)
        Cursor.objects.update(next_at=world.account.created_at)
        runs.run_due(budget=1)
    connection.close()
