"""The dossier of an authorization: its chain, its files, and that a changed file is found out."""

import io
import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from companies import dossier, mirrors, services
from companies.dossier import Evidence, chain, document, pdf, verification
from companies.models import Company, DossierEntry, DossierHead
from portal.operations import queueing, runner
from portal.partners.models import PartnerAccount
from tests.companies.conftest import MakeCompany
from tests.companies.fakes import FakeAutoInvoice
from tests.companies.running import ASKED, run

pytestmark = pytest.mark.django_db
REQUESTS = "/v1/companies/authorizations"
Authorized = Callable[..., Company]


@pytest.fixture
def authorized(make_company: MakeCompany, autoinvoice: FakeAutoInvoice, django_user_model: Any) -> Authorized:
    """Ask for a company's authorization, and have it signed."""

    def make(business_id: str = "1234567-1", **fields: Any) -> Company:
        company = make_company(business_id, **fields)
        actor, _made = django_user_model.objects.get_or_create(
            username="ann", defaults={"first_name": "Ann", "last_name": "Åström"}
        )
        autoinvoice.on("POST", REQUESTS, {"status": "ok", "company_count": 1})
        run("companies.authorize", company, {**ASKED, "signer_name": "Łukasz Žižka"}, actor=actor)
        signed = services.CompanyStatus(company_state="VERIFIED", auth_state="SIGNED", auth_email=ASKED["email"])
        mirrors.write_status(company, signed, timezone.now())
        return company

    return make


def file_of(company: Company) -> bytes:
    return document.to_bytes(document.of_company(company, made_by="ann"))


def pdf_of(company: Company) -> bytes:
    return pdf.to_bytes_sealed(document.of_company(company, made_by="ann"))


def tampered(content: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    told = json.loads(content)
    change(told)
    return document.to_bytes(told)


def test_the_chain_tells_who_asked_whom_how_and_what_told_the_outcome(authorized: Authorized) -> None:
    company = authorized()

    entries = list(company.dossier_entries.order_by("sequence"))

    assert [entry.kind for entry in entries] == ["requested", "authorization", "state", "authorization", "request"]
    asked = entries[0].content
    assert (asked["by"], asked["signer_name"], asked["signer_email"]) == (
        "Ann Åström (ann)", "Łukasz Žižka", "signer@example.com",
    )  # fmt: skip
    assert (asked["method"], asked["language"], asked["told_by"]["kind"]) == ("visma_sign", "FI", "operation")
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert verification.is_whole(company)


def test_the_chain_has_one_entry_for_each_number_when_many_are_added_at_once(make_company: MakeCompany) -> None:
    first, second, at = make_company(), make_company("0112038-9"), timezone.now()

    dossier.add([Evidence(company, "note", at, {"n": n}) for n in range(3) for company in (first, second)])
    dossier.add([Evidence(first, "note", at, {"n": 3})])

    assert list(first.dossier_entries.order_by("pk").values_list("sequence", flat=True)) == [1, 2, 3, 4]
    assert DossierHead.objects.get(company=first).length == 4
    assert all(verification.is_whole(company) for company in (first, second))


def test_an_entry_is_never_rewritten(authorized: Authorized) -> None:
    entry = authorized().dossier_entries.earliest("sequence")

    with pytest.raises(TypeError):
        entry.save()


@pytest.mark.parametrize("make", [file_of, pdf_of])
def test_a_file_is_true_as_it_was_made(authorized: Authorized, make: Callable[[Company], bytes]) -> None:
    verdict = verification.verify(make(authorized()))

    assert verdict.differences == []


@pytest.mark.parametrize("make", [file_of, pdf_of])
def test_a_file_stays_true_when_more_has_happened_since(
    authorized: Authorized, make: Callable[[Company], bytes]
) -> None:
    company = authorized()
    content = make(company)
    mirrors.write_state(company, "UNVERIFIED", timezone.now() + timedelta(seconds=1))

    verdict = verification.verify(content)

    assert verdict.is_true
    assert "1 entries came after" in verdict.remarks[0]


def test_a_file_without_a_changed_byte_only_is_true(authorized: Authorized, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "_pages_that_differ", lambda _content, _found: ())  # it names, and costs
    company = authorized()
    chance = random.Random(7)

    for content in (file_of(company), pdf_of(company)):
        for place in chance.sample(range(len(content)), 60):
            changed = bytearray(content)
            changed[place] ^= 1 << chance.randrange(7)
            assert not verification.verify(bytes(changed)).is_true, f"byte {place} of {content[:5]!r}"
        for other in (content + b" ", content[:-1], content[: len(content) // 2], b""):
            assert not verification.verify(other).is_true


def test_a_changed_value_is_named_with_what_the_database_has(authorized: Authorized) -> None:
    content = file_of(authorized())

    forged = tampered(content, lambda told: told["companies"][0]["entries"][0]["content"].update(signer_name="Eve"))

    differences = "\n".join(verification.verify(forged).differences)
    assert "content.signer_name is “Eve”, not “Łukasz Žižka”" in differences
    assert "entry 1: its hash does not fit" in differences
    assert "signature of the account" in differences


def test_a_file_forged_with_right_hashes_does_not_pass(authorized: Authorized) -> None:
    company = authorized()

    def forge(told: dict[str, Any]) -> None:
        part, previous = told["companies"][0], ""
        part["entries"][0]["content"]["signer_email"] = "eve@example.com"
        for entry in part["entries"]:
            entry["previous"] = previous
            previous = entry["hash"] = chain.hash_of(str(company.uuid), entry)
        part["head"]["hash"] = previous

    differences = "\n".join(verification.verify(tampered(file_of(company), forge)).differences)

    assert "signature of the account" in differences
    assert "signature of the anchor" in differences


def test_a_database_whose_entries_were_rewritten_vouches_for_nothing(authorized: Authorized) -> None:
    company = authorized()
    content = file_of(company)
    entry = company.dossier_entries.get(sequence=1)
    DossierEntry.objects.filter(pk=entry.pk).update(content={**entry.content, "signer_name": "Eve"})

    verdict = verification.verify(content)

    assert "the chain in the database itself is broken" in "\n".join(verdict.differences)


def test_a_pdf_whose_pages_were_changed_names_the_page(authorized: Authorized) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(authorized())))
    writer = pypdf.PdfWriter(clone_from=reader)
    writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)

    differences = "\n".join(verification.verify(out.getvalue()).differences)

    assert "seal" in differences
    assert "pages instead of" in differences


