"""
Whether a dossier's file is true: each byte as the portal wrote it, each hash right, each entry as the database has it.

Nothing in the file is believed before the account's signature over it is right; when it is not, the file is compared
all the same, so that what was changed can be named.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pypdf
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from companies.dossier import chain, document, pdf
from companies.dossier.document import Document
from companies.models import Company, DossierEntry, DossierHead
from portal.partners.models import PartnerAccount

LARGEST = 30_000_000  # bytes of a file that is looked at
MOST_DIFFERENCES = 20


@dataclass(slots=True)
class Verdict:
    """What came of it. `remarks` do not speak against the file."""

    differences: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    document: Document | None = None

    @property
    def is_true(self) -> bool:
        return not self.differences


def verify(content: bytes) -> Verdict:
    """Return whether a file, PDF or JSON, is a true dossier, and what differs if not."""
    verdict = Verdict()
    if len(content) > LARGEST:
        verdict.differences.append(_("The file is larger than any dossier."))
    elif content.startswith(b"%PDF-"):
        _verify_pdf(content, verdict)
    else:
        _verify_json(content, verdict)
    del verdict.differences[MOST_DIFFERENCES:]
    return verdict


def _verify_json(content: bytes, verdict: Verdict) -> None:
    found = _read(content)
    if found is None:
        verdict.differences.append(_("The file is not a dossier of this portal."))
        return
    _verify_document(found, verdict)
    if verdict.is_true and document.to_bytes(found) != content:
        verdict.differences.append(_("The file says the same, but it is not written as the portal writes it."))


def _verify_pdf(content: bytes, verdict: Verdict) -> None:
    found = _read(_attached(content))
    if found is None:
        verdict.differences.append(_("The file is a PDF, but not a dossier of this portal: it holds no data."))
        return
    account = _verify_document(found, verdict)
    body, mark, tail = content.rpartition(pdf.SEAL)
    if account is None or (mark and tail == pdf.seal(account.pk, body).encode() + b"\n"):
        return
    if not mark:
        verdict.differences.append(_("The seal behind the end of the file is missing."))
    else:
        verdict.differences.append(_("The seal does not fit the file: it was changed after it was made."))
    verdict.differences.extend(_pages_that_differ(content, found))


def _read(content: bytes) -> Document | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    is_ours = isinstance(found, dict) and found.get("format") == document.FORMAT
    return found if is_ours and isinstance(found.get("companies"), list) else None


def _attached(content: bytes) -> bytes:
    try:
        attached = pypdf.PdfReader(io.BytesIO(content)).attachments.get(pdf.ATTACHED, [])
    except Exception:  # noqa: BLE001  a broken file makes its reader stumble in any way: then it holds no data
        return b""
    return attached[0] if attached else b""


def _verify_document(found: Document, verdict: Verdict) -> PartnerAccount | None:
    """Compare a document with its seal and with the database; return its account, if that is known here."""
    verdict.document = found
    try:
        account = _account(found)
        if account is None:
            verdict.differences.append(_("No partner account of this portal made the dossier."))
            return None
        if found.get("seal") != document.seal(account.pk, found):
            verdict.differences.append(_("The signature of the account does not fit what the file says."))
        for company in found["companies"]:
            verdict.differences.extend(_differences(account, company, verdict))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        verdict.differences.append(_("The file lacks what every dossier has."))
        return None
    return account


def _account(found: Document) -> PartnerAccount | None:
    told = found["account"]
    accounts = PartnerAccount.objects.filter(pk=int(told["number"])).defer("user_key", "vendor_key")
    account = accounts.first()
    return account if account is not None and str(account.company_uuid) == told["company"] else None


def _differences(account: PartnerAccount, told: dict[str, Any], verdict: Verdict) -> Iterator[str]:
    """Yield what one company's part says otherwise than the database, and where its own hashes break."""
    company = Company.objects.filter(account=account, uuid=UUID(told["uuid"])).first()
    if company is None:
        yield _("%(company)s is not known here.") % {"company": told["name"]}
        return
    stored = [chain.entry_data(entry) for entry in DossierEntry.objects.filter(company=company).order_by("sequence")]
    yield from _broken_database(company, stored)
    verdict.remarks.extend(_renamed(company, told))
    yield from _entries_that_differ(company, told["entries"], stored)
    head = told["head"]
    if head["signature"] != _signature(company, head) and (head["length"] or told["entries"]):
        yield _("%(company)s: the signature of the anchor is not ours.") % {"company": told["name"]}
    last = told["entries"][-1]["hash"] if told["entries"] else ""
    if head["length"] != len(told["entries"]) or head["hash"] != last:
        yield _("%(company)s: the anchor does not fit the entries.") % {"company": told["name"]}
    if len(stored) > len(told["entries"]):
        text = _("%(company)s: %(number)d entries came after the file was made.")
        verdict.remarks.append(text % {"company": told["name"], "number": len(stored) - len(told["entries"])})


