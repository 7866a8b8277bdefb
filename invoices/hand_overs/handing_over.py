"""Which received invoices go to which customer's system, and the folder that they are laid into."""

import os
import re
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet

from invoices.files import bundles, storing
from invoices.files.bundles import Bundle
from invoices.models import HandOver, HandOverTarget, Invoice
from portal.operations import queueing
from portal.operations.enums import OPEN_STATES
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount

KIND = "invoices.hand_over"
_FOLDER = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_. -]{0,59}(/[A-Za-z0-9_-][A-Za-z0-9_. -]{0,59}){0,4}")


def targets_of(account: PartnerAccount, companies: set[int]) -> dict[int, list[HandOverTarget]]:
    """Return the active targets of companies: their own, or else those of the account."""
    asked = Q(company__in=companies) | Q(company=None)
    active = list(HandOverTarget.objects.filter(asked, account=account, is_active=True))
    usual = [target for target in active if target.company_id is None]
    own = {pk: [target for target in active if target.company_id == pk] for pk in companies}
    return {pk: own[pk] or usual for pk in companies}


def begin(account: PartnerAccount, rows: Sequence[Invoice]) -> None:
    """Put saved invoices on their way, inside the transaction that saved them; those on it already are left alone."""
    targets = targets_of(account, {row.company_id for row in rows})
    wanted = [
        HandOver(account=account, target=target, invoice=row) for row in rows for target in targets[row.company_id]
    ]
    if not wanted:
        return
    HandOver.objects.bulk_create(wanted, ignore_conflicts=True)
    made = HandOver.objects.filter(key__in=[one.key for one in wanted]).select_related("target", "invoice__company")
    queue(account, list(made))


def queue(account: PartnerAccount, hand_overs: Sequence[HandOver], actor: Any = None) -> queueing.Queued:
    rows = [queueing.row_of(one, {}) for one in hand_overs]
    return queueing.queue_many(KIND, rows, account=account, actor=actor)


def stuck(rows: "QuerySet[HandOver]") -> "QuerySet[HandOver]":
    """Return those that nothing moves any more: not handed over, and nobody is trying."""
    theirs = {"target_type": ContentType.objects.get_for_model(HandOver), "target_id": OuterRef("pk")}
    moving = Operation.objects.filter(kind=KIND, state__in=OPEN_STATES, **theirs)
    return rows.filter(~Exists(moving), done_at=None)


def is_folder(text: str) -> bool:
    """Tell whether a text names a folder below HANDOVER_DIR, whatever is in it."""
    return _FOLDER.fullmatch(text) is not None and ".." not in text


def lay(bundle: Bundle, folder: str, key: uuid.UUID) -> Path:
    """
    Lay a bundle as a folder of its own into a target's folder; it appears there whole or not at all.

    A bundle of the same key that lies there already is left as it is, so that twice is once.

    :raises OSError: there is no room, or no right to write; nothing appeared
    """
    root = Path(settings.HANDOVER_DIR).resolve()
    base = root / folder
    base.mkdir(parents=True, exist_ok=True)
    if not base.resolve().is_relative_to(root):  # somebody put a link there
        raise PermissionError(f"{folder} leads out of the hand-over folder")
    place, making = base / bundle.folder, base / f".{key}.part"
    if place.exists():
        return place
    shutil.rmtree(making, ignore_errors=True)
    try:
        making.mkdir()
        _fill(making, bundle, key)
        making.rename(place)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return place


def _fill(making: Path, bundle: Bundle, key: uuid.UUID) -> None:
    for file in bundle.files:
        with storing.opened(file.sha256) as content, (making / file.name).open("xb") as into:
            shutil.copyfileobj(content, into)
            _settle(into)
    with (making / "invoice.json").open("xb") as into:
        into.write(bundle.description(key=str(key)))
        _settle(into)


def _settle(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def pack(bundle: Bundle, to: Any, key: uuid.UUID) -> None:
    """Pack a bundle as the body of a webhook."""
    bundles.write(bundle, to, key=str(key))
