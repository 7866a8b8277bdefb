"""Mass printing in Finland: form posts that are always answered with 200; the text tells success from failure."""

import hashlib
import sqlite3

from portal.sandbox import logins
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.company import Company
from portal.sandbox.letters import accounts, printing
from portal.sandbox.letters.printing import LettersError
from portal.sandbox.mailboxes import check_email

COUNTRY = "FI"


@simulates("PostRegister")
def register(call: Call) -> Answer:
    """One account a company, one company an e-mail address. Test mode stays until the control API ends it."""
    body, db = call.body, call.world.db
    if logins.vendor(db, body["sw_api_key"]) is None:
        return _error("SW API KEY NOT VALID")
    company = companies.get(db, body["company_uuid"].lower())
    if company is None:
        return _error("COMPANY NOT FOUND")
    if company.country != COUNTRY:
        return _error("COMPANY COUNTRY NOT SUPPORTED")
    check_email("user_email", body["user_email"])
    if missing := [name for name in ("company_name", "user_email", "user_pw") if not body[name]]:
        return _error(f"{missing[0].replace('_', ' ').upper()} MISSING")
    with call.world.write() as connection:
        if accounts.of_company(connection, company.id):
            raise Refusal("uuid_registered")
        return _added(call, connection, company)


def _added(call: Call, db: sqlite3.Connection, company: Company) -> Answer:
    body = call.body
    values = {
        "company_id": company.id,
        "company_name": body["company_name"],
        "email": body["user_email"].lower(),
        "test_mode": int(body.get("test_mode", "0")),
        "notify": 1 - int(body.get("disable_notify_on_complete", "0")),
        "created_at": stamp(call.world.now()),
    }
    if db.execute("select 1 from print_accounts where email = ?", (values["email"],)).fetchone():
        raise Refusal("email_used", message="ERROR: USER EMAIL ALREADY IN USE")
    accounts.add(db, values, body["user_pw"])
    return _text("OK")


@simulates("PostInputPublic")
def take(call: Call) -> Answer:
    """`OK` and the number of the job, or why not."""
    company, body = companies.of(call), call.body
    account = accounts.of_company(call.world.db, company.id)
    if account is None:
        return _error("COMPANY NOT REGISTERED")
    if logins.vendor(call.world.db, body["sw_api_key"]) is None:
        return _error("SW API KEY NOT VALID")
    kind = body.get("document_type", "PDFXML")
    try:
        content = printing.unpacked(body["file"], body["hash"], body["zipHash"])
        letters = printing.letters_of(content, kind)
    except LettersError as error:
        if "HASH" in str(error):
            raise Refusal("hash_wrong", message=f"ERROR: {error}") from error
        return _error(str(error))
    return _queued(call, account, content, letters)


def _queued(call: Call, account: sqlite3.Row, content: bytes, letters: list[bytes]) -> Answer:
    body, kind = call.body, call.body.get("document_type", "PDFXML")
    row = {
        "company_id": account["company_id"],
        "filename": body["filename"],
        "sha1": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "document_type": kind,
        "letter_class": body.get("letter_class", "priority"),
        "color_print": int(body.get("color_print", False)),
        "duplex": int(body.get("duplex", False)),
        "version": body.get("version", ""),
        "license_key": body.get("license_key", ""),
        "letters": len(letters),
        "test_mode": account["test_mode"],
        "status": printing.first_status(letters, kind, test_mode=bool(account["test_mode"])),
        "created_at": stamp(call.world.now()),
    }
    with call.world.write() as db:
        try:
            job_id = accounts.insert(db, "print_jobs", row)
        except sqlite3.IntegrityError:
            return _error("FILENAME ALREADY USED")
        call.world.later("letters_printed", "print_letters", job_id=job_id)
    return _text(f"OK {job_id}")


@simulates("PostFileStatus")
def show(call: Call) -> Answer:
    """By `filename`, or by the number that `OK` came with (`id` or `file_id`)."""
    body = call.body
    asked = str(body.get("filename") or body.get("id") or body.get("file_id") or "")
    if not asked:
        return _error("FILENAME MISSING")
    row = call.world.db.execute(
        "select status from print_jobs where company_id = ? and (filename = ? or cast(id as text) = ?)",
        (companies.of(call).id, asked, asked),
    ).fetchone()
    return _error("FILE NOT FOUND") if row is None else _text(row["status"])


def _text(text: str) -> Answer:
    return Answer(body=text, content_type="text/plain")


def _error(text: str) -> Answer:
    return _text(f"ERROR: {text}")