def _renamed(company: Company, told: dict[str, Any]) -> Iterator[str]:
    """Yield what is called otherwise today; that the file was made so, its signature says."""
    ids = (company.business_id, company.real_business_id)
    for name, known in (("name", (company.name,)), ("country", (company.country,)), ("business_id", ids)):
        if told[name] not in known:
            yield _("%(company)s: its %(name)s is “%(mine)s” in the portal now.") % {
                "company": told["name"],
                "name": name,
                "mine": known[0],
            }


def _signature(company: Company, head: dict[str, Any]) -> str:
    return chain.head_signature(company.account_id, str(company.uuid), head["length"], head["hash"])


def _entries_that_differ(company: Company, told: list[Any], stored: list[dict[str, Any]]) -> Iterator[str]:
    previous = ""
    for number, entry in enumerate(told, start=1):
        place = {"company": company, "number": number}
        if entry["previous"] != previous or entry["hash"] != chain.hash_of(str(company.uuid), entry):
            yield _("%(company)s, entry %(number)d: its hash does not fit its content.") % place
        previous = entry["hash"]
        if number > len(stored):
            yield _("%(company)s, entry %(number)d: the database has no such entry.") % place
        elif entry != stored[number - 1]:
            names = ", ".join(_unlike(entry, stored[number - 1]))
            yield _("%(company)s, entry %(number)d differs from the database: %(names)s.") % {**place, "names": names}


def _unlike(entry: Any, stored: Any, path: str = "") -> list[str]:
    """Return the dotted names of what differs, with both values where they are short."""
    if isinstance(entry, dict) and isinstance(stored, dict):
        names = sorted({*entry, *stored})
        return [text for name in names for text in _unlike(entry.get(name), stored.get(name), f"{path}.{name}")]
    if entry == stored:
        return []
    return [_("%(name)s is “%(told)s”, not “%(stored)s”") % {"name": path[1:], "told": entry, "stored": stored}]


def _broken_database(company: Company, stored: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with the database's own chain: it must not vouch for a file."""
    head = DossierHead.objects.filter(company=company).first()
    length, last, signature = (head.length, head.hash, head.signature) if head else (0, "", "")
    previous, whole = "", True
    for number, entry in enumerate(stored, start=1):
        fits = entry["previous"] == previous and entry["hash"] == chain.hash_of(str(company.uuid), entry)
        whole = whole and fits and entry["sequence"] == number
        previous = entry["hash"]
    signed = signature == chain.head_signature(company.account_id, str(company.uuid), length, last) or not length
    if not whole or not signed or (length, last) != (len(stored), previous):
        yield _("%(company)s: the chain in the database itself is broken.") % {"company": company}


def is_whole(company: Company) -> bool:
    """Tell whether the chain of a company in the database is unbroken and its anchor is signed."""
    rows = DossierEntry.objects.filter(company=company).order_by("sequence")
    return not list(_broken_database(company, [chain.entry_data(entry) for entry in rows]))


def _pages_that_differ(content: bytes, found: Document) -> Iterator[str]:
    """Yield which pages read otherwise than those that the attached data makes."""
    try:
        zone = ZoneInfo(str(found["zone"]))
        with translation.override(str(found["language"])), timezone.override(zone):
            wanted = _texts(pdf.render(found))
        told = _texts(content)
    except Exception:  # noqa: BLE001  a broken file, as above
        yield _("Its pages cannot be compared.")
        return
    if len(told) != len(wanted):
        yield _("It has %(told)d pages instead of %(wanted)d.") % {"told": len(told), "wanted": len(wanted)}
    for number, (page, other) in enumerate(zip(told, wanted, strict=False), start=1):
        if page != other:
            yield _("Page %(number)d does not read as it was made.") % {"number": number}


def _texts(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
