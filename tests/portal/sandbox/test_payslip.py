"""Mass printing: the text tells, never the status."""

import base64
import hashlib
from typing import Any

import pytest

from tests.portal.sandbox.clients import Ax
from tests.portal.sandbox.invoice_files import zipped

LETTERS = zipped({"letter-1.pdf": b"%PDF-1.4 one", "letter-2.pdf": b"%PDF-1.4 two"})


def post(ax: Ax, path: str, form: dict[str, Any], headers: dict[str, str] | None = None) -> str:
    url = ax.simulator.credentials["payslip_url"] + path
    answer = ax.http.post(url, data=form, headers=headers or {}, timeout=20)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return answer.text


def register(ax: Ax, company: str, **changes: str) -> str:
    form = {
        "sw_api_key": ax.simulator.credentials["vendor_api_key"],
        "company_uuid": company,
        "company_name": "Pohjolan Puu Oy",
        "user_email": "letters@example.test",
        "user_pw": "made-up-password",
        "test_mode": "0",
    }
    return post(ax, "/register", form | changes)


def login(ax: Ax) -> dict[str, str]:
    return {"COMPANY-UUID": ax.company, "USER-API-KEY": ax.simulator.credentials["user_api_key"]}


def send(ax: Ax, content: bytes = LETTERS, headers: dict[str, str] | None = None, **changes: str) -> str:
    sha1 = hashlib.sha1(content).hexdigest()
    form = {
        "sw_api_key": ax.simulator.credentials["vendor_api_key"],
        "file": base64.b64encode(content).decode(),
        "filename": "letters.zip",
        "hash": sha1,
        "zipHash": sha1,
        "color_print": "true",
        "version": "portal 1",
    }
    return post(ax, "/input_public", form | changes, headers or login(ax))


def status(ax: Ax, **form: str) -> str:
    return post(ax, "/file_status", form, login(ax))


@pytest.fixture
def company(ax: Ax) -> Ax:
    return ax.verified("FI")


def test_a_company_is_registered_once_and_an_address_too(company: Ax) -> None:
    other = company.register("FI", "2000005-9")

    answers = [
        register(company, company.company),
        register(company, company.company, user_email="other@example.test"),
        register(company, other),
    ]

    assert answers == ["OK", "ERROR: COMPANY UUID ALREADY REGISTERED", "ERROR: USER EMAIL ALREADY IN USE"]


@pytest.mark.parametrize(
    "change",
    [
        {"sw_api_key": "wrong"},
        {"company_uuid": "11111111-1111-4111-8111-111111111111"},
        {"company_uuid": "none"},
        {"user_email": "nobody"},
        {"user_pw": ""},
        {"test_mode": "2"},
    ],
)
def test_a_wrong_registration_is_told_in_text(company: Ax, change: dict[str, str]) -> None:
    assert register(company, company.company, **change).startswith("ERROR: ")
    assert register(company, company.company) == "OK"


def test_printing_is_for_finland(ax: Ax) -> None:
    assert register(ax, ax.register("NO")) == "ERROR: COMPANY COUNTRY NOT SUPPORTED"


def test_letters_are_taken_and_printed_after_a_while(company: Ax) -> None:
    register(company, company.company)

    taken = send(company)
    word, number = taken.split()
    before = status(company, filename="letters.zip")
    company.simulator.advance(2)

    [job] = company.simulator.control("GET", f"/companies/{company.company}/printing")
    assert (word, before) == ("OK", "OK RECEIVED")
    assert status(company, id=number) == "OK PRINTED"
    assert (job["letters"], job["color_print"], job["letter_class"], job["document_type"]) == (
        2,
        1,
        "priority",
        "PDFXML",
    )


def test_nothing_is_printed_in_test_mode_until_support_ends_it(company: Ax) -> None:
    register(company, company.company, test_mode="1")
    send(company)
    company.simulator.advance(2)

    company.simulator.control("PATCH", f"/companies/{company.company}/printing", {"test_mode": False})
    send(company, filename="second.zip")
    company.simulator.advance(2)

    assert status(company, filename="letters.zip") == "OK TEST MODE, NOT PRINTED"
    assert status(company, filename="second.zip") == "OK PRINTED"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"hash": "0" * 40}, "ERROR: HASH DOES NOT MATCH FILE"),
        ({"zipHash": "0" * 40}, "ERROR: HASH DOES NOT MATCH FILE"),
        ({"file": "###"}, "ERROR: FILE IS NOT BASE64"),
        ({"sw_api_key": "wrong"}, "ERROR: SW API KEY NOT VALID"),
        ({"document_type": "EPL"}, "ERROR: NO EPL LETTERS IN ZIP"),
    ],
)
def test_what_cannot_be_printed_is_told_in_text(company: Ax, change: dict[str, str], text: str) -> None:
    register(company, company.company)

    assert send(company, **change) == text


@pytest.mark.parametrize("change", [{"filename": "letters.pdf"}, {"document_type": "DOC"}, {"letter_class": "slow"}])
def test_words_outside_the_contract_are_told_in_text(company: Ax, change: dict[str, str]) -> None:
    register(company, company.company)

    assert send(company, **change).startswith("ERROR: INVALID PARAMETERS")


@pytest.mark.parametrize("content", [b"no zip", zipped({}), zipped({"readme.txt": b"x"})])
def test_a_zip_without_letters_is_refused(company: Ax, content: bytes) -> None:
    register(company, company.company)

    assert send(company, content).startswith("ERROR: ")


def test_a_file_name_is_used_once(company: Ax) -> None:
    register(company, company.company)

    assert [send(company)[:2], send(company)] == ["OK", "ERROR: FILENAME ALREADY USED"]


def test_a_pdf_with_a_password_is_taken_and_then_an_error(company: Ax) -> None:
    register(company, company.company)

    taken = send(company, zipped({"a.pdf": b"%PDF-1.4 /Encrypt 5 0 R"}))

    assert taken.startswith("OK")
    assert status(company, filename="letters.zip") == "ERROR: PDF CANNOT BE PRINTED"


def test_user_name_and_password_log_in_as_well(company: Ax) -> None:
    register(company, company.company)

    right = send(company, headers={"USERNAME": "Letters@example.test", "USERPW": "made-up-password"})
    wrong = send(company, headers={"USERNAME": "letters@example.test", "USERPW": "other"}, filename="b.zip")

    assert (right[:2], wrong) == ("OK", "ERROR: LOGIN FAILED")


def test_without_a_registration_nothing_is_taken(company: Ax) -> None:
    assert send(company) == "ERROR: COMPANY NOT REGISTERED"


def test_the_status_of_an_unknown_file_is_an_error(company: Ax) -> None:
    assert status(company, filename="never.zip") == "ERROR: FILE NOT FOUND"
    assert status(company) == "ERROR: FILENAME MISSING"
