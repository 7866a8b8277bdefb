"""
The chain of a company's evidence: each entry's hash covers its content and the hash before it.

The head (length and last hash) is locked while entries are linked, and signed with a key that only this installation
can derive: whoever rewrites entries and hashes in the database, or in a file, cannot sign the result.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from companies.dossier.evidence import Evidence
from companies.models import DossierEntry, DossierHead
from portal.operations import causes
from portal.writing import insert_many, update_many

_HEAD_FIELDS = ("length", "hash", "signature")


def canonical(value: Any) -> str:
    """Return JSON that is the same for the same content: what is hashed and signed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def moment(at: datetime) -> str:
    """Return a time as entries tell it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hash_of(company: str, entry: dict[str, Any]) -> str:
    """Return the hash of an entry as `entry_data` gives it, for the company with that AutoInvoice id."""
    covered = {name: value for name, value in entry.items() if name != "hash"}
    return hashlib.sha256(canonical({"company": company, **covered}).encode()).hexdigest()


def entry_data(entry: DossierEntry) -> dict[str, Any]:
    """Return an entry as it stands in files."""
    return {
        "sequence": entry.sequence,
        "kind": entry.kind,
        "at": moment(entry.at),
        "recorded_at": moment(entry.recorded_at),
        "joint": str(entry.joint) if entry.joint else None,
        "content": entry.content,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def sign(account_id: int, text: str) -> str:
    """Return the account's signature over a text, as 64 hex digits."""
    key = hmac.new(settings.DIGEST_KEY.encode(), b"dossier:%d" % account_id, hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def head_signature(account_id: int, company: str, length: int, last_hash: str) -> str:
    """Return the signature that a head with this length and hash has to bear."""
    return sign(account_id, f"{company}:{length}:{last_hash}")


def add(evidence: Iterable[Evidence]) -> None:
    """Link evidence into the chains of its companies, when what tells it ends; in its transaction."""
    causes.at_end(_append, list(evidence))


@transaction.atomic(savepoint=False)
def _append(rows: list[Evidence]) -> None:
    companies = {row.company.pk: row.company for row in rows}
    locked = DossierHead.objects.select_for_update().filter(company__in=companies).order_by("pk")
    heads = {head.company_id: head for head in locked}
    known = list(heads.values())
    names = _names(rows)
    entries = [_link(heads, row, names) for row in rows]
    for head in heads.values():
        uuid = str(companies[head.company_id].uuid)
        head.signature = head_signature(head.account_id, uuid, head.length, head.hash)
    insert_many(entries)
    update_many(known, _HEAD_FIELDS)
    # Two writers of a company's first entry: the second fails as a whole, and whoever runs it tries again.
    insert_many([head for head in heads.values() if head not in known])


def _link(heads: dict[int, DossierHead], row: Evidence, names: dict[int, str]) -> DossierEntry:
    company = row.company
    head = heads.setdefault(company.pk, DossierHead(company_id=company.pk, account_id=company.account_id))
    content = {**row.content, "by": names.get(row.actor_id, "")} if row.actor_id else row.content
    entry = DossierEntry(
        account_id=company.account_id,
        company_id=company.pk,
        sequence=head.length + 1,
        kind=row.kind,
        at=row.at,
        recorded_at=row.recorded_at,
        content=content,
        joint=row.joint,
        previous=head.hash,
    )
    entry.hash = hash_of(str(company.uuid), entry_data(entry))
    head.length, head.hash = entry.sequence, entry.hash
    return entry


def _names(rows: list[Evidence]) -> dict[int, str]:
    """Return who asked, by id: the full name with the user name."""
    ids = {row.actor_id for row in rows if row.actor_id}
    if not ids:
        return {}
    users = get_user_model().objects.filter(pk__in=ids)
    return {user.pk: name_of(user) for user in users}


def name_of(user: Any) -> str:
    """Return how an entry names a member of staff: the full name with the user name."""
    return f"{user.get_full_name()} ({user.get_username()})".strip()