def test_a_pdf_shows_names_of_all_of_europe_and_holds_the_same_as_data(authorized: Authorized) -> None:
    company = authorized(name="Öljy & Þór Ελλάς Жук Oy")

    reader = pypdf.PdfReader(io.BytesIO(pdf_of(company)))

    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Öljy & Þór Ελλάς Жук Oy" in text
    assert "Łukasz Žižka" in text
    assert json.loads(reader.attachments["dossier.json"][0])["companies"][0]["uuid"] == str(company.uuid)


def test_a_joint_dossier_holds_all_companies_of_one_call(
    make_company: MakeCompany, account: PartnerAccount, autoinvoice: FakeAutoInvoice
) -> None:
    companies = [make_company("1234567-1", name="A"), make_company("0112038-9", name="B")]
    autoinvoice.on("POST", REQUESTS, {"status": "ok", "company_count": 2})

    rows = [queueing.Row(company, ASKED, company_uuid=company.uuid) for company in companies]
    queueing.queue_many("companies.authorize", rows, account=account)
    runner.run_until_idle(account, timeout=5)
    call = DossierEntry.objects.filter(kind="requested").earliest("pk").joint
    assert call is not None

    joint = document.of_call(account, call, made_by="ann")

    assert [part["name"] for part in joint["companies"]] == ["A", "B"]
    assert verification.verify(pdf.to_bytes_sealed(joint)).is_true


def test_a_company_that_was_never_authorized_has_no_dossier(make_company: MakeCompany) -> None:
    with pytest.raises(document.NothingToProveError, match="never authorized"):
        document.of_company(make_company(), made_by="ann")


def test_a_personal_number_is_masked_unless_asked_for(authorized: Authorized) -> None:
    company = authorized("640823-3234", country="SE")

    masked = document.of_company(company, made_by="ann")
    clear = document.of_company(company, made_by="ann", unmasked=True)

    assert "3234" not in document.to_bytes(masked).decode()
    assert clear["companies"][0]["business_id"].replace("-", "").endswith("6408233234")
    assert verification.verify(document.to_bytes(clear)).is_true


def test_the_command_says_whether_a_file_is_true(
    authorized: Authorized, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = pdf_of(authorized())
    true, false = tmp_path / "true.pdf", tmp_path / "false.pdf"
    true.write_bytes(content)
    false.write_bytes(content[:3000] + bytes([content[3000] ^ 1]) + content[3001:])

    call_command("verify_dossier", str(true))
    assert "TRUE: 1" in capsys.readouterr().out

    with pytest.raises(CommandError, match="NOT TRUE"):
        call_command("verify_dossier", str(false))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_dossier", str(tmp_path / "none.pdf"))


def test_the_command_refuses_what_is_no_dossier(tmp_path: Path) -> None:
    for name, content in (("a.json", b"[]"), ("b.json", b"\xff"), ("c.pdf", b"%PDF-1.4\n%%EOF"), ("d", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CommandError, match="not a dossier"):
            call_command("verify_dossier", str(tmp_path / name))
