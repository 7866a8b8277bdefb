"""
What people decide while the key of a partner account is changed, each decision kept: begin, switch, switch back,
confirm the traffic, give up. Both keys work from the making of the new one until the old user is removed.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company, CompanyUser, KeyRotation, RotationState
from portal.operations.handlers import NotQueueableError
from portal.partners.models import ApiCall, PartnerAccount

# A worker reads the account's keys when it takes up work and works on for a minute at most.
SETTLED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls since every worker speaks with the new key."""

    good: int
    refused: int  # 401 and 403
    is_settled: bool


def open_rotation(account: PartnerAccount) -> KeyRotation | None:
    """Return the change of key that is under way."""
    return KeyRotation.objects.filter(account=account, state=RotationState.OPEN).select_related("account").first()


def begin(account: PartnerAccount, email: str, actor: Any) -> KeyRotation:
    """:raises NotQueueableError: one is under way already"""
    try:
        with transaction.atomic():
            rotation = KeyRotation.objects.create(account=account, email=email, started_by=actor)
            _note(account, actor, f"Change of key begun with {email}")
    except IntegrityError:
        raise NotQueueableError(_("A change of key is under way already.")) from None
    return rotation


def lacking(rotation: KeyRotation) -> QuerySet[Company]:
    """Return the open companies that the new key does not open yet."""
    inside = CompanyUser.objects.filter(
        company=OuterRef("pk"), remote_id=rotation.new_user, role="ADMIN", removed_at=None
    )
    return Company.objects.filter(~Exists(inside), account=rotation.account_id, disabled=False)


def with_old_user(rotation: KeyRotation) -> QuerySet[Company]:
    """Return the companies that the old key may still open: it registered them, so all that it was not taken out of."""
    outside = CompanyUser.objects.filter(company=OuterRef("pk"), remote_id=rotation.old_user, removed_at__isnull=False)
    return Company.objects.filter(~Exists(outside), account=rotation.account_id, disabled=False)


def switch(rotation: KeyRotation, actor: Any, *, leaving: int = 0) -> None:
    """
    Have the portal speak with the new key from now on.

    :param leaving: companies that the new key does not open, as whoever decides has seen them
    :raises NotQueueableError: the key is not tried, or more companies would be cut off than were seen
    """
    with transaction.atomic():
        held, account = _locked(rotation)
        if held.switched_at is not None:
            raise NotQueueableError(_("The new key is in use already."))
        if held.tested_at is None:
            raise NotQueueableError(_("The new key has not been tried."), _("Try it first."))
        if (count := lacking(held).count()) > leaving:
            raise NotQueueableError(
                _("The new key does not open %(count)d companies yet.") % {"count": count},
                _("Let it in there first, or type that number to go on without them."),
            )
        held.old_key, held.switched_at, held.verified_at = account.user_key, timezone.now(), None
        held.save(update_fields=["old_key", "switched_at", "verified_at"])
        _use(account, held.new_key, held.new_user)
        _note(account, actor, f"Switched to the key of {held.email}")


def switch_back(rotation: KeyRotation, actor: Any) -> None:
    """:raises NotQueueableError: the old key is not in hand any more"""
    with transaction.atomic():
        held, account = _locked(rotation)
        if held.switched_at is None or not held.old_key:
            raise NotQueueableError(_("There is nothing to go back to."))
        _use(account, held.old_key, held.old_user)
        held.old_key, held.switched_at, held.verified_at = "", None, None
        held.save(update_fields=["old_key", "switched_at", "verified_at"])
        _note(account, actor, "Switched back to the former key")


def traffic(rotation: KeyRotation) -> Traffic:
    """Count what AutoInvoice answered since the switch."""
    if rotation.switched_at is None:
        return Traffic(0, 0, is_settled=False)
    settled_at = rotation.switched_at + SETTLED_AFTER
    calls = ApiCall.objects.filter(account=rotation.account_id, at__gte=settled_at)
    return Traffic(
        good=calls.filter(status__lt=400).count(),
        refused=calls.filter(status__in=(401, 403)).count(),
        is_settled=timezone.now() >= settled_at,
    )


def confirm(rotation: KeyRotation, actor: Any) -> None:
    """:raises NotQueueableError: no call with the new key has worked, or workers may still use the old one"""
    with transaction.atomic():
        held, account = _locked(rotation)
        seen = traffic(held)
        if held.switched_at is None:
            raise NotQueueableError(_("The new key is not in use yet."))
        if not seen.is_settled:
            raise NotQueueableError(_("Workers may still use the old key."), _("Wait two minutes after the switch."))
        if not seen.good:
            raise NotQueueableError(_("No call with the new key has been answered yet."), _("Look a company up."))
        held.verified_at = timezone.now()
        held.save(update_fields=["verified_at"])
        _note(account, actor, f"Traffic with the key of {held.email} confirmed")


def give_up(rotation: KeyRotation, actor: Any) -> None:
    """:raises NotQueueableError: the new key is in use"""
    with transaction.atomic():
        held, account = _locked(rotation)
        if held.switched_at is not None:
            raise NotQueueableError(_("The new key is in use."), _("Switch back first."))
        held.state, held.ended_at, held.new_key = RotationState.ABANDONED, timezone.now(), ""
        held.save(update_fields=["state", "ended_at", "new_key"])
        _note(account, actor, f"Change of key to {held.email} given up")


def _locked(rotation: KeyRotation) -> tuple[KeyRotation, PartnerAccount]:
    """Lock both rows, as they are now. :raises NotQueueableError: the change has ended"""
    held = KeyRotation.objects.select_for_update().filter(Q(pk=rotation.pk) & Q(state=RotationState.OPEN)).first()
    if held is None:
        raise NotQueueableError(_("This change of key has ended."))
    return held, PartnerAccount.objects.select_for_update().get(pk=rotation.account_id)


def _use(account: PartnerAccount, key: str, user: str) -> None:
    account.user_key, account.user_remote_id = key, user
    account.save(update_fields=["user_key", "user_remote_id"])
    # Tokens of the other key are forgotten with the version.
    PartnerAccount.objects.filter(pk=account.pk).update(key_version=F("key_version") + 1)


def _note(account: PartnerAccount, actor: Any, what: str) -> None:
    LogEntry.objects.log_actions(actor.pk, [account], CHANGE, what, single_object=True)
