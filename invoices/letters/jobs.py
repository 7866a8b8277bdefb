"""From letters to print jobs: ZIPs of letters that the service takes, stored, each content once."""

import hashlib
import io
import uuid as uuids
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Max

from companies.models import Company
from invoices.files import storing
from invoices.letters.reading import Letter
from invoices.models import PrintJob

MOST_LETTERS = 500  # of one job
MOST_BYTES = 30 * 2**20  # of one job, before packing: it travels as base64 in a form
_STAMP = (2000, 1, 1, 0, 0, 0)  # the same letters make the same ZIP
OPTIONS = ("document_type", "letter_class", "color_print", "duplex", "license_key", "license_meta")


def keep(company: Company, letters: Sequence[Letter], options: dict[str, Any], *, actor: Any) -> list[PrintJob]:
    """Store letters as jobs; the same letters given again are the same jobs, with the options given last."""
    return [_keep(company, part, options, actor) for part in _parts(letters)]


def once_more(job: PrintJob, copy: int, *, actor: Any) -> PrintJob:
    """Return the job that prints the same letters once more on purpose; the same number is the same job."""
    fields = ("content_sha256", "sha256", "size", "name", "letters", "pages", *OPTIONS)
    about = {name: getattr(job, name) for name in fields} | {"company": job.company, "copy": copy, "created_by": actor}
    identity = _identity(job.company, job.content_sha256, job.document_type, copy)
    again, _new = PrintJob.objects.get_or_create(account=job.account, uuid=identity, defaults=about)
    return again


def next_copy(job: PrintJob) -> int:
    same = PrintJob.objects.filter(company=job.company_id, content_sha256=job.content_sha256)
    return int(same.aggregate(highest=Max("copy"))["highest"] or 0) + 1


def _parts(letters: Sequence[Letter]) -> Iterator[list[Letter]]:
    part: list[Letter] = []
    size = 0
    for letter in letters:
        if part and (len(part) == MOST_LETTERS or size + len(letter.content) > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(letter)
        size += len(letter.content)
    if part:
        yield part


def _keep(company: Company, letters: list[Letter], options: dict[str, Any], actor: Any) -> PrintJob:
    content = _zipped(letters)
    digest = hashlib.sha256(content).hexdigest()
    identity = _identity(company, digest, options["document_type"], 0)
    known = PrintJob.objects.filter(account=company.account_id, uuid=identity).first()
    if known is not None:
        if known.sent_at is None and not known.operations.exists():
            PrintJob.objects.filter(pk=known.pk).update(**options)
        return known
    stored = storing.store(content)
    counted = [letter.pages for letter in letters if letter.pages is not None]
    about = {
        "company": company,
        "content_sha256": digest,
        "sha256": stored.sha256,
        "size": stored.size,
        "name": letters[0].name if len(letters) == 1 else f"{letters[0].name} … {letters[-1].name}"[:255],
        "letters": len(letters),
        "pages": sum(counted) if counted else None,
        "created_by": actor,
        **options,
    }
    job, _new = PrintJob.objects.get_or_create(account=company.account, uuid=identity, defaults=about)
    return job


def _identity(company: Company, digest: str, document_type: str, copy: int) -> uuids.UUID:
    return uuids.uuid5(company.account.key, f"letters:{company.uuid}:{digest}:{document_type}:{copy}")


def _zipped(letters: Sequence[Letter]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for letter in letters:
            entry = zipfile.ZipInfo(letter.name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, letter.content)
    return packed.getvalue()
