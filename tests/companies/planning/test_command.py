"""`manage.py onboard`: the same plan and the same rows as in the browser."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from companies.models import Company, Onboarding
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import sheet
from tests.companies.fakes import FakeAutoInvoice
from tests.companies.planning.conftest import LOOKUP


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def to_file(stream: io.BytesIO) -> str:
        path = tmp_path / "companies.csv"
        path.write_bytes(stream.getvalue())
        return str(path)

    return to_file


def test_the_command_prints_json_only(account: PartnerAccount, write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("onboard", write(sheet({})), "--plan", "--json")

    report = json.loads(capsys.readouterr().out)
    assert (report["plan"], report["summary"]["new"], report["rows"][0]["row"]) == (True, 1, 2)
    assert not Onboarding.objects.exists()


def test_the_command_hides_personal_numbers(
    account: PartnerAccount, write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("onboard", write(sheet({"country": "SE", "bid": "640823-3234", "locale": "SE"})), "--json")

    out = capsys.readouterr().out
    assert "640823-••••" in out
    assert "3234" not in out


def test_the_command_ends_with_1_when_a_row_failed(
    account: PartnerAccount, write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("onboard", write(sheet({"bid": "1"}, {})))

    out = capsys.readouterr().out
    assert ended.value.code == 1
    assert "row 2" in out
    assert "bid: " in out
    assert Onboarding.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe"])
def test_the_command_ends_with_2_when_the_file_cannot_be_read(
    account: PartnerAccount, write: Any, content: bytes
) -> None:
    with pytest.raises(CommandError) as ended:
        call_command("onboard", write(io.BytesIO(content)))

    assert ended.value.returncode == 2


def test_the_command_asks_which_account_when_there_are_several(account: PartnerAccount, write: Any) -> None:
    account.pk, account.name, account.key = None, "Other", "8a4a2f0c-9f0b-4a83-a7c5-000000000002"
    account.save()

    with pytest.raises(CommandError) as ended:
        call_command("onboard", write(sheet({})))
    call_command("onboard", write(sheet({})), "--account", "Other")

    assert ended.value.returncode == 2
    assert Onboarding.objects.get().account.name == "Other"


def test_the_command_waits_until_the_companies_need_a_person(
    account: PartnerAccount, write: Any, autoinvoice: FakeAutoInvoice, capsys: pytest.CaptureFixture[str]
) -> None:
    autoinvoice.on("POST", "/v1/companies", {"id": "8a4a2f0c-9f0b-4a83-a7c5-000000000001"})
    autoinvoice.on("POST", "/v1/companies/authorizations", {"status": "sent"})

    call_command("onboard", write(sheet({})), "--wait", "--json")

    report = json.loads(capsys.readouterr().out)
    end = report["rows"][0]["end"]
    assert (report["in_time"], end["state"], end["company_state"]) == (True, "REGISTERED", "UNVERIFIED")
    assert Company.objects.count() == 1


def test_the_command_brings_companies_in_without_asking_when_told_so(
    account: PartnerAccount, write: Any, autoinvoice: FakeAutoInvoice, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("onboard", write(sheet({})), "--no-look-ups")

    assert "was not asked" in capsys.readouterr().out
    assert autoinvoice.called("GET", LOOKUP) == []
    assert Onboarding.objects.count() == 1


def test_a_plan_of_the_command_is_made_anew_when_the_file_is_run(
    account: PartnerAccount, write: Any, autoinvoice: FakeAutoInvoice, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(sheet({}))
    call_command("onboard", path, "--plan")
    autoinvoice.on("GET", LOOKUP, [{"company_bid": "12345671", "company_status": "RESERVED"}])

    with pytest.raises(SystemExit):
        call_command("onboard", path)

    assert "row 2: Example Oy: reserved" in capsys.readouterr().out
    assert not Onboarding.objects.exists()
